# Alerts per CPU-second against Alertmanager, with the same bodies; and what a daemon with one runner holds when idle.
# With one alert a request both mostly answer to the kernel, so a server that does nothing is measured too.
cat > "$work/alerts.lua" << 'LUA'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("KEY")
local n, distinct, i, total = tonumber(os.getenv("BATCH")), tonumber(os.getenv("DISTINCT")), 0, 0
request = function()
  local t = {}
  for k = 1, n do
    i = i + 1
    t[k] = string.format('{"labels":{"alertname":"HighErrorRate","service":"svc%d","severity":"warning","instance":"10.0.0.%d:9090","env":"prod"},"annotations":{"summary":"Error rate is above 5%% on svc%d","description":"p99 error rate over 5m"},"generatorURL":"http://prom/graph?g0=%d"}', i % distinct, i % 250, i % distinct, i % distinct)
  end
  return wrk.format(nil, nil, nil, "[" .. table.concat(t, ",") .. "]")
end
done = function(summary) io.write("requests ", summary.requests, " failed ", summary.errors.status, "\n") end
LUA
# Alerts for each second of processor time that a process spent: rate PID PORT
rate() {
    local before after out
    before=$(ticks "$1")
    out=$(wrk -t1 -c16 -d3 -s "$work/alerts.lua" "http://127.0.0.1:$2/api/v2/alerts" | grep '^requests')
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
