# A message to 2,000 affected customers on a desk whose limit is 50 messages a second: how much of that rate is used, what the connector
# holds at most, and how long commands of others wait meanwhile against before. The desk is a fake Zendesk; a message is two calls.
told_most=2000 rate=50
heading "a message to $told_most customers in their tickets"

desk_csv() {
    echo key,name,routes
    for ((i = 0; i < told_most; i++)); do echo "c$i,Customer $i,zendesk c$i@customers.example"; done
}
# What the fake desk says to a line.
ask_desk() { echo "$1" >&"${DESK[1]}"; }
hear_desk() { read -r -u "${DESK[0]}" "$@"; }

coproc DESK { node tests/bench/desk.mjs $((2 * rate)); }
desk=$DESK_PID
hear_desk url
new_daemon desk
sed -i "s#connectors = {#&\n    zendesk = { url = \"$url\", email = \"tocsin@example.com\", token = \"the token of a fake account\", interval = \"1h\", limits = { [\"*\"] = \"$rate/s, 20 at once\" } },#" \
    "$home/tocsin.lua"
start_daemon
until [ -S "$home/console.sock" ]; do kill -0 $pid; done
connector=$(pgrep -P $pid -f 'tocsin-runner.*zendesk' | head -n 1)
desk_csv > "$work/desk.csv"
"$build/tocsin" --config "$home/tocsin.lua" customers import "$work/desk.csv" > /dev/null
affect $told_most
until api /commands --json '{"text": "INC-1 customers"}' | grep -q 'affected by INC-1: 2,000'; do kill -0 $pid; sleep 0.2; done
wait_until_quiet "$home" "$at" > /dev/null # a rule makes it major, for which somebody else must approve
run_line 'INC-1 sev minor'
for ((i = 2; i <= 10; i++)); do run_line "declare --sev minor something else $i"; done # for the commands of others
wait_until_quiet "$home" "$at" > /dev/null
read -r _ before99 _ _ <<< "$("$build/tests/bench/latency" "$home/console.sock" "$work/block" 400)"
run_line 'INC-1 draft all We see it, {{customer}}, and write again within the hour.'
from=$(date +%s%3N)
run_line 'INC-1 approve'
read -r _ during99 _ _ <<< "$("$build/tests/bench/latency" "$home/console.sock" "$work/block" 400)"
told=0
until [ "$told" = $told_most ] || [ $(($(date +%s%3N) - from)) -gt 120000 ]; do
    kill -0 $pid
    sleep 0.2
    ask_desk count
    hear_desk told twice refused
done
took=$(($(date +%s%3N) - from))
mb=$(awk -v kb="$(peak "$connector")" 'BEGIN {printf "%.1f", kb / 1024}')
ask_desk stop
end $pid
wait $desk 2> /dev/null || true
ours=$(awk -v n=$told_most -v ms="$took" 'BEGIN {printf "%.1f", n * 1000 / ms}')
row "messages a second, of the desk's $rate" "$ours" $rate "$(over "$ours" $rate)" '>=0.95' messages/s
row 'told twice, and calls that the desk refused as too many' "$((twice + refused))" 1 "$((twice + refused))" '<=0' times
row 'a command of others meanwhile, p99' "$during99" "$before99" "$(over "$during99" "$before99")" '<=1.5' us
row 'most memory of the connector' "$mb" 20 "$(over "$mb" 20)" '<=1' MB
