#!/bin/sh
# Transpiles one project into its dist; run from the project's folder as: .swc-build.sh SOURCES IGNORED
# Writes nothing when dist is up to date, and only one at a time works on it: services that are started together share
# the output, and none may find a file missing or half written. Files of deleted sources stay; nothing imports them.
set -eu
root=$(dirname "$0")
mkdir -p dist
if command -v flock >/dev/null 2>&1; then
  exec 9>dist/.lock
  flock 9
fi
changed() {
  find "$1" "$root/.swcrc" "$root/package-lock.json" \( -name dist -o -name node_modules \) -prune \
    -o -newer dist/.built -print | head -n 1
}
if [ -f dist/.built ] && [ -z "$(changed "$1")" ]; then exit 0; fi
touch dist/.building # older than whatever is edited from now on
strip=--strip-leading-paths # src/a/b.ts becomes dist/a/b.js
if [ "$1" = . ]; then strip=; fi
swc "$1" -d dist $strip --quiet --config-file "$root/.swcrc" --ignore "$2"
mv dist/.building dist/.built
