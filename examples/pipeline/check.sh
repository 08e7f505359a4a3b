#!/bin/bash
# check.sh: do all manifests compile without a warning, is that what trees/ has, and is it as written?
#
# What they compile to is then in build/trees, and what is wrong with them is told as the CI shows it
# best: GitHub in the pull request, GitLab as a report of code quality in build/codequality.json.
. "$(dirname "$0")/prelude.sh"

on_github() { [ "${GITHUB_ACTIONS:-}" = true ]; }

format=human
if on_github; then format=github; fi

# GitHub takes lines of a log for its commands, and what a pull request brings must not give any.
quoted() {
    local word
    word=$(< /proc/sys/kernel/random/uuid)
    if on_github; then echo "::stop-commands::$word"; fi
    cat
    if on_github; then echo "::$word::"; fi
}

report() {
    [ "${GITLAB_CI:-}" = true ] || return 0
    compile build/trees --check --format json | jq --from-file pipeline/codequality.jq > build/codequality.json || true
}

rm -rf build/trees
compiled=0
compile build/trees --format "$format" || compiled=$?
report
[ "$compiled" -eq 0 ] || exit "$compiled"

mkdir -p trees
if ! git diff --no-index --quiet -- trees build/trees; then
    compare trees outdated 'when trees/ is brought up to date'
    quoted < build/outdated.md
    if on_github; then
        echo '::error title=trees/ is out of date::Run "make trees" and commit what it changes'
    fi
    fail 'trees/ is not what the manifests compile to: run "make trees" and commit what it changes'
fi
hostwright verify --format "$format" trees
