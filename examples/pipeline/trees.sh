#!/bin/bash
# trees.sh: make trees/ what the manifests compile to; trees of hosts that are gone go.
. "$(dirname "$0")/prelude.sh"

compiled=$(compile trees)
printf '%s\n' "$compiled"
for tree in trees/*/; do
    host=$(basename "$tree")
    if [ -e "$tree/.hostwright" ] && ! grep --quiet --line-regexp "$host: .*" <<< "$compiled"; then
        hostwright verify "$tree" > /dev/null ||
            fail "$tree has no manifest any more, but was changed by hand: remove it yourself"
        rm -r -- "$tree"
        echo "$host: removed"
    fi
done
