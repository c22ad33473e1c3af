#!/bin/bash
# make bench: compares alerts per CPU-second with Alertmanager on the same request bodies. Measures the memory of an idle daemon
# with one runner, the start and the memory with years of history, and how long a command takes with thousands of open incidents.
# With one alert per request most of the time goes to the kernel, so a server that does nothing is measured too.
# Prints a table and writes build/bench.json, with the rows of the other benchmarks from the file $2 if it exists. Needs wrk,
# prometheus-alertmanager and a release build in $1.
set -eu
build=$(realpath "$1")
work=$(mktemp -d /tmp/tocsin-bench.XXXXXX)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT
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
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2> /dev/null || echo "$1"; }
ours=$(port 17077) theirs=$(port 17078)
"$build/tocsin" init "$work/d" --port "$ours" > /dev/null
sed -i 's/^  listen = .*/&\n  new_groups_burst = 1000000,/' "$work/d/tocsin.lua"
KEY=$(sed -n 's/.*key = "\([^"]*\)".*/\1/p' "$work/d/tocsin.lua" | head -n 1)
export KEY
"$build/tocsind" --config "$work/d/tocsin.lua" > "$work/log" 2>&1 &
daemon=$!
printf 'route: {receiver: none}\nreceivers: [{name: none}]\n' > "$work/am.yml"
prometheus-alertmanager --config.file="$work/am.yml" --storage.path="$work/am" --web.listen-address="127.0.0.1:$theirs" \
    --cluster.listen-address= > "$work/am.log" 2>&1 &
peer=$!
until curl -sf "http://127.0.0.1:$ours/readyz" > /dev/null && curl -sf "http://127.0.0.1:$theirs/-/ready" > /dev/null; do
    kill -0 $daemon $peer
done
rss() { awk '/^VmRSS/ {print $2}' "/proc/$1/status"; }
runner=$(pgrep -P $daemon -f tocsin-runner | head -n 1)
idle=$(($(rss $daemon) + $(rss "$runner")))
rows=$(awk -v v=$idle 'BEGIN {printf "{\"name\":\"idle memory of daemon and one runner\",\"ours\":%.1f,\"peer\":20,\"ratio\":%.2f,\"goal\":1,\"met\":%s,\"unit\":\"MB\"}", v/1024, v/1024/20, v/1024 < 20 ? "true" : "false"}')
printf '%-44s %14s %14s %8s\n' what ours Alertmanager ratio
printf '%-44s %11.1f MB\n' 'idle, daemon and one runner (goal 20)' "$(awk -v v=$idle 'BEGIN {print v/1024}')"
over() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a / b}'; }
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
# rate PID PORT: alerts per second of processor time that the process used.
rate() {
    local before after out
    before=$(ticks "$1")
    out=$(wrk -t1 -c16 -d3 -s "$work/alerts.lua" "http://127.0.0.1:$2/api/v2/alerts" | grep '^requests')
    after=$(ticks "$1")
    set -- $out
    [ "$4" = 0 ] || echo "$4 requests failed" >&2
    awk -v n="$(($2 * BATCH))" -v t="$((after - before))" -v hz="$(getconf CLK_TCK)" 'BEGIN {printf "%d", n / (t / hz)}'
}
for BATCH in 1 100; do
    for DISTINCT in 1000 100000; do
        export BATCH DISTINCT
        a=$(rate $daemon "$ours") b=$(rate $peer "$theirs")
        [ "$BATCH $DISTINCT" != '1 1000' ] || single=$a
        name="alerts per CPU-second, $BATCH a request, $DISTINCT distinct"
        ratio=$(awk -v a="$a" -v b="$b" 'BEGIN {printf "%.1f", a / b}')
        printf '%-44s %14d %14d %8s\n' "${name#alerts per }" "$a" "$b" "$ratio"
        rows="$rows,{\"name\":\"$name\",\"ours\":$a,\"peer\":$b,\"ratio\":$ratio,\"goal\":10,\"met\":$(awk -v r="$ratio" 'BEGIN {print (r >= 10 ? "true" : "false")}'),\"unit\":\"alerts/CPU-s\"}"
    done
