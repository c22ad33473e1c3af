#!/bin/sh
# Installs from npm, into build/e2e, what the end-to-end tests and the bench of the fake Slack need. Does nothing if that is up to
# date. Succeeds also where npm or its registry is missing: what needs the modules then skips itself.
set -eu
cd "$(dirname "$0")/.."
log=build/e2e/install.log
cmp -s tests/e2e/package-lock.json build/e2e/installed && exit 0
mkdir -p build/e2e
rm -f build/e2e/installed
cp tests/e2e/package.json tests/e2e/package-lock.json build/e2e/
if ! command -v npm > /dev/null; then
    echo 'note  npm is not installed: tests that need what it installs are skipped'
elif npm --prefix build/e2e ci --no-audit --no-fund --fetch-retries=1 --fetch-timeout=60000 > "$log" 2>&1; then
    cp tests/e2e/package-lock.json build/e2e/installed
elif grep -qE 'E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NETUNREACH|HOSTUNREACH)|network' "$log"; then
    echo 'note  npm cannot reach its registry: tests that need what it installs are skipped'
    rm -rf build/e2e/node_modules
else
    tail -n 40 "$log"
    exit 1
fi
