# shellcheck shell=bash
# What all scripts of the pipeline begin with. They run in the root of the fleet's repository.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH="$PWD/build/venv/bin:$PATH"
export LC_ALL=C.UTF-8
mkdir -p build

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# A word that somebody chose, and that a program could take for an option.
refuse_option() {
    [[ $1 != -* ]] || fail "\"$1\" is no commit"
}

# Compile all manifests: one tree for each host in a folder, a single host's too.
compile() {
    local folder=$1 manifests host
    shift
    shopt -s nullglob
    manifests=(hosts/*.yaml)
    [ "${#manifests[@]}" -gt 0 ] || fail "there is no manifest: hosts/*.yaml"
    if [ "${#manifests[@]}" -eq 1 ] && host=$(hostwright compile --check "${manifests[0]}" 2> /dev/null); then
        folder=$folder/${host%%: *}
        mkdir -p "${folder%/*}"
    fi
    hostwright compile --strict "$@" --output "$folder" "${manifests[@]}"
}

# How trees in a folder differ from those in build/trees: build/NAME.diff has all of it, build/NAME.md
# what people read. What Hostwright notes in .hostwright is left out: digests of what is there besides.
compare() {
    local folder=$1 name=$2 since=$3
    rm -rf build/old build/new
    cp -a -- "$folder" build/old
    cp -a build/trees build/new
    find build/old build/new -mindepth 2 -maxdepth 2 -name .hostwright -delete
    (cd build && git --no-pager diff --no-index --no-prefix --no-renames --no-color --no-ext-diff -- old new) \
        > "build/$name.diff" || [ "$?" -eq 1 ]
    (cd build/old && ls -A) > build/hosts.old
    (cd build/new && ls -A) > build/hosts.new
    awk -v since="$since" \
        -v gone="$(comm -23 build/hosts.old build/hosts.new | tr '\n' ' ')" \
        -v added="$(comm -13 build/hosts.old build/hosts.new | tr '\n' ' ')" \
        -f pipeline/summary.awk -- "build/$name.diff" > "build/$name.md"
}
