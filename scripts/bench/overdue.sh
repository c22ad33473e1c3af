# After a start with 10,000 overdue incidents all of them are reminded of: how long until the last outcome is durable, against a
# write with fdatasync for each; and with how many commits.
new_daemon overdue
"$build/tests/bench/fill" "$home/data/journal.db" 10000 10000 5 24
from=$(date +%s%3N)
start_daemon
until [ "$(metric "$home" "$at" tocsin_actions_done_total)" != 0 ]; do kill -0 $pid; done
ms=$(($(wait_until_quiet "$home" "$at") - from))
outcomes=$(metric "$home" "$at" tocsin_actions_done_total) made=$(commits "$home" "$at")
read -r _ _ disk50 disk99 <<< "$("$build/tests/bench/latency" "$home/console.sock" "$work/block" 200)"
disk=$(awk -v n="$outcomes" -v us="$disk50" 'BEGIN {printf "%d", n * us / 1000}')
heading 'after a start with 10,000 overdue incidents'
row 'until the last outcome, against a write with fdatasync for each' "$ms" "$disk" "$(over "$ms" "$disk")" '<=1' ms
row 'commits, against outcomes' "$made" "$outcomes" "$(over "$made" "$outcomes")" '<=0.5' commits
end $pid
