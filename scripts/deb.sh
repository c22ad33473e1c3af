#!/bin/sh
# make deb: builds a Debian package from the release build, in build/. Its dependencies come from the programs themselves.
set -eu
cd "$(dirname "$0")/.."
version=$1 architecture=$(dpkg --print-architecture)
work=build/deb root=build/deb/root
rm -rf "$work"
env -u MAKEFLAGS make --no-print-directory -j "$(nproc)" install DESTDIR="$PWD/$root" PREFIX=/usr > /dev/null

strip --strip-unneeded "$root"/usr/bin/* "$root"/usr/libexec/* "$root"/usr/lib/tocsin/*.so
strip --strip-debug --enable-deterministic-archives "$root"/usr/lib/libtocsin-kit.a
install -D -m 640 etc/debian/tocsin.lua "$root/etc/tocsin/tocsin.lua"
install -D -m 644 etc/debian/team.lua "$root/etc/tocsin/policy/team.lua"
install -D -m 644 -t "$root/usr/share/doc/tocsin" README.md docs/*.md etc/tocsin.lua etc/slack-manifest*.json scripts/policy.lua
install -D -t "$root/usr/share/doc/tocsin/teams" etc/teams/make.py
install -D -m 644 -t "$root/usr/share/doc/tocsin/teams" etc/teams/manifest.json
gzip -9n < CHANGELOG.md > "$root/usr/share/doc/tocsin/changelog.gz"
gzip -9n "$root"/usr/share/man/man?/*

mkdir -p "$work/debian" "$root/DEBIAN"
printf 'Source: tocsin\n\nPackage: tocsin\nArchitecture: any\n' > "$work/debian/control"
# libwebsockets loads its libuv part at run time, so no program links to it.
loaded=libwebsockets-evlib-uv
depends=$(cd "$work" && dpkg-shlibdeps -O -e root/usr/bin/tocsind -e root/usr/bin/tocsin -e root/usr/libexec/tocsin-runner \
    -e root/usr/libexec/tocsin-fetch -e root/usr/libexec/tocsin-draw $(printf -- '-e %s ' root/usr/lib/tocsin/*.so) 2> /dev/null | sed -n 's/^shlibs:Depends=//p')
cat > "$root/DEBIAN/control" <<CONTROL
Package: tocsin
Version: $version
Architecture: $architecture
Maintainer: Tocsin maintainers <maintainers@tocsin.example>
Installed-Size: $(du -sk "$root" | cut -f 1)
Depends: $depends, $loaded, adduser, fonts-dejavu-core, init-system-helpers, tzdata
Suggests: pkg-config, libcjson-dev, libcurl4-openssl-dev, libmd4c-dev, libssl-dev
Section: admin
Priority: optional
Description: incident management that lives in your chat
 Tocsin turns errors and alerts into incidents, and people handle them in
 their chat. It keeps everything in a durable journal, is scripted in Lua, and
 runs each chat connector in a process of its own. The suggested packages are
 for building connectors.
CONTROL
printf '/etc/tocsin/tocsin.lua\n/etc/tocsin/policy/team.lua\n' > "$root/DEBIAN/conffiles"
install -m 755 etc/debian/postinst etc/debian/prerm etc/debian/postrm "$root/DEBIAN/"
[ -n "$depends" ] || { echo "deb.sh: dpkg-shlibdeps found no libraries" >&2; exit 1; }
dpkg-deb --root-owner-group --build "$root" "build/tocsin_${version}_$architecture.deb"
