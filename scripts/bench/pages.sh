# The responders' pages with many past incidents: how long they take, against the same pages by Flask, which reads the same SQLite in the same
# run, in turns; and what so many live viewers of one page take. PAGES_PAST, PAGES_VIEWERS: how many.
PAGES_PAST=${PAGES_PAST:-100000} PAGES_VIEWERS=${PAGES_VIEWERS:-10000} PAGES_ASKED=${PAGES_ASKED:-300} ROUNDS_PAGES=${ROUNDS_PAGES:-3}
declare -A pages_us
new_daemon pages
"$build/tests/bench/fill" "$home/data/journal.db" "$PAGES_PAST" 100 20 0
start_daemon
wait_until_quiet "$home" "$at" > /dev/null
flask_at=$(port)
python3 tests/bench/pages_peer.py "$home/data/journal.db" "$flask_at" 2> "$work/flask.log" &
flask=$!
until curl -sf -o /dev/null "http://127.0.0.1:$flask_at/app/"; do kill -0 $flask; done

# Signed in with the token, as a browser is.
csrf=$(curl -s -c "$work/jar" "http://127.0.0.1:$at/app/signin" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1)
curl -s -o /dev/null -b "$work/jar" -c "$work/jar" --data-urlencode "csrf=$csrf" --data-urlencode "token=$(cat "$home/token")" "http://127.0.0.1:$at/app/signin"
cookie=$(awk '$6 == "tocsin" {print $7}' "$work/jar")

# ask_page WHO PORT PATH: adds p50 and p99 of so many requests on one connection, in microseconds.
ask_page() {
    local i
    for ((i = 0; i < PAGES_ASKED; i++)); do
        [ $i = 0 ] || echo next
        printf 'url = "http://127.0.0.1:%s%s"\nheader = "Cookie: tocsin=%s"\noutput = "/dev/null"\nwrite-out = "%%{http_code} %%{time_total}\\n"\nsilent\n' "$2" "$3" "$cookie"
    done | curl -K - | awk '$1 != 200 {exit 1} {printf "%d\n", $2 * 1000000}' | sort -n > "$work/asked"
    pages_us["$1 $3 50"]+=" $(awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}' "$work/asked")"
    pages_us["$1 $3 99"]+=" $(awk '{v[NR] = $1} END {print v[int(NR * 0.99)]}' "$work/asked")"
}
newest=/app/incidents/INC-$PAGES_PAST
for ((r = 0; r < ROUNDS_PAGES; r++)); do
    for path in /app/ "$newest"; do
        ask_page ours "$at" "$path"
        ask_page flask "$flask_at" "$path"
    done
done
heading "pages at $PAGES_PAST incidents, against Flask"
# page_rows NAME PATH LIMIT (us, of p99)
page_rows() {
    local p ours peer
    for p in 50 99; do
        ours=$(median ${pages_us["ours $2 $p"]}) peer=$(median ${pages_us["flask $2 $p"]})
        row "$1, p$p" "$ours" "$peer" "$(over "$ours" "$peer")" '<=0.3' us
    done
    row "$1, p99 against its limit" "$ours" "$3" "$(over "$ours" "$3")" '<=1' us
}
page_rows 'the open incidents' /app/ 15000
page_rows 'one incident' "$newest" 50000
end $flask

node tests/bench/viewers.mjs "$at" "$cookie" "$PAGES_VIEWERS" > "$work/viewers" &
viewers=$!
until grep -q open "$work/viewers"; do kill -0 $viewers; sleep 0.2; done
run_line "INC-$PAGES_PAST note they all hear of it"
memory=$(($(peak "$pid") / 1024))
row "memory with $PAGES_VIEWERS live viewers" "$memory" 300 "$(over "$memory" 300)" '<=1' MB
end $viewers "$pid"
