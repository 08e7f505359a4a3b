# shellcheck shell=sh

# What systemd has against units, given as a tar archive on standard input.  It reads them in a
# root of their own, where neither other files of the host nor an administrator's have a say.  What
# names none of them is about this machine, and a missing program is another package's.
complaints() {
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    mkdir -p "$scratch$library"
    tar -xf - -C "$scratch$library"
    find "$scratch$library" -maxdepth 1 -type f -exec \
        env LC_ALL=C.UTF-8 SYSTEMD_LOG_COLOR=no SYSTEMD_LOG_LEVEL=info SYSTEMD_LOG_LOCATION=no \
        SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_TIME=no \
        systemd-analyze verify --root="$scratch" --man=no --recursive-errors=no {} + 2>&1 |
        sed -n -e '/ is not executable: No such file or directory$/d' -e "s|$scratch||g" \
            -e '/\.\(service\|timer\|conf\)/p'
}
