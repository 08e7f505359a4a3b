#!/bin/bash
# packages.sh: make a package of each tree in trees/, in build/packages, and have lintian read them.
#
# BASE  only packages of trees that have changed since this commit are read; empty: all
# LINT  "no" has none of them read, "yes" fails where lintian is missing; empty: if it is installed
. "$(dirname "$0")/prelude.sh"

refuse_option "${BASE:-}"

# What is in no commit would carry the date of one, and so would the next thing that is in none.
others=$(git status --porcelain -- hosts profiles modules trees)
[ -z "$others" ] || fail "commit first, because the commit's time is the packages' version: $others"

# The same commit makes the same bytes, and a later commit a higher version.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

rm -rf build/packages
hostwright deb --output build/packages trees

if [ "${LINT:-}" = no ] || { [ "${LINT:-}" != yes ] && [ -z "$(type -P lintian)" ]; }; then
    echo "lintian: not asked"
    exit 0
fi
changed=()
for package in build/packages/*.deb; do
    host=${package#build/packages/hostwright-host-}
    host=${host%%_*}
    if [ -z "${BASE:-}" ] || ! git diff --quiet "$BASE" -- "trees/$host" 2> /dev/null; then
        changed+=("$package")
    fi
done
if [ "${#changed[@]}" -gt 0 ]; then
    lintian --fail-on error,warning -- "${changed[@]}"
fi
echo "lintian: ${#changed[@]} packages are clean"
