#!/bin/sh
# Installs the named Debian packages that are missing, as root or through sudo; says what it lacks otherwise.
set -eu
missing=$(dpkg-query -W -f '${Package} ${Status}\n' "$@" 2>/dev/null | awk '/ok installed$/ {print $1}' | sort -u > /tmp/.have.$$;
          printf '%s\n' "$@" | sort -u | comm -23 - /tmp/.have.$$; rm -f /tmp/.have.$$)
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then root=; elif command -v sudo >/dev/null; then root=sudo; else
    echo "tocsin needs these Debian packages; install them as root, then run this again:" >&2
    echo "  apt-get install" $missing >&2
    exit 1
fi
echo "installing:" $missing
$root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
