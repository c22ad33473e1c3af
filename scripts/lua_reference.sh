#!/bin/sh
# Generates the reference of the Lua functions from the comments above their bindings in C.
#
#   scripts/lua_reference.sh           prints docs/policy.md with an up-to-date reference
#   scripts/lua_reference.sh --write   writes it to docs/policy.md
#   scripts/lua_reference.sh --check   fails if docs/policy.md is not up to date
#
# A comment has the form "@kind signature: what it does." on one or several lines. The kinds are function, method, field, test
# and configuration.
set -eu
cd "$(dirname "$0")/.."
doc=docs/policy.md
sources='core/policy/lua_rules.c core/policy/lua_policy.c core/policy/lua_roster.c core/policy/lua_access.c core/policy/lua_rotation.c core/policy/lua_heartbeat.c core/policy/lua_insight.c core/policy/lua_drill.c core/policy/lua_statuspage.c core/policy/lua_holidays.c core/policy/lua_escalation.c core/policy/lua_services.c core/policy/lua_posting.c core/policy/base_library.c core/policy/table_library.c core/policy/lua_time.c
  core/policy/lua_read.c core/policy/lua_incident.c core/policy/lua_actions.c core/policy/lua_group.c core/policy/lua_test.c core/policy/lua_test_incident.c core/policy/configuration.c'

# One line per entry: "kind signature: text".
entries() {
    awk '
        function flush() {
            if (entry == "")
                return
            gsub(/[ \t]+/, " ", entry)
            sub(/^ /, "", entry)
            sub(/ $/, "", entry)
            print entry
            entry = ""
        }
        /^ *(\/\*| \*) @(function|method|field|test|configuration) / {
            flush()
            line = $0
            sub(/^ *(\/\*| \*) @/, "", line)
            entry = line
            open = 1
            if (entry ~ /\*\//) { sub(/\*\/.*/, "", entry); open = 0; flush() }
            next
        }
        open {
            line = $0
            closed = line ~ /\*\//
            sub(/\*\/.*/, "", line)
            sub(/^ *\*? */, "", line)
            entry = entry " " line
            if (closed) { open = 0; flush() }
        }' $sources
}

section() { # kind, heading
    printf '### %s\n\n' "$2"
    entries | awk -v kind="$1" '
        $1 == kind {
            sub(/^[a-z]+ /, "")
            depth = 0
            for (i = 1; i <= length($0); i++) { # the colon after the signature, not that of a method
                c = substr($0, i, 1)
                if (c ~ /[({]/) depth++
                if (c ~ /[)}]/) depth--
                if (c == ":" && depth == 0 && substr($0, i + 1, 1) == " ")
                    break
            }
            printf "- `%s`: %s\n", substr($0, 1, i - 1), substr($0, i + 2)
        }'
    echo
}

reference() {
    section function 'Functions'
    section field 'Fields'
    section method 'Methods'
    section test 'In tests'
    section configuration 'Only in tocsin.lua'
}

whole() {
    sed '/^<!-- reference -->$/q' "$doc"
    echo
    reference
    sed -n '/^<!-- end of the reference -->$/,$p' "$doc"
}

case ${1-} in
--write)
    new=$(mktemp)
    whole > "$new"
    cat "$new" > "$doc"
    rm -f "$new"
    ;;
--check)
    whole | diff -u "$doc" - || {
        echo "$doc is not up to date; run scripts/lua_reference.sh --write" >&2
        exit 1
    }
    ;;
*) whole ;;
esac
