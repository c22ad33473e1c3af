# What the benches share: free ports, daemons, what they cost, and the rows of the table. Sourced by scripts/bench.sh, which sets
# `build`, the release build, and `work`, a folder of its own.

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
rss() { awk '/^VmRSS/ {print $2}' "/proc/$1/status"; } # in KB
peak() { awk '/^VmHWM/ {print $2}' "/proc/$1/status"; } # in KB
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
cpu_us() { awk '{ns += $1} END {printf "%d", ns / 1000}' "/proc/$1"/task/*/schedstat; } # processor time of all threads
over() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a / b}'; }
median() { printf '%s\n' "$@" | sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
end() { kill "$@" && wait "$@" 2> /dev/null || true; }

# ---- the table ----

rows=
# row NAME OURS PEER RATIO GOAL UNIT: the goal is ">=10" or "<=3", or "-" for none. Prints the row and adds it to build/bench.json.
row() {
    local goal=null met=null
    if [ "$5" != - ]; then
        goal=${5#?=}
        met=$(awk -v r="$4" -v g="$goal" -v least="${5%=*}" 'BEGIN {print ((least == ">" ? r >= g : r <= g) ? "true" : "false")}')
    fi
    rows="$rows${rows:+,}{\"name\":\"$1\",\"ours\":$2,\"peer\":$3,\"ratio\":$4,\"goal\":$goal,\"met\":$met,\"unit\":\"$6\"}"
    printf '%-66s %10s %10s %7s %6s  %s\n' "$1" "$2" "$3" "$4" "$5" "$6"
}
heading() { printf '\n%-66s %10s %10s %7s %6s  %s\n' "$1" ours peer ratio goal unit; }

# ---- daemons ----

# new_daemon NAME: makes its folder; sets `home` and `at`, its port.
new_daemon() {
    home=$work/$1 at=$(port)
    "$build/tocsin" init "$home" --port "$at" > /dev/null
}
# start_daemon: starts what new_daemon made; sets `pid` and `ms`, the time until it was ready.
start_daemon() {
    local from
    from=$(date +%s%N)
    "$build/tocsind" --config "$home/tocsin.lua" > "$home/log" 2>&1 &
    pid=$!
    until curl -sf -o /dev/null "http://127.0.0.1:$at/readyz"; do kill -0 $pid; done
    ms=$((($(date +%s%N) - from) / 1000000))
}
# The newest daemon's API; and a line run there: what refuses it is shown.
api() { curl -sf -H "Authorization: Bearer $(cat "$home/token")" "http://127.0.0.1:$at/api/v1$1" "${@:2}"; }
run_line() { api /commands --json "{\"text\": \"$1\"}" | grep '"error":null' > /dev/null || echo "refused: $1" >&2; }
# Alerts of one problem, each about another customer (c0, c1, ...), 100 a request, to the newest daemon.
affect() { # HOW MANY
    local key
    key=$(sed -n 's/.*key = "\([^"]*\)".*/\1/p' "$home/tocsin.lua" | head -n 1)
    for ((i = 0; i < $1; i += 100)); do
        awk -v i="$i" 'BEGIN {for (k = i; k < i + 100; k++)
            printf "%s{\"title\":\"checkout fails\",\"service\":\"checkout\",\"level\":\"error\",\"tags\":{\"customer\":\"c%d\"}}", (k > i ? "," : "["), k
            print "]"}' |
            curl -sf -o /dev/null -H "Authorization: Bearer $key" --json @- "http://127.0.0.1:$at/intake/alerts"
    done
}
# page_by NAME CONNECTOR SETTINGS: a daemon that pages by this connector; sets `at`, `pid` and KEY.
page_by() {
    new_daemon "$1-$2"
    head -c 32 /dev/urandom | base64 | sed 's/^/whsec_/' > "$home/webhook.secret"
    chmod 600 "$home/webhook.secret"
    sed -i "s#^  connectors = {#&\n    $2 = { $3, limits = { page = \"none\" } },#" "$home/tocsin.lua"
    cat >> "$home/policy/team.lua" << LUA
people { ana = { $2 = "ana" } }
team { name = "product-responder", people = { "ana" } }
storm { name = "storm-of-service", off = true }
storm { name = "storm-of-rule", off = true }
LUA
    KEY=$(sed -n 's/.*key = "\([^"]*\)".*/\1/p' "$home/tocsin.lua" | head -n 1)
    start_daemon
}
# The same by a connector that says at once what it was handed, to a webhook at that port.
page_by_witness() { page_by "$1" witness "plugin = \"$build/connectors/witness.so\", port = $2"; } # NAME PORT
# sign_in: to the newest daemon with its token, as a browser does; sets `cookie`.
sign_in() {
    local csrf page="http://127.0.0.1:$at/app/signin"
    csrf=$(curl -sf -c "$work/jar" "$page" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1)
    curl -sf -o /dev/null -b "$work/jar" -c "$work/jar" --data-urlencode "csrf=$csrf" --data-urlencode "token=$(cat "$home/token")" "$page"
    cookie=$(awk '$6 == "tocsin" {print $7}' "$work/jar")
}
# metric HOME PORT NAME: one value of its metrics page.
metric() {
    curl -sf -H "Authorization: Bearer $(cat "$1/token")" "http://127.0.0.1:$2/metrics" | awk -v name="$3" '$1 == name {print $2}'
}
commits() { metric "$1" "$2" tocsin_journal_commits_total; }
# wait_until_quiet HOME PORT: until nothing was committed for half a second; prints when that began, in ms since 1970.
wait_until_quiet() {
    local last=-1 now since same=0
    while [ $same -lt 5 ]; do
        now=$(commits "$1" "$2")
        [ "$now" = "$last" ] && same=$((same + 1)) || { same=0 last=$now since=$(date +%s%3N); }
        sleep 0.1
    done
    echo "$since"
}
