# The responders' pages with many past incidents: how long they take, against the same pages by Flask, which reads the same SQLite in the same
# run, in turns. PAGES_PAST: how many.
PAGES_PAST=${PAGES_PAST:-100000} PAGES_ASKED=${PAGES_ASKED:-300} ROUNDS_PAGES=${ROUNDS_PAGES:-3}
declare -A pages_us
new_daemon pages
"$build/tests/bench/fill" "$home/data/journal.db" "$PAGES_PAST" 100 20 0
start_daemon
wait_until_quiet "$home" "$at" > /dev/null
flask_at=$(port)
python3 tests/bench/pages_peer.py "$home/data/journal.db" "$flask_at" 2> "$work/flask.log" &
flask=$!
until curl -sf -o /dev/null "http://127.0.0.1:$flask_at/app/"; do kill -0 $flask; done
sign_in

# ask_page WHO PORT PATH: adds p50 and p99 of so many requests on one connection, in microseconds.
ask_page() {
    local i
    for ((i = 0; i < PAGES_ASKED; i++)); do
        [ $i = 0 ] || echo next
        printf 'url = "http://127.0.0.1:%s%s"\nheader = "Cookie: tocsin=%s"\noutput = "/dev/null"\nwrite-out = "%%{http_code} %%{time_total}\\n"\nsilent\n' "$2" "$3" "$cookie"
    done | curl -K - | awk '$1 != 200 {exit 1} {printf "%d\n", $2 * 1000000}' | sort -n > "$work/asked"
    [ "$(wc -l < "$work/asked")" = "$PAGES_ASKED" ]
    pages_us["$1 $3 50"]+=" $(awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}' "$work/asked")"
    pages_us["$1 $3 99"]+=" $(awk '{v[NR] = $1} END {print v[int(NR * 0.99)]}' "$work/asked")"
}
# says PORT PATH WORDS: that the page is what it is meant to be.
says() { curl -sf -H "Cookie: tocsin=$cookie" "http://127.0.0.1:$1$2" | grep -F "$3" > /dev/null; }
newest=/app/incidents/INC-$PAGES_PAST
for at_one in "$at" "$flask_at"; do
    says "$at_one" /app/ "INC-$PAGES_PAST"
    says "$at_one" "$newest" 'the card gateway answers with 503'
    says "$at_one" "$newest" 'unaffected'
done
for ((r = 0; r < ROUNDS_PAGES; r++)); do
    for path in /app/ "$newest"; do
        ask_page ours "$at" "$path"
        ask_page flask "$flask_at" "$path"
    done
done
heading "pages at $PAGES_PAST incidents, against Flask"
# page_rows NAME PATH: at most 15 ms at p50, and 50 ms at p99.
page_rows() {
    local p ours peer
    local -A limit=([50]=15000 [99]=50000)
    for p in 50 99; do
        ours=$(median ${pages_us["ours $2 $p"]}) peer=$(median ${pages_us["flask $2 $p"]})
        row "$1, p$p" "$ours" "$peer" "$(over "$ours" "$peer")" '<=0.3' us
        row "$1, p$p, against its limit" "$ours" "${limit[$p]}" "$(over "$ours" "${limit[$p]}")" '<=1' us
    done
}
page_rows 'the open incidents' /app/
page_rows 'one incident' "$newest"
end $flask "$pid"
