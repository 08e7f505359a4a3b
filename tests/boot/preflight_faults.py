"""What can be wrong with a host, each with the one line that hostwright-preflight says of it."""

from tests.boot.preflights import (
    UNIT,
    Fault,
    by,
    linked,
    lost_disk,
    moved,
    read_only,
    reloaded,
    small_disk,
    written,
)

SYSTEM = "/etc/systemd/system"
VAULT = "/mnt/vault/web1"
LOCK = f"{VAULT}/lock.exclusive"
PASSPHRASE = "/etc/credstore/borg-passphrase"  # noqa: S105 - where it lies

FAULTS: dict[str, tuple[Fault, str]] = {
    "no passphrase": (
        moved(PASSPHRASE),
        f"FAIL  credential passphrase: {PASSPHRASE} is not there: put the passphrase of the ",
    ),
    "an empty passphrase": (
        written(PASSPHRASE, "", 0o600),
        f"FAIL  credential passphrase: {PASSPHRASE} is empty: ",
    ),
    "a readable passphrase": (
        by("chmod", "644", PASSPHRASE, back=("chmod", "600", PASSPHRASE)),
        f"FAIL  credential passphrase: others than root get at {PASSPHRASE} (mode 0644): chmod 6",
    ),
    "somebody's passphrase": (
        by("chown", "borg", PASSPHRASE, back=("chown", "root", PASSPHRASE)),
        f"FAIL  credential passphrase: {PASSPHRASE} does not belong to root: chown root: ",
    ),
    "an open folder": (
        by("chmod", "777", "/etc/credstore", back=("chmod", "700", "/etc/credstore")),
        "FAIL  credential passphrase: others can write to /etc/credstore, where it lies: chmod ",
    ),
    "a wrong passphrase": (
        written(PASSPHRASE, "another one\n", 0o600),
        f"FAIL  repository: borg cannot open {VAULT}: the passphrase in {PASSPHRASE} is not that ",
    ),
    "a repository that is gone": (
        moved("/mnt/vault/web1/config"),
        f"FAIL  repository: there is none at {VAULT}, although backups have succeeded before: is ",
    ),
    "a disk that is gone": (
        lost_disk,
        f"FAIL  repository: {VAULT}: its disk is not mounted at /mnt/vault (there is no /dev/lost)",
    ),
    "a repository of root's": (
        by("chown", "root", f"{VAULT}/config", back=("chown", "borg", f"{VAULT}/config")),
        "FAIL  repository: /mnt/vault/web1/config does not belong to borg: chown -R borg:borg ",
    ),
    "a file of root's deep in it": (
        by("touch", f"{VAULT}/data/0/17", back=("rm", f"{VAULT}/data/0/17")),
        f"FAIL  repository: {VAULT}/data/0/17 does not belong to borg: chown -R borg:borg {VAULT}",
    ),
    "a read-only disk": (
        read_only,
        f"FAIL  repository: {VAULT} is on a file system that is mounted read-only: ",
    ),
    "a repository's folder that is gone": (
        moved(VAULT),
        f"FAIL  repository: there is none at {VAULT}, although backups have succeeded before: is ",
    ),
    "a timer that is stopped": (
        by("systemctl", "stop", "backup.timer", back=("systemctl", "start", "backup.timer")),
        "FAIL  unit backup.timer: is not active, so the backup never starts by itself: systemctl ",
    ),
    "a masked backup": (
        by(
            "ln",
            "-s",
            "/dev/null",
            f"{SYSTEM}/backup.service",
            back=("rm", f"{SYSTEM}/backup.service"),
        ),
        f"FAIL  unit backup.service: is masked by {SYSTEM}/backup.service, and no backup succeeds ",
    ),
    "a program of ours": (
        moved("/usr/lib/hostwright/borg"),
        "FAIL  program /usr/lib/hostwright/borg: is not there, and units need it: ",
    ),
    "a cache of root's": (
        by(
            "chown",
            "root",
            "/home/borg/.cache/borg",
            back=("chown", "borg", "/home/borg/.cache/borg"),
        ),
        "FAIL  home /home/borg: /home/borg/.cache/borg does not belong to borg: chown -R borg:borg",
    ),
    "no borg": (
        moved("/usr/bin/borg"),
        "FAIL  repository: borg is not installed; apt-get install borgbackup",
    ),
    "no user": (
        by("usermod", "--login=players", "games", back=("usermod", "--login=games", "players")),
        "FAIL  user games: is not there: install the software that brings it, or adduser ",
    ),
    "PostgreSQL stopped": (
        by(
            *("systemctl", "stop", "postgresql.service", "postgresql@*.service"),
            back=("systemctl", "start", "postgresql"),
        ),
        "FAIL  dump postgresql: PostgreSQL does not answer postgres on port 5432 (",
    ),
    "no Gitea": (
        moved("/var/lib/gitea/data/gitea.db"),
        "FAIL  dump gitea: there is no database at /var/lib/gitea/data/gitea.db: is its software",
    ),
    "no path": (moved("/srv"), "FAIL  path /srv: is not there, so it cannot be archived: bring "),
    "a link for a path": (linked, "FAIL  path /srv: is a symbolic link to srv.away, and borg "),
    "no program": (
        moved("/usr/bin/split"),
        "FAIL  program /usr/bin/split: is not there, and the dump report runs it: install it, or ",
    ),
    "a small disk": (small_disk, "FAIL  space: /backup has 1.0 MB free, and the next dumps take "),
    "a unit in /etc": (
        written(f"{SYSTEM}/backup.service", UNIT),
        f"FAIL  unit backup.service: {SYSTEM}/backup.service hides the compiled unit and runs /usr",
    ),
}
NOTES: dict[str, tuple[Fault, str]] = {
    "a drop-in made by hand": (
        written(f"{SYSTEM}/backup.service.d/redis.conf", "[Service]\n"),
        f"note  unit backup.service: {SYSTEM}/backup.service.d/redis.conf changes the",
    ),
    "a masked unit": (
        by(
            *("ln", "-s", "/dev/null", f"{SYSTEM}/backup.timer"),
            back=("rm", f"{SYSTEM}/backup.timer"),
        ),
        f"note  unit backup.timer: is masked by {SYSTEM}/backup.timer: to have it again",
    ),
    "a unit left over": (
        written(f"{SYSTEM}/backup-redis.service", UNIT),
        f"note  unit backup-redis.service: {SYSTEM}/backup-redis.service is not of this tree and ",
    ),
    "a drop-in for every service": (
        reloaded(f"{SYSTEM}/service.d/nice.conf", "[Service]\nNice=3\n"),
        f"note  unit backup-check.service: {SYSTEM}/service.d/nice.conf is not of this tree, and ",
    ),
    "somebody else's lock": (
        by(
            *("install", "-d", "-o", "borg", LOCK, f"{LOCK}/web9@7.1-0"),
            back=("rm", "-r", LOCK),
        ),
        "note  repository: web9@7.1-0 (machine, process) holds its lock, and the backup waits ",
    ),
    "another machine": (
        by("hostname", "vm", back=("hostname", "web1")),
        'note  host: this machine is called "vm", the package is for "web1": two machines with ',
    ),
    "another home": (
        by(
            "usermod", "--home=/var/lib/borg", "borg", back=("usermod", "--home=/home/borg", "borg")
        ),
        "note  user borg: its home is /var/lib/borg, and the backup keeps borg's cache and keys in",
    ),
    "a first backup to come": (
        by(
            *("sh", "-c", f"mv /backup.last /root; mkdir /mnt/away; mv {VAULT}/* /mnt/away"),
            back=("sh", "-c", f"mv /root/backup.last /; mv /mnt/away/* {VAULT}; rmdir /mnt/away"),
        ),
        "",
    ),
}
