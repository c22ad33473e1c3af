# From a command typed in the console to its answer, with few and with many incidents open: how long it takes against a write that
# waits for the disk, how often it waits, and the processor time that it costs. The daemons take turns, several rounds, because
# disks and neighbours have moods; what counts is the median of the rounds.
ROUNDS=${ROUNDS:-5} COMMANDS=400
ALL=$((COMMANDS + 20)) # with those that warm up
open_counts='10 1000 10000'
declare -A homes ports pids p50s p99s disk50s disk99s costs waits

for open in $open_counts; do
    new_daemon "open$open"
    "$build/tests/bench/fill" "$home/data/journal.db" "$open" "$open" 5 0
    start_daemon
    until [ -S "$home/console.sock" ]; do kill -0 $pid; done
    wait_until_quiet "$home" "$at" > /dev/null
    homes[$open]=$home ports[$open]=$at pids[$open]=$pid
done

# round OPEN: so many commands, one after the other.
round() {
    local socket=${homes[$1]}/console.sock cpu made p50 p99 disk50 disk99
    cpu=$(cpu_us "${pids[$1]}") made=$(commits "${homes[$1]}" "${ports[$1]}")
    read -r p50 p99 disk50 disk99 <<< "$("$build/tests/bench/latency" "$socket" "$work/block" $COMMANDS)"
    wait_until_quiet "${homes[$1]}" "${ports[$1]}" > /dev/null
    p50s[$1]+=" $p50" p99s[$1]+=" $p99" disk50s[$1]+=" $disk50" disk99s[$1]+=" $disk99"
    costs[$1]+=" $((($(cpu_us "${pids[$1]}") - cpu) / ALL))"
    waits[$1]+=" $(over $(($(commits "${homes[$1]}" "${ports[$1]}") - made)) $ALL)"
}
for ((i = 0; i < ROUNDS; i++)); do
    for open in $open_counts; do round "$open"; done
done

heading 'a command, against a write with fdatasync'
for open in $open_counts; do
    many=$(printf "%d" "$open" | sed 's/\(.*[0-9]\)\([0-9]\{3\}\)$/\1,\2/')
    ours=$(median ${p50s[$open]}) disk=$(median ${disk50s[$open]})
    row "command to its answer, $many open, p50" "$ours" "$disk" "$(over "$ours" "$disk")" '<=3' us
    ours=$(median ${p99s[$open]}) disk=$(median ${disk99s[$open]})
    row "command to its answer, $many open, p99" "$ours" "$disk" "$(over "$ours" "$disk")" '<=6' us
    ours=$(median ${waits[$open]})
    row "waits for the disk for a command and all that follows, $many open" "$ours" 1 "$ours" '<=2.1' commits
done
few=$(median ${costs[10]}) many=$(median ${costs[10000]})
row "processor time of a command, 10,000 open against 10" "$many" "$few" "$(over "$many" "$few")" '<=1.2' us
disk50=$(median ${disk50s[10]}) disk99=$(median ${disk99s[10]}) # for scripts/bench/slack.sh
end "${pids[@]}"
