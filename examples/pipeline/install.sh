#!/bin/bash
# install.sh [PACKAGE...]: install Hostwright, and packages of Debian's that a job needs.
#
# HOSTWRIGHT         a .deb, as a file or an https address; or what pip takes. Empty: it is there.
# HOSTWRIGHT_SHA256  the digest of the .deb; an address must have one
. "$(dirname "$0")/prelude.sh"

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo --non-interactive "$@"; fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --quiet=2 --no-install-recommends --allow-downgrades -- "$@"
}

is_missing() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2> /dev/null)" != installed ]
}

source=${HOSTWRIGHT:-}
digest=${HOSTWRIGHT_SHA256:-}
wanted=("$@")
case $source in
    '' | *.deb) ;;
    *) wanted+=(python3-venv) ;;
esac
case $source in
    https://*.deb) wanted+=(ca-certificates curl) ;;
esac

missing=()
for package in "${wanted[@]}"; do
    if is_missing "$package"; then missing+=("$package"); fi
done
if [ "${#missing[@]}" -gt 0 ] || [[ $source == *.deb ]]; then
    as_root apt-get update --quiet=2
fi
if [ "${#missing[@]}" -gt 0 ]; then
    apt_install "${missing[@]}"
fi

case $source in
    '') ;;
    https://*.deb)
        [ -n "$digest" ] || fail "HOSTWRIGHT is an address: say in HOSTWRIGHT_SHA256 what is to come from there"
        curl --fail --silent --show-error --location --proto '=https' \
            --output build/hostwright.deb -- "$source"
        source=build/hostwright.deb
        ;;&
    *.deb)
        [ -f "$source" ] || fail "there is no file $source"
        if [ -n "$digest" ]; then
            sha256sum --check --quiet <<< "$digest  $source" || fail "$source is not what HOSTWRIGHT_SHA256 says"
        fi
        apt_install "$(realpath -- "$source")"
        ;;
    *)
        python3 -m venv build/venv
        build/venv/bin/python -m pip install --quiet --disable-pip-version-check -- "$source"
        ;;
esac
hostwright --version || fail "there is no hostwright: say in HOSTWRIGHT where it is from"
