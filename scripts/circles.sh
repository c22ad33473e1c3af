#!/bin/bash
# Fails when files of core/ or plugins/ need each other in a circle, judged by the symbols of their objects.
#
#   scripts/circles.sh [BUILD]      BUILD: where the objects are, build/debug by default
#
# A file needs another when it calls its functions or reads its variables. It does not need what it is handed as a callback
# or in a table of functions; that is how a lower file reaches one above it. The report names the files of each circle, and
# every symbol by which one of them needs another.
set -u
cd "$(dirname "$0")/.." || exit 2
build=${1:-build/debug}

# Two files that are one idea, in the order of their names, and why.
pairs=()

objects=()
for source in core/*.c core/*/*.c plugins/*/*.c; do
    object=$build/${source%.c}.o
    [ -e "$object" ] || { echo "$object is missing: run \`make\` first"; exit 2; }
    objects+=("$object")
done

nm -A -g -P "${objects[@]}" | awk -v build="$build/" -v pairs="$(printf '%s\n' "${pairs[@]}")" '
    # What links with each other: the core is one program, and so is each folder of plugins.
    function program(file) {
        if (file !~ /^plugins/)
            return "core"
        sub(/\/[^\/]*$/, "", file)
        return file
    }

    {
        file = substr($1, length(build) + 1)
        sub(/\.o:$/, ".c", file)
        if ($3 ~ /[Uwv]/)
            wanted[++n_wanted] = file " " $2
        else
            owner[program(file), $2] = file
    }

    # Does a way lead from one file to another? Marks in `reached` all that it leads to.
    function reach(from,    i, n, next_ones) {
        n = split(needed[from], next_ones, " ")
        for (i = 1; i <= n; i++)
            if (!((start, next_ones[i]) in reached)) {
                reached[start, next_ones[i]] = 1
                reach(next_ones[i])
            }
    }

    function list_circle(first,    i, n, members) {
        members = first
        for (i = 1; i <= n_files; i++)
            if (files[i] != first && (first, files[i]) in reached && (files[i], first) in reached)
                members = members " " files[i]
        return members
    }

    function tell(members,    i, j, n, each) {
        n = split(members, each, " ")
        print "circle of " n " files: " members
        for (i = 1; i <= n; i++)
            for (j = 1; j <= n; j++)
                if ((each[i], each[j]) in symbols)
                    print "    " each[i] " needs " each[j] ":" symbols[each[i], each[j]]
    }

    END {
        for (i = 1; i <= n_wanted; i++) {
            split(wanted[i], want, " ")
            from = want[1]
            if (!((program(from), want[2]) in owner))
                continue
            to = owner[program(from), want[2]]
            if (from == to)
                continue
            if (!((from, to) in symbols))
                needed[from] = needed[from] " " to
            if (!(from in known)) {
                known[from] = 1
                files[++n_files] = from
            }
            symbols[from, to] = symbols[from, to] " " want[2]
        }
        for (i = 1; i <= n_files; i++) {
            start = files[i]
            reach(start)
        }
        n_allowed = split(pairs, rows, "\n")
        for (i = 1; i <= n_allowed; i++) {
            members = rows[i]
            sub(/:.*/, "", members)
            allowed[members] = 1
        }
        for (i = 1; i <= n_files; i++) {
            if (files[i] in told || !((files[i], files[i]) in reached))
                continue
            members = list_circle(files[i])
            n = split(members, each, " ")
            for (j = 1; j <= n; j++)
                told[each[j]] = 1
            if (members in allowed) {
                delete allowed[members]
                continue
            }
            tell(members)
            faults++
        }
        for (members in allowed)
            if (members != "") {
                print members ": listed as a pair, but is no circle; take it off the list"
                faults++
            }
        exit faults > 0
    }'
