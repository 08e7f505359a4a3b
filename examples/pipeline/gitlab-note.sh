#!/bin/bash
# gitlab-note.sh FILE: put a text under the merge request, in the place of the last one.
#
# GITLAB_NOTE_TOKEN  a project access token: role Reporter, scope api
set -euo pipefail

readonly mark='<!-- hostwright -->'
notes=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes

# The token reaches curl on a descriptor: others see the words of a command line.
call() {
    curl --fail --silent --show-error --config <(printf 'header = "PRIVATE-TOKEN: %s"\n' "$GITLAB_NOTE_TOKEN") "$@"
}

earlier=$(call "$notes?per_page=100" |
    jq --raw-output --arg mark "$mark" 'map(select(.body | startswith($mark)))[0].id // empty')
body=$(mktemp)
trap 'rm -f -- "$body"' EXIT
{ printf '%s\n\n' "$mark"; cat -- "$1"; } > "$body"
text=(--data-urlencode "body@$body" --output /dev/null)
if [ -z "$earlier" ] || ! call --request PUT "${text[@]}" "$notes/$earlier"; then
    call --request POST "${text[@]}" "$notes"
fi