done
# history NAME INCIDENTS OPEN NOTES: starts a daemon on a journal with so many incidents, OPEN of them open. Sets pid, ms (until it
# is ready) and held (memory in KB).
history() {
    "$build/tocsin" init "$work/$1" --port "$ours" > /dev/null
    "$build/tests/bench/fill" "$work/$1/data/journal.db" "$2" "$3" "$4"
    local from
    from=$(date +%s%N)
    "$build/tocsind" --config "$work/$1/tocsin.lua" > "$work/$1/log" 2>&1 &
    pid=$!
    until curl -sf -o /dev/null "http://127.0.0.1:$ours/readyz"; do kill -0 $pid; done
    ms=$((($(date +%s%N) - from) / 1000000)) held=$(rss $pid)
}
kill $daemon $peer
wait $daemon $peer 2> /dev/null || true
limit=$(port 17079)
"$build/tests/bench/floor" "$limit" &
floor=$!
until (: < "/dev/tcp/127.0.0.1/$limit") 2> /dev/null; do kill -0 $floor; done
BATCH=1 DISTINCT=1000
most=$(rate $floor "$limit") name="alerts per CPU-second, 1 a request, of what the kernel leaves"
printf '%-44s %14d %14d %8s\n' "${name#alerts per }" "$single" "$most" "$(over "$single" "$most")"
rows="$rows,{\"name\":\"$name\",\"ours\":$single,\"peer\":$most,\"ratio\":$(over "$single" "$most"),\"goal\":null,\"met\":null,\"unit\":\"alerts/CPU-s\"}"
kill $floor
wait $floor 2> /dev/null || true

row() { # NAME OURS PEER RATIO GOAL MET UNIT
    rows="$rows,{\"name\":\"$1\",\"ours\":$2,\"peer\":$3,\"ratio\":$4,\"goal\":$5,\"met\":$6,\"unit\":\"$7\"}"
    printf '%-52s %12s %12s %8s %s\n' "$1" "$2" "$3" "$4" "$7"
}
below() { awk -v a="$1" -v b="$2" 'BEGIN {print (a < b ? "true" : "false")}'; }

printf '\n%-52s %12s %12s %8s\n' what ours 'goal or disk' ratio
history years 100000 1000 5
row 'start, 100,000 incidents, 1,000,000 events' $ms 1000 "$(over $ms 1000)" 1 "$(below $ms 1000)" ms
mb=$(over $held 1024)
row 'memory then' "$mb" 200 "$(over "$mb" 200)" 1 "$(below "$mb" 200)" MB
kill $pid
wait $pid 2> /dev/null || true
history open 10000 10000 5
until [ -S "$work/open/console.sock" ]; do kill -0 $pid; done
read -r p50 p99 disk50 disk99 <<< "$("$build/tests/bench/latency" "$work/open/console.sock" "$work/open/block" 500)"
row 'command to its answer, 10,000 open, p50' "$p50" "$disk50" "$(over "$p50" "$disk50")" null null us
row 'command to its answer, 10,000 open, p99' "$p99" "$disk99" "$(over "$p99" "$disk99")" null null us
kill $pid
wait $pid 2> /dev/null || true
if [ -d build/e2e/node_modules/ws ]; then # the end-to-end tests install it
    read -r s50 s99 <<< "$(TOCSIN_BUILD=$build TOCSIN_E2E=$PWD/build/e2e node tests/bench/slack_press.mjs 300)"
    row 'button in Slack to its card changed, p50' "$s50" "$disk50" "$(over "$s50" "$disk50")" null null us
    row 'button in Slack to its card changed, p99' "$s99" "$disk99" "$(over "$s99" "$disk99")" null null us
else
    echo 'button in Slack: skipped; `make check` installs the packages that the fake Slack needs'
fi
# The output of the other benchmarks: tab-separated rows, and the lines of the HTTP benchmark.
if [ -f "${2:-}" ]; then
    more=$(awk -F'\t' '
        function out(name, ours, peer, ratio, goal, unit) {
            printf ",{\"name\":\"%s\",\"ours\":%s,\"peer\":%s,\"ratio\":%s,\"goal\":%s,\"met\":%s,\"unit\":\"%s\"}", name, ours,
                peer, ratio, goal, (goal == "null" ? "null" : ratio + 0 >= goal + 0 ? "true" : "false"), unit
        }
        NF == 6 { out($1, $2, $3, $4, $5 ~ /^[0-9.]+$/ ? $5 : "null", $6) }
        match($0, / ours +[0-9]+\/s +peer +[0-9]+\/s +ratio /) {
            name = substr($0, 1, RSTART - 1); sub(/ +$/, "", name)
            split(substr($0, RSTART), w, /[ \/]+/)
            out("HTTP, " name, w[3], w[6], w[9], w[11], "requests/s")
        }' "$2")
    rows="$rows$more"
fi
mkdir -p build
printf '{"rows": [%s]}\n' "$rows" > build/bench.json
