#!/bin/bash
# publish.sh add | promote | rollback: change the signed apt repository.
#
# REPOSITORY          its folder on this machine, or HOST:FOLDER, which rsync reaches by ssh
# SUITE               the suite that is changed; without it: canary for add, stable for promote
# HOSTS               promote: these hosts, with blanks between them; empty: all
# VERSIONS            rollback: HOST=VERSION..., with blanks between them
# VALID_DAYS          hosts refuse a suite that is older; empty: as before
# SIGNING_KEY         the secret key, armoured, or a file with it; the first key of it signs
# SIGNING_PASSPHRASE  what opens it, or a file with that; empty: it has none
# SSH_KEY             for HOST:FOLDER: the private key, or a file with it; empty: ssh's own
# SSH_KNOWN_HOSTS     the server's public keys, as lines of known_hosts, or a file with them
. "$(dirname "$0")/prelude.sh"

task=${1:-}
words=()
case $task in
    add)
        suite=${SUITE:-canary}
        words=(build/packages)
        ;;
    promote)
        suite=${SUITE:-stable}
        read -r -d '' -a words <<< "${HOSTS:-}" || true
        form='^[a-z0-9][a-z0-9.-]*$'
        ;;
    rollback)
        suite=${SUITE:?of which suite?}
        read -r -d '' -a words <<< "${VERSIONS:?back to what? HOST=VERSION...}" || true
        form='^[a-z0-9][a-z0-9.-]*=[0-9][A-Za-z0-9.+~:-]*$'
        ;;
    *) fail "add, promote or rollback?" ;;
esac
repository=${REPOSITORY:?where is the apt repository?}
if [ "$task" != add ]; then
    for word in "${words[@]}"; do
        [[ $word =~ $form ]] || fail "\"$word\" does not fit: HOSTS has names, VERSIONS has HOST=VERSION"
    done
fi

# Not in TMPDIR: the agent's socket lies in here, and the path of a socket has to be short.
private=$(mktemp --directory /tmp/hostwright.XXXXXXXXXX)
export GNUPGHOME=$private/gnupg
finish() {
    gpgconf --kill all 2> /dev/null || true
    rm -rf -- "$private"
}
trap finish EXIT

# Secrets leave the environment here, for files that nobody else reads and that go in the end.
keep() {
    local name=$1 value=${!1:-}
    unset "$name"
    [ -n "$value" ] || return 1
    if [ -f "$value" ]; then
        install --mode=0600 -- "$value" "$private/$name"
    else
        (umask 077 && printf '%s\n' "$value" > "$private/$name")
    fi
}

mkdir --mode=0700 "$GNUPGHOME"
keep SIGNING_KEY || fail "who signs? SIGNING_KEY is empty"
passphrase=()
if keep SIGNING_PASSPHRASE; then passphrase=(--passphrase-file "$private/SIGNING_PASSPHRASE"); fi
gpg --batch --quiet --import "$private/SIGNING_KEY" || fail "SIGNING_KEY is no key, nor a file with one"
key=$(gpg --batch --with-colons --list-secret-keys | awk -F: '$1 == "fpr" { print $10; exit }')
[ -n "$key" ] || fail "SIGNING_KEY has no secret key"

if keep SSH_KEY; then
    keep SSH_KNOWN_HOSTS || fail "SSH_KNOWN_HOSTS is empty: by what is the server known?"
    printf '%s\n' > "$private/ssh" \
        "IdentityFile $private/SSH_KEY" \
        'IdentitiesOnly yes' \
        "UserKnownHostsFile $private/SSH_KNOWN_HOSTS" \
        'StrictHostKeyChecking yes' \
        'BatchMode yes' \
        'ConnectTimeout 30'
    export RSYNC_RSH="ssh -F $private/ssh"
fi

# No links: by one, what the server has would reach to other files of this machine.
copied() { rsync --recursive --perms --chmod=D755,F644 --times "$@"; }

# Whoever changed the copy on the server must not have it signed by us.
refuse_foreign() {
    local release
    for release in "$1"/dists/*/Release; do
        [ -e "$release" ] || continue
        gpg --batch --quiet --verify "${release%Release}Release.gpg" "$release" 2> /dev/null ||
            fail "${release#"$1"/} is not signed by this key: somebody else has changed the repository"
    done
}

folder=$repository
if [[ $repository == *:* ]]; then
    folder=build/repository
    mkdir -p "$folder"
    said=$(copied --delete "$repository/" "$folder/" | tee /dev/stderr)
    [[ $said != *'skipping non-regular file'* ]] || fail "$repository has links, or what else is no file"
fi
refuse_foreign "$folder"

options=(--suite "$suite" --key "$key" "${passphrase[@]}")
if [ "$task" = promote ]; then options+=(--from canary); fi
if [ -n "${VALID_DAYS:-}" ]; then options+=(--valid-days "$VALID_DAYS"); fi
hostwright repo "$task" "$folder" "${words[@]}" "${options[@]}"

if [[ $repository == *:* ]]; then
    # At every moment each index speaks of packages that are there, and each Release of indices.
    copied --ignore-existing --include='*/' --include='*.deb' --exclude='*' "$folder/pool" "$repository/"
    copied --exclude='/dists/*/InRelease' --exclude='/dists/*/Release*' "$folder/dists" "$repository/"
    copied --delay-updates --delete-after "$folder/dists" "$repository/"
fi
hostwright repo show "$folder" --suite "$suite"
