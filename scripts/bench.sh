#!/bin/bash
# make bench: prints a table of what Tocsin does against its peers, and writes build/bench.json. Each part is a file of
# scripts/bench/; BENCH="command overdue" runs only these.
#
#   scripts/bench.sh BUILD [FILE]    BUILD: a release build. FILE: what the other benches printed; its rows go into the JSON too
set -eu
build=$(realpath "$1")
work=$(mktemp -d /tmp/tocsin-bench.XXXXXX)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT
. scripts/bench/lib.sh
for part in ${BENCH:-alerts action start command grown overdue slack mails rooms subscribers desk status hostile pages viewers}; do
    . "scripts/bench/$part.sh"
done

# Tab-separated rows, and the lines of the HTTP bench.
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
