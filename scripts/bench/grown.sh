# What commands cost as there is more: with many incidents open, and with many past ones. Over HTTP, on one connection, without a
# pause; the daemons take turns, several rounds, and what counts is the median of the rounds.
ROUNDS_GROWN=${ROUNDS_GROWN:-3} ASKED=${ASKED:-40}
declare -A grown_homes grown_ports grown_pids grown_p50
grown_lines=('help' 'list' 'INC-7 show' 'search checkout slow shop 7' 'INC-7 why' 'INC-7 similar' 'INC-7 update still looking')

# grow NAME INCIDENTS OPEN
grow() {
    new_daemon "grown-$1"
    "$build/tests/bench/fill" "$home/data/journal.db" "$2" "$3" 5 0
    start_daemon
    wait_until_quiet "$home" "$at" > /dev/null
    grown_homes[$1]=$home grown_ports[$1]=$at grown_pids[$1]=$pid
}
for n in 10 1000 10000; do grow "open$n" "$n" "$n"; done
for n in 1000 10000 100000; do grow "past$n" "$n" 10; done

# ask NAME LINE: the median of so many of them, in microseconds.
ask() {
    local i
    for ((i = 0; i < ASKED; i++)); do
        [ $i = 0 ] || echo next
        printf 'url = "http://127.0.0.1:%s/api/v1/commands"\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\n' \
            "${grown_ports[$1]}" "$(cat "${grown_homes[$1]}/token")"
        printf 'data = "{\\"text\\": \\"%s\\"}"\noutput = "/dev/null"\nwrite-out = "%%{http_code} %%{time_starttransfer}\\n"\nsilent\n' "$2"
    done | curl -K - | awk '$1 != 200 {exit 1} {printf "%d\n", $2 * 1000000}' > "$work/asked"
    median $(cat "$work/asked")
}
for ((r = 0; r < ROUNDS_GROWN; r++)); do
    for line in "${grown_lines[@]}"; do
        for name in "${!grown_homes[@]}"; do grown_p50["$name $line"]+=" $(ask "$name" "$line")"; done
    done
done

# grown_row LINE FEW MANY WHAT GOAL
grown_row() {
    local few many
    few=$(median ${grown_p50["$2 $1"]}) many=$(median ${grown_p50["$3 $1"]})
    row "\`$1\`, $4" "$many" "$few" "$(over "$many" "$few")" "$5" us
}
heading 'a command as there is more, p50'
for line in "${grown_lines[@]}"; do
    grown_row "$line" open10 open1000 '1,000 open against 10' '<=1.1'
    grown_row "$line" open1000 open10000 '10,000 open against 1,000' '<=1.1'
    grown_row "$line" past1000 past10000 '10,000 past against 1,000' '<=2'
    grown_row "$line" past1000 past100000 '100,000 past against 1,000' '<=2'
done
end "${grown_pids[@]}"
