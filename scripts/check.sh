#!/bin/bash
# make check: runs all stages, one after the other. The output of each is in build/check/. The last line is:
#
#   N passed, N failed[, N skipped]
#
# A stage counts as one. Each file of unit tests, each fuzzer and each end-to-end test counts as one too. When a stage fails, the
# others still run. STAGES="tests fuzz" runs only those stages; all are: build headers style part tests e2e asan simulate fuzz
# install tidy. FUZZ_SECONDS and SEEDS set how much work is done. A stage that would begin after TIME_MOST seconds is skipped.
set -u
cd "$(dirname "$0")/.." || exit 1
jobs=$(nproc)
logs=build/check
passed=0 failed=0 skipped=0
mkdir -p "$logs"

pass() { passed=$((passed + ${1:-1})); }
fail() { failed=$((failed + 1)); printf 'FAIL  %s\n' "$*"; }
wanted() {
    [ -z "${STAGES:-}" ] || [[ " $STAGES " == *" $1 "* ]] || return 1
    [ "$SECONDS" -lt "${TIME_MOST:-1900}" ] && return 0
    skipped=$((skipped + 1))
    printf 'skip  %s: %d s have passed, see TIME_MOST\n' "$1" "$SECONDS"
    return 1
}
# stage NAME COMMAND...: runs a command that passes or fails.
stage() {
    local name=$1 log=$logs/$1.log from=$SECONDS
    shift
    if "$@" > "$log" 2>&1; then
        pass
        printf 'ok    %s (%d s)\n' "$name" $((SECONDS - from))
        return 0
    fi
    fail "$name; the end of $log:"
    tail -n 40 "$log"
    return 1
}

# Each file of unit tests is a program. A stamp that is newer than the program says that it passed.
unit_tests() {
    local variant=$1 log=$logs/tests-$1.log from=$SECONDS good=0 test program
    make -k -j "$jobs" VARIANT="$variant" test > "$log" 2>&1
    for test in tests/unit/*/*_test.c; do
        program=build/$variant/${test%.c}
        if [ -e "$program.ok" ] && [ ! "$program" -nt "$program.ok" ]; then
            good=$((good + 1))
        else
            fail "$variant $test"
            tail -n 30 "$program.log" 2> /dev/null || grep -A 20 "$test" "$log" | head -n 40
        fi
    done
    pass "$good"
    printf 'ok    unit tests, %s: %d (%d s)\n' "$variant" "$good" $((SECONDS - from))
}

# Runs one fuzzer for a limited time on its seeds. What it finds goes to build/check.
fuzz_one() {
    local program=$1 name=${1##*/} work=build/check/fuzz seeds
    seeds=tests/fuzz/corpus/${name%_fuzz}
    mkdir -p "$work/$name"
    [ -d "$seeds" ] || seeds=
    "$program" -max_total_time="${FUZZ_SECONDS:-5}" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 \
        -artifact_prefix="$work/$name-" "$work/$name" $seeds > "build/check/$name.log" 2>&1
}
export -f fuzz_one

fuzzers() {
    local from=$SECONDS sources name good=0
    sources=(tests/fuzz/*_fuzz.c)
    stage fuzz-build make -j "$jobs" VARIANT=fuzz fuzzers || return
    printf 'build/fuzz/%s\n' "${sources[@]%.c}" | xargs -P "$jobs" -I {} bash -c \
        'if fuzz_one {}; then touch build/check/$(basename {}).ok; else rm -f build/check/$(basename {}).ok; fi'
    for name in "${sources[@]##*/}"; do
        name=${name%.c}
        if [ -e "build/check/$name.ok" ]; then
            good=$((good + 1))
        else
            fail "$name; the end of build/check/$name.log:"
            tail -n 30 "build/check/$name.log"
        fi
    done
    pass "$good"
    printf 'ok    fuzzers: %d, %d s each (%d s)\n' "$good" "${FUZZ_SECONDS:-5}" $((SECONDS - from))
}

