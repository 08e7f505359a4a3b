#!/bin/bash
# diff.sh: how the units of which hosts change since BASE, a commit.
#
# build/trees.diff has all of it, build/trees.md what people read: a change that many hosts have in
# common stands there once. It goes to the summary of a job of GitHub's, or to a note of GitLab's.
. "$(dirname "$0")/prelude.sh"

base=${BASE:?of which commit? For example: BASE=origin/main}
refuse_option "$base"
if ! commit=$(git rev-parse --verify --quiet --end-of-options "$base^{commit}"); then
    git fetch --quiet --no-tags --depth=1 origin "$base"
    commit=$(git rev-parse --verify FETCH_HEAD)
fi

rm -rf build/trees build/base
compile build/trees > /dev/null
mkdir build/base
if git cat-file -e "$commit:trees" 2> /dev/null; then
    git archive "$commit:trees" | tar --extract --directory build/base
fi
compare build/base trees "since ${commit:0:12}"

cat build/trees.md
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat build/trees.md >> "$GITHUB_STEP_SUMMARY"
fi
if [ -n "${GITLAB_NOTE_TOKEN:-}" ] && [ -n "${CI_MERGE_REQUEST_IID:-}" ]; then
    pipeline/gitlab-note.sh build/trees.md
fi
