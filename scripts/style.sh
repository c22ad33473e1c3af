#!/bin/sh
# Checks what the compiler does not: sizes, layers, banned functions, format. Prints every fault, and fails if there is one.
#
#   functions   at most 70 lines; half of them at most 15, nine of ten at most 45
#   files       at most 800 lines; headers at most 150
#   structs     at most 20 fields
#   layers      a folder of core/ includes only itself and the folders before it in the list; a connector includes only
#               tocsin/ and its own headers; the command line may also use tocsin/kit/, to show CommonMark, signin/, to ask an identity provider, daemon/, to ask a language model, and fetch/, to know private networks
#   banned      functions that can overflow a buffer, have hidden state, or read a clock directly
#   keys        a prefix of the keys of actions that sight/ may have to replace is written in sight/sight.h alone
#   format      that of clang-format
set -u
cd "$(dirname "$0")/.." || exit 2
layers='base template chart engine journal clock outbox intake rotation insights feeds moving escalation public policy publish turn people sight access delivery customers oncall rooms mirror paging catalogue impact react comms tickets statuspage subscribers webhooks followups lessons assist writeups triage heartbeats drills shifts review command host fetch draw conformance web mcp signin app cli daemon'
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
faults=$work/faults
: > "$faults"

shipped() {
    find core plugins tests/conformance -name '*.[ch]' 2> /dev/null | sort
}

# Prints C files as file:line:text, without comments and string literals.
code() {
    awk '
        FNR == 1 { inside = 0 }
        {
            line = $0
            gsub(/\\["\\]/, "", line)
            if (line !~ /^ *# *include/)
                gsub(/"[^"]*"/, "\"\"", line)
            text = ""
            while (line != "") {
                if (inside) {
                    at = index(line, "*/")
                    inside = at == 0
                    line = inside ? "" : substr(line, at + 2)
                } else {
                    at = index(line, "/*")
                    text = text (at ? substr(line, 1, at - 1) : line)
                    line = at ? substr(line, at + 2) : ""
                    inside = at > 0
                }
            }
            sub(/\/\/.*/, "", text)
            if (text ~ /[^ \t]/)
                print FILENAME ":" FNR ":" text
        }' "$@"
}

check_functions() {
    shipped | ctags -L - -x --languages=C --langmap=C:.c.h --kinds-C=f --_xformat='%F %n %{end} %N' 2> /dev/null |
        awk '$3 { print $3 - $2 + 1, $1 ":" $2, $4 }' | sort -n > "$work/functions"
    awk -v faults="$faults" '
        { lines[NR] = $1 }
        $1 > 70 { print $2 ": " $3 " has " $1 " lines; at most 70" >> faults }
        END {
            if (NR == 0)
                exit
            median = lines[int((NR + 1) / 2)]
            p90 = lines[int((NR * 9 + 9) / 10)]
            printf "functions: %d, median %d lines, p90 %d, longest %d\n", NR, median, p90, lines[NR]
            if (median > 15)
                print "functions: the median is " median " lines; at most 15" >> faults
            if (p90 > 45)
                print "functions: one in ten is over " p90 " lines; at most 45" >> faults
        }' "$work/functions"
}

check_files() {
    shipped | xargs -r wc -l |
        awk '{ most = $2 ~ /\.h$/ ? 150 : 800 }
             $2 != "total" && $1 > most { print $2 ": " $1 " lines; at most " most }' >> "$faults"
}

# A nested struct counts as one field of its parent; without a name its fields are its parent's own.
check_structs() {
    shipped | ctags -L - -D 'ARRAY(type)=struct array' -x --languages=C --langmap=C:.c.h --kinds-C=m \
        --_xformat='%F %n %Z %t %N' 2> /dev/null | awk '
        {
            name = $1 " " $3
            if (!(name in fields) || $2 < line[name])
                line[name] = $2
            fields[name]++
            type = $4
            if (sub(/^(struct|union):/, "", type)) {
                sub(/[^A-Za-z0-9_:].*/, "", type)
                named[$1 " " type] = 1
            }
        }
        END { # the innermost is added to its parent first
            for (depth = 9; depth > 0; depth--)
                for (name in fields) {
                    if (gsub(/::/, "::", name) != depth || name in named || name !~ /::__anon[0-9a-f]+$/)
                        continue
                    parent = name
                    sub(/::__anon[0-9a-f]+$/, "", parent)
                    if (parent in fields)
                        fields[parent] += fields[name]
                }
            for (name in fields)
                if (fields[name] > 20) {
                    split(name, of, " ")
                    gsub(/__anon[0-9a-f]+/, "(unnamed)", of[2])
                    print of[1] ":" line[name] ": struct " of[2] " has " fields[name] " fields; at most 20"
                }
        }' >> "$faults"
}

check_layers() {
    shipped | xargs -r grep -HnE '^ *# *include *("|<tocsin/)' | awk -F: -v layers="$layers" '
        BEGIN {
            n = split(layers, names, " ")
            for (i = 1; i <= n; i++)
                rank[names[i]] = i
        }
        {
            split($1, path, "/")
            match($3, /["<][^">]*[">]/)
            header = substr($3, RSTART + 1, RLENGTH - 2)
            folder = header
            if (!sub(/\/.*/, "", folder))
                folder = path[2]
            if (header == "tocsin/connector.h" || $1 == "core/main.c" || $1 == "core/parts.c")
                good = 1
            else if (header ~ /^tocsin\/kit\//)
                good = path[1] == "plugins" || path[2] == "cli" || path[2] == "signin" || path[2] == "daemon" || path[2] == "fetch"
            else if (path[1] == "plugins")
                good = folder == path[2]
            else
                good = folder in rank && rank[folder] <= rank[path[2]]
            if (!good)
                print $1 ":" $2 ": must not include \"" header "\""
        }' >> "$faults"
}

check_banned() {
    banned='strcpy|strcat|stpcpy|sprintf|vsprintf|gets|strtok|gmtime|localtime|asctime|ctime|mktemp|tmpnam|system|popen|rand|srand|random'
    code $(shipped) > "$work/code"
    grep -E "(^|[^A-Za-z0-9_.>])($banned) *\(" "$work/code" | sed 's/$/   <- banned function/' >> "$faults"
    clocks='time|clock_gettime|gettimeofday|clock|timespec_get|uv_hrtime|uv_clock_gettime'
    grep -E "(^|[^A-Za-z0-9_.>])($clocks) *\(" "$work/code" | grep -v '^core/base/clock\.c:\|^plugins/' |
        sed 's|$|   <- only core/base/clock.c reads a clock|' >> "$faults"
}

# Of an action whose key begins with one of these, people read another text once somebody lost access (sight/sight.c).
check_keys() {
    sed -n 's/^#define [A-Z]*_KEY *"\([a-z-]*:\)".*/\1/p' core/sight/sight.h | while read -r key; do
        shipped | grep -v '^core/sight/sight\.h$' | xargs -r grep -Hn "\"$key" |
            sed "s/\$/   <- keys that begin with $key are those of core\/sight\/sight.h/"
    done >> "$faults"
}

check_format() {
    find core plugins include tests -name '*.[ch]' ! -path 'tests/abi/*' 2> /dev/null |
        xargs -r -P 2 -n 16 clang-format --dry-run -Werror 2>&1 | grep 'error:' >> "$faults"
}

check_functions
check_files
check_structs
check_layers
check_banned
check_keys
check_format
cat "$faults"
[ ! -s "$faults" ]