# Two halves of the seeds, side by side.
simulators() {
    local seeds=${SEEDS:-1000} half
    half=$((seeds / 2))
    build/debug/simulate 1 "$half" &
    build/debug/simulate $((half + 1)) $((seeds - half)) && wait $!
}

# The end-to-end tests mostly wait, so the simulators run beside them, and give way to them.
simulating=
begin_simulators() {
    (renice -n 19 "$BASHPID" > /dev/null; simulators) > "$logs/simulators.log" 2>&1 &
    simulating=$!
}
end_simulators() { wait "$simulating" || { cat "$logs/simulators.log"; return 1; }; }

# Prints why the end-to-end tests cannot run, or nothing. They use features of node 20.11.
node_lacks() {
    local version
    command -v node > /dev/null || { echo 'node is not installed; they need 20.11 or newer'; return; }
    version=$(node --version | tr -d v)
    printf '20.11\n%s\n' "$version" | sort -V -C || echo "node is $version; they need 20.11 or newer"
}

# They mostly wait, so more files run side by side than there are cores. Request Tracker is busy, and the actions that it is asked for
# have deadlines: its files have their turn alone. The log holds the results of both.
e2e_files() {
    export TOCSIN_BUILD=$PWD/build/debug TOCSIN_E2E=$PWD/build/e2e
    local busy=(tests/e2e/rt*.test.mjs) others status=0
    mapfile -t others < <(printf '%s\n' tests/e2e/*.test.mjs | grep -v /rt)
    timeout 1200 node --test --test-reporter=tap --test-concurrency=$((jobs + 1)) "${others[@]}" || status=$?
    timeout 1000 node --test --test-reporter=tap --test-concurrency=1 "${busy[@]}" || status=$?
    return "$status"
}

# Tests of the real daemon with real peers. Each test counts as one.
e2e() {
    local log=build/check/e2e.log from=$SECONDS lacks number status
    lacks=$(node_lacks)
    if [ -n "$lacks" ]; then
        number=$(cat tests/e2e/*.test.mjs | grep -c '^ *test(')
        skipped=$((skipped + number))
        printf 'skip  end-to-end tests (%d): %s\n' "$number" "$lacks"
        return
    fi
    scripts/e2e_modules.sh || { fail 'e2e-install'; return; }
    (e2e_files) > "$log" 2>&1
    status=$?
    count() { awk -v what="$1" '$1 == "#" && $2 == what && NF == 3 { n += $3 } END { print n + 0 }' "$log"; }
    sed -n 's/^ *ok [0-9]* - \(.*\) # SKIP *\(.*\)$/skip  \1: \2/p' "$log"
    pass "$(count pass)"
    skipped=$((skipped + $(count skipped)))
    printf 'ok    end-to-end tests: %s (%d s)\n' "$(count pass)" $((SECONDS - from))
    if [ "$(count fail)" != 0 ]; then
        failed=$((failed + $(count fail)))
        grep -B 2 -A 25 '^ *not ok' "$log" | head -n 120
    elif [ "$status" != 0 ]; then
        fail "end-to-end tests ended with status $status; the end of $log:"
        tail -n 40 "$log"
    fi
}

wanted build && { stage build make -j "$jobs" all || { echo "$passed passed, $failed failed"; exit 1; }; }
wanted headers && stage headers make check-headers
wanted style && stage style make check-style
wanted part && stage part tests/part/try.sh
wanted tests && unit_tests debug
{ wanted simulate || wanted e2e; } && stage simulate-build make -j "$jobs" build/debug/simulate
wanted simulate && begin_simulators
wanted e2e && e2e
[ -z "$simulating" ] || stage simulate end_simulators
wanted asan && unit_tests asan
wanted fuzz && fuzzers
wanted install && stage install scripts/install_test.sh
wanted tidy && stage tidy make tidy

printf '\n%d passed, %d failed' "$passed" "$failed"
[ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
printf '\n'
[ "$failed" = 0 ]
