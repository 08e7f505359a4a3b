"""The Debian releases a tree can be for, and what their packages bring."""

from collections.abc import Mapping

from attrs import frozen

_ACCOUNTS = frozenset(
    # base-passwd, systemd, dbus and postfix, as a fresh installation has them
    "root daemon bin sys games man lp mail news uucp proxy www-data backup list irc _apt nobody "
    "systemd-network messagebus postfix "
    # the software that Debian packages and that backs up by a dump: the users their packages make
    "postgres mysql redis openldap rabbitmq mosquitto bind influxdb prometheus "
    "gitolite3 memcache dovecot tomcat ntpsec Debian-exim _rspamd _chrony".split()
)
_GROUPS = _ACCOUNTS - {"_apt", "nobody", "sync"} | frozenset(
    [
        "adm",
        "tty",
        "disk",
        "dialout",
        "fax",
        "voice",
        "cdrom",
        "floppy",
        "tape",
        "sudo",
        "audio",
        "dip",
        "operator",
        "src",
        "shadow",
        "utmp",
        "video",
        "sasl",
        "plugdev",
        "staff",
        "users",
        "nogroup",
        "systemd-journal",
        "ssl-cert",
        "_ssh",
        "postdrop",
        "crontab",
        "input",
        "kvm",
        "render",
        "netdev",
    ]
)
_FOLDERS = frozenset(
    [
        "/",
        "/boot",
        "/dev",
        "/etc",
        "/home",
        "/media",
        "/mnt",
        "/opt",
        "/root",
        "/run",
        "/srv",
        "/sys",
        "/tmp",
        "/usr",
        "/usr/local",
        "/var",
        "/var/backups",
        "/var/cache",
        "/var/lib",
        "/var/log",
        "/var/mail",
        "/var/opt",
        "/var/spool",
        "/var/tmp",
        "/var/www",
        "/etc/postgresql",
        "/run/postgresql",
        "/var/lib/postgresql",
        "/var/log/postgresql",
        "/run/systemd",
        "/var/spool/postfix",
        "/var/spool/postfix/maildrop",
        "/var/spool/postfix/public",
        "/var/log/journal",
        "/var/lib/mysql",
        "/run/mysqld",
        "/var/lib/redis",
        "/run/redis",
        "/var/lib/ldap",
        "/var/lib/rabbitmq",
    ]
)

_LINKS = {
    "/bin": "/usr/bin",
    "/sbin": "/usr/sbin",
    "/lib": "/usr/lib",
    "/lib32": "/usr/lib32",
    "/lib64": "/usr/lib64",
    "/libx32": "/usr/libx32",
    "/var/lock": "/run/lock",
    "/var/run": "/run",
    "/var/spool/mail": "/var/mail",
}
"""Symbolic links of base-files, and where they lead."""


@frozen(eq=False, repr=False)
class Target:
    """One release: the versions that decide which directives and flags exist."""

    name: str
    systemd: int
    borg: str
    postgresql: int
    users: frozenset[str] = _ACCOUNTS
    groups: frozenset[str] = _GROUPS
    folders: frozenset[str] = _FOLDERS
    links: Mapping[str, str] = _LINKS


TARGETS = {
    target.name: target
    for target in (
        Target("debian-12", systemd=252, borg="1.2.4", postgresql=15),
        Target("debian-13", systemd=257, borg="1.4.0", postgresql=17),
    )
}
