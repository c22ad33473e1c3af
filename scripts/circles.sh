#!/bin/bash
# Fails when files of core/ or plugins/ need each other in a circle, according to the symbols of their objects.
#
#   scripts/circles.sh [BUILD]      BUILD: the directory of the objects; default: build/debug
#
# A file needs another file when it calls its functions or reads its variables. Callbacks and tables of functions that it receives
# do not count; a lower file uses them to reach a higher one. The report names the files of each circle, and the symbols that one
# file needs from another.
set -u
cd "$(dirname "$0")/.." || exit 2
build=${1:-build/debug}

# Pairs of files that may need each other, as they are one idea. In the order of their names, each with the reason.
pairs=()

objects=()
for source in core/*.c core/*/*.c core/app/*/*.c tests/conformance/*.c plugins/*/*.c; do
    object=$build/${source%.c}.o
    [ -e "$object" ] || { echo "$object is missing: run \`make\` first"; exit 2; }
    objects+=("$object")
done

nm -A -g -P "${objects[@]}" | awk -v build="$build/" -v pairs="$(printf '%s\n' "${pairs[@]}")" '
    # Files that are linked together: the core is one program, and so is each folder of plugins.
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

    # Marks in `reached` all files that a file needs, directly or through others.
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

    function report(members,    i, j, n, each) {
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
            if (files[i] in reported || !((files[i], files[i]) in reached))
                continue
            members = list_circle(files[i])
            n = split(members, each, " ")
            for (j = 1; j <= n; j++)
                reported[each[j]] = 1
            if (members in allowed) {
                delete allowed[members]
                continue
            }
            report(members)
            faults++
        }
        for (members in allowed)
            if (members != "") {
                print members ": not a circle any more; remove it from `pairs`"
                faults++
            }
        exit faults > 0
    }'
