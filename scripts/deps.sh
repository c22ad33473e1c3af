#!/bin/sh
# Installs those of the given Debian packages that are missing, as root or with sudo. Without either, it says what to install.
set -eu
here=$(dpkg-query -W -f '${Package} ${Status}\n' "$@" 2> /dev/null | sed -n 's/ install ok installed$//p')
missing=$(printf '%s\n' "$@" | grep -vxF -e "$here" | sort -u)
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then root=; elif command -v sudo >/dev/null; then root=sudo; else
    echo "Tocsin needs these Debian packages. Install them as root, then run the command again:" >&2
    echo "  apt-get install" $missing >&2
    exit 1
fi
echo "installing:" $missing
$root apt-get update -qq
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
