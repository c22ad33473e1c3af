# Alerts per CPU-second against Alertmanager, with the same bodies; and what a daemon with one runner holds when idle.
# With one alert a request both mostly answer to the kernel, so a server that does nothing is measured too.
# Alerts for each second of processor time that a process spent: rate PID PORT
rate() {
    local before after out
    before=$(ticks "$1")
    out=$(wrk -t1 -c16 -d3 -s tests/bench/alerts.lua "http://127.0.0.1:$2/api/v2/alerts" | grep '^requests')
    after=$(ticks "$1")
    set -- $out
    [ "$4" = 0 ] || echo "$4 requests failed" >&2
    awk -v n="$(($2 * BATCH))" -v t="$((after - before))" -v hz="$(getconf CLK_TCK)" 'BEGIN {printf "%d", n / (t / hz)}'
}

new_daemon alerts
sed -i 's/^  listen = .*/&\n  new_groups_burst = 1000000,/' "$home/tocsin.lua"
KEY=$(sed -n 's/.*key = "\([^"]*\)".*/\1/p' "$home/tocsin.lua" | head -n 1)
export KEY
theirs=$(port)
printf 'route: {receiver: none}\nreceivers: [{name: none}]\n' > "$work/am.yml"
prometheus-alertmanager --config.file="$work/am.yml" --storage.path="$work/am" --web.listen-address="127.0.0.1:$theirs" \
    --cluster.listen-address= > "$work/am.log" 2>&1 &
peer=$!
start_daemon
until curl -sf "http://127.0.0.1:$theirs/-/ready" > /dev/null; do kill -0 $peer; done
runner=$(pgrep -P $pid -f tocsin-runner | head -n 1)
mb=$(awk -v kb=$(($(rss $pid) + $(rss "$runner"))) 'BEGIN {printf "%.1f", kb / 1024}')
heading 'against Alertmanager'
row 'idle memory of daemon and one runner' "$mb" 20 "$(over "$mb" 20)" '<=1' MB
for BATCH in 1 100; do
    for DISTINCT in 1000 100000; do
        export BATCH DISTINCT
        a=$(rate $pid "$at") b=$(rate $peer "$theirs")
        [ "$BATCH $DISTINCT" != '1 1000' ] || single=$a
        row "alerts per CPU-second, $BATCH a request, $DISTINCT distinct" "$a" "$b" "$(over "$a" "$b")" '>=10' alerts/CPU-s
    done
done
end $peer $pid

limit=$(port)
"$build/tests/bench/floor" "$limit" &
floor=$!
until (: < "/dev/tcp/127.0.0.1/$limit") 2> /dev/null; do kill -0 $floor; done
BATCH=1 DISTINCT=1000
most=$(rate $floor "$limit")
row 'alerts per CPU-second, 1 a request, of what the kernel leaves' "$single" "$most" "$(over "$single" "$most")" - alerts/CPU-s
end $floor
