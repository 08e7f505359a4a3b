"""What is archived as files: the folders that people and packages keep their own things in."""

import stat

from compiler.init.draft import Draft
from compiler.init.root import Root
from schema.scalars import AbsolutePath

_CHOSEN = (
    "/etc",
    "/home",
    "/opt",
    "/root",
    "/srv",
    "/usr/local",
    "/var/mail",
    "/var/spool/cron",
    "/var/www",
)
_DEEPEST = 5
_MOST = 2000
_PATHS = ("backup", "paths")

_OF_PACKAGES = frozenset(
    "AccountsService NetworkManager PackageKit apache2 apparmor apt apt-xapian-index aspell avahi "
    "bash-completion binfmts bluetooth ca-certificates-java chrony cloud colord command-not-found "
    "containers dbus debconf dhcp dhcpcd dictionaries-common doc-base dpkg emacsen-common exim4 "
    "firebird flatpak fwupd gdm3 geoclue ghostscript git gitea grub hp iio-sensor-proxy "
    "initramfs-tools initscripts insserv ispell java-common libxml-sax-perl lightdm locales "
    "logcheck logrotate lvm lxcfs machines man-db mlocate misc mysql nfs nginx ntp ntpsec "
    "os-prober pam php plocate plymouth polkit-1 postfix postgresql private python python3 saned "
    "sgml-base shim-signed sudo swcatalog systemd tex-common tpm ucf udev udisks2 "
    "unattended-upgrades update-manager update-notifier upower urandom usb_modeswitch usbutils "
    "vim wtmpdb xfonts xkb xml-core hostwright".split()
)
"""Folders of /var/lib that packages fill again, or that a module covers."""


def folders(root: Root, draft: Draft) -> None:
    """Give `backup.paths`: what exists and holds at least one file."""
    absent = []
    for path in _CHOSEN:
        real = root.real(path)
        if real is None or AbsolutePath.problem(real) or not _holds_files(root, real):
            absent.append(path)
        elif real != path:
            draft.append(_PATHS, real, (f"{path} leads there.",))
        else:
            draft.append(_PATHS, path)
    section = draft.section(("backup",))
    if not draft.values(_PATHS):
        comment = ("CHANGE: no folder with a file in it was found, so this is a guess.",)
        draft.append(_PATHS, "/etc", comment)
    elif absent:
        section.after.append(f"Empty or not there, and so not archived: {', '.join(absent)}.")
    if others := _others(root):
        section.after.append(
            f"Not archived as files either: /var/lib. It also holds {', '.join(others)}; add to "
            "paths what cannot be made again, and dump what is written to at night."
        )


def _holds_files(root: Root, folder: str) -> bool:
    """Whether there is anything but folders and links in the first few levels."""
    level, seen = [folder], 0
    for _ in range(_DEEPEST):
        below = []
        for path, status in (one for inner in level for one in root.entries(inner)):
            seen += 1
            if stat.S_ISDIR(status.st_mode):
                below.append(path)
            elif not stat.S_ISLNK(status.st_mode):
                return True
            if seen > _MOST:
                return True
        level = below
    # What is closed to us, or deeper than we look, is not empty for certain.
    return bool(level) or any(
        path == folder or path.startswith(f"{folder}/") for path in root.unseen
    )


def _others(root: Root) -> list[str]:
    return [
        path.rpartition("/")[2]
        for path, status in root.entries("/var/lib")
        if stat.S_ISDIR(status.st_mode)
        and path.rpartition("/")[2] not in _OF_PACKAGES
        and AbsolutePath.problem(path) is None
        and root.names(path)
    ]
