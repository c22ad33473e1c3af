#!/bin/sh
# Tests `make install` as a packager and the author of a connector use it: into a directory, without root. The installed programs
# start from there, and load connectors that were built outside this tree with the flags of pkg-config. INSTALLED=DIR tests an
# existing installation.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
daemon=
finish() {
    status=$?
    trap - EXIT
    if [ -n "$daemon" ]; then
        kill "$daemon" 2> /dev/null || true
        wait "$daemon" || status=1
    fi
    [ "$status" = 0 ] || cat "$work/log" 2> /dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM

at=${INSTALLED:-}
if [ -z "$at" ]; then
    make --no-print-directory install DESTDIR="$work/root" PREFIX=/usr/local
    at=$work/root/usr/local
fi
for path in bin/tocsin bin/tocsind libexec/tocsin-runner libexec/tocsin-fetch libexec/tocsin-draw lib/tocsin/console.so include/tocsin/connector.h \
    include/tocsin/kit/http.h lib/libtocsin-kit.a lib/pkgconfig/tocsin.pc lib/pkgconfig/tocsin-kit.pc \
    lib/systemd/system/tocsin.service share/bash-completion/completions/tocsin \
    share/man/man1/tocsin.1 share/man/man5/tocsin.lua.5 share/man/man8/tocsind.8; do
    [ -s "$at/$path" ] || { echo "$path is not installed"; exit 1; }
done
! grep -rl '@[A-Z]*@' "$at/lib/pkgconfig" "$at/lib/systemd" "$at/share" || { echo "these files still have placeholders"; exit 1; }

export PKG_CONFIG_PATH="$at/lib/pkgconfig"
pc() { pkg-config --define-variable=prefix="$at" "$@"; }
version=$("$at/bin/tocsin" version | sed 's/[^0-9.]//g')
[ "$(pc --modversion tocsin)" = "$version" ]
[ "$(pc --modversion tocsin-kit)" = "$version" ]

# Connectors, built as their authors do. Each exports one symbol, and links only the libraries that it uses. `example` is
# installed; `webchat` stays where it was built.
mkdir "$work/author"
cp tests/connectors/good.c tests/connectors/example.c tests/connectors/webchat.c "$work/author"
(
    cd "$work/author"
    ${CC:-cc} -std=c99 -Wall -Wextra -Werror -shared -Wl,-z,defs -o good.so good.c $(pc --cflags --libs tocsin)
    for name in example webchat; do
        ${CC:-cc} -Wall -Wextra -Werror -shared -Wl,-z,defs -o $name.so $name.c $(pc --cflags --libs tocsin-kit)
        [ "$(nm -D --defined-only $name.so | awk '{ print $3 }')" = tocsin_connector_entry ] || { nm -D $name.so; exit 1; }
        "$at/bin/tocsin" connector show ./$name.so
    done
    if readelf -d example.so | grep curl; then exit 1; fi
)
install "$work/author/example.so" "$(pc --variable=plugindir tocsin)/example.so"

# A user of bash presses Tab: each typed line, and the words that it must become.
mkdir "$work/a folder" && touch "$work/a folder/copy one.db"
cat > "$work/wanted" << 'WANTED'
<declare><x>
<policy><reload>
<token><create><--scopes><read><--offline>
<inc><decline><INC-1>
<verify><a folder/copy one.db>
WANTED
printf '%s\n' "cd '$work'; . '$at/share/bash-completion/completions/tocsin'" \
    'tocsin() { printf "<%s>" "$@"; echo; }' 'tocsin decl^x' 'tocsin pol^re^' 'tocsin token cr^--sc^read --off^' \
    'tocsin inc decli^INC-1' 'tocsin verify a\ f^cop^' exit | tr ^ '\t' > "$work/typed"
TERM=dumb timeout 30 script -qec 'bash --norc -i' /dev/null < "$work/typed" | tr -d '\r' | grep -o '^<.*>$' > "$work/completed"
cmp "$work/wanted" "$work/completed" || { cat "$work/completed"; exit 1; }

"$at/bin/tocsin" init "$work/one"
sed -i "s|connectors = {|connectors = { example = { path = \"$work/posts\" },|
    s|connectors = {|connectors = { webchat = { plugin = \"../author/webchat.so\", url = \"http://127.0.0.1:1\", token = \"t\", secret = \"s\" },|" \
    "$work/one/tocsin.lua"
tocsin() { "$at/bin/tocsin" --config "$work/one/tocsin.lua" "$@"; }
tocsin check
"$at/bin/tocsind" --config "$work/one/tocsin.lua" 2> "$work/log" &
daemon=$!

# until_true WHAT COMMAND...: repeats the command every tenth of a second until it succeeds.
until_true() {
    tries=300 what=$1
    shift
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "timed out waiting for $what"; exit 1; }
        sleep 0.1
    done
}
both_run() { [ "$(tocsin connector list 2> /dev/null | grep -c ' running ')" = 2 ]; }
until_true 'both connectors' both_run
until_true 'the connector without a chat' grep -q 'connector=webchat.*GET url/me' "$work/log"
tocsin declare the bell rings
until_true 'the outside connector' grep -q 'the bell rings' "$work/posts"
printf '/inc accept INC-1\n' | tocsin chat --plain > /dev/null
tocsin show INC-1 | grep -q investigating
! grep ' error ' "$work/log"
