# So many live viewers of one page of the responders' web: the memory of the daemon; how long it takes until each has heard of something; and how long an
# alert takes until its page is handed to the connector while they look on, against when nobody does. VIEWERS: how many.
VIEWERS=${VIEWERS:-10000} VIEWERS_PAGES=${VIEWERS_PAGES:-60}
hook=$(port)
page_by_witness viewers "$hook"
sign_in
# What takes the pages, and prints p50 and p99: a page in a third of a second, as each brings some events to all viewers.
pages_meanwhile() {
    PAUSE_MS=300 node tests/bench/action.mjs "$hook" "$VIEWERS_PAGES" "$1=http://$KEY@127.0.0.1:$at/api/v2/alerts" > "$work/pages"
    read -r _ p50 p99 < "$work/pages"
}
run_line 'declare "Everybody looks"'
pages_meanwhile alone
alone50=$p50 alone99=$p99
ulimit -S -n "$(ulimit -H -n)"
node tests/bench/viewers.mjs "$at" "$cookie" "$VIEWERS" 'they all hear of it' > "$work/viewers" &
viewers=$!
until grep -q open "$work/viewers"; do kill -0 $viewers; sleep 0.1; done
from=$(date +%s%3N)
run_line 'INC-1 note they all hear of it'
until grep -q heard "$work/viewers"; do kill -0 $viewers; sleep 0.01; done
heard=$(($(date +%s%3N) - from))
pages_meanwhile watched
heading "$VIEWERS live viewers"
memory=$(($(peak "$pid") / 1024))
row 'memory of the daemon' "$memory" 300 "$(over "$memory" 300)" '<=1' MB
row 'until all of them have heard of a note' "$heard" 1000 "$(over "$heard" 1000)" - ms
row 'an alert to its page handed to the connector, p50, against nobody looking' "$p50" "$alone50" "$(over "$p50" "$alone50")" - us
row 'an alert to its page handed to the connector, p99, against nobody looking' "$p99" "$alone99" "$(over "$p99" "$alone99")" '<=2' us
end $viewers "$pid"
