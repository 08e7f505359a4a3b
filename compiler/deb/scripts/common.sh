# shellcheck shell=sh
# What the maintainer scripts share.

library=/usr/lib/systemd/system
runtime=/run/systemd/system
state=/var/lib/hostwright
# Not in /run: Debian's initramfs mounts that noexec.
before=$state/before
pins=/run/hostwright/pins

say() {
    printf '%s: %s\n' "$package" "$*" >&2
}

# What somebody else has said; it may hold backslashes, which echo would take for its own.
quote() {
    printf '%s\n' "$1" | sed 's/^/  /' >&2
}

is_booted() {
    [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ] && ! systemd-detect-virt --quiet --chroot
}

# Names of units of a kind, of the version that is installed.
installed() {
    dpkg-query --listfiles "$package" | sed -n "s|^$library/\([^/]*\.$1\)$|\1|p"
}

# And of the version that is pinned.
pinned() {
    cat "$pins" "$pins.partial" 2>/dev/null | sed -n "/^[^/]*\.$1$/p"
}

# What systemctl says of all units of a kind; the words that it is asked with come first.
ask() {
    kind=$1
    shift
    { installed "$kind" && pinned "$kind"; } | sed 's/@\.service$/@*.service/' | sort -u |
        xargs --no-run-if-empty --delimiter='\n' systemctl --no-legend "$@" --
}

# In this order, so that whatever cuts it off, nobody takes the rest for a whole set of pins, and no
# unit starts with a part of them: what binds programs that are gone keeps it from that, and goes
# last.
unpin() {
    if [ -e "$pins" ]; then
        mv "$pins" "$pins.partial"
    fi
    rm -rf "$before"
    if [ -e "$pins.partial" ]; then
        { sed /zz-hostwright/d "$pins.partial" && sed -n /zz-hostwright/p "$pins.partial"; } |
            while read -r file; do
                rm -f "$runtime/$file"
                # Not the folder of units itself: where there is none, nothing believes in systemd
                # any more (sd_booted(3)).
                case $file in
                    */*) rmdir --ignore-fail-on-non-empty "$runtime/${file%/*}" 2>/dev/null || : ;;
                esac
            done
    fi
    rm -rf /run/hostwright
}
