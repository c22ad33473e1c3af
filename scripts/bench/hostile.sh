# How long another source's alert takes while one source sends the worst it can with a good key, on sixteen connections, against how
# long it takes when nothing happens. Both are measured in turn, since neighbours have moods; what counts is the median of the rounds.
COUNT=${COUNT:-1500} ROUNDS=${HOSTILE_ROUNDS:-3}

new_daemon hostile
sed -i 's/^  sources = {/&\n    evil = { key = "an-evil-key-that-is-long" },/' "$home/tocsin.lua"
key=$(sed -n 's/.*key = "\([^"]*\)".*/\1/p' "$home/tocsin.lua" | grep -v evil | head -n 1)
start_daemon
heading 'others, while one source sends the worst it can'
for kind in ${HOSTILE:-gzip deflate zstd brotli envelope deep groups many small}; do
    idles= during=
    for ((round = 0; round < ROUNDS; round++)); do
        wait_until_quiet "$home" "$at" > /dev/null
        read -r _ p99 <<< "$("$build/tests/bench/others" "$at" "$key" "$COUNT")"
        idles+=" $p99"
        nice -n 19 node tests/bench/hostile.mjs "$at" an-evil-key-that-is-long "$kind" 16 > "$work/answers" &
        evil=$!
        read -r p50 p99 <<< "$("$build/tests/bench/others" "$at" "$key" "$COUNT")"
        during+=" $p99"
        end $evil
        echo "$kind: $p50 $p99, answers $(cat "$work/answers")" >> "$work/hostile.log"
    done
    ours=$(median $during) idle=$(median $idles)
    row "an alert to its answer, p99, others send: $kind" "$ours" "$idle" "$(over "$ours" "$idle")" '<=3' us
done
[ -z "${HOSTILE_SHOW:-}" ] || cat "$work/hostile.log"
end $pid
