"""The section `backup`: what borg reads, where it writes, and when."""

from attrs import frozen

from schema.borg import ChunkerParams, Compression, Encryption, KeepWithin, Pattern, Repository
from schema.bounded import Count
from schema.host_keys import HostKey
from schema.option import option
from schema.scalars import AbsolutePath, HomePath, MailAddress, SecretFile, SshKeyFile
from schema.times import Calendar, Grace, Jitter


@frozen(eq=False, repr=False)
class Schedule:
    """When the timer fires."""

    at: Calendar = option(help="calendar expression of systemd.time(7)", example='"*-*-* 02:30"')
    jitter: Jitter = option(
        default=Jitter.known("30m"),
        help="the run is delayed by up to this span; each host keeps its own delay",
        example="2h",
    )
    persistent: bool = option(
        default=True, help="catch up at boot with a run that was missed", example="false"
    )


@frozen(eq=False, repr=False)
class Keep:
    """What prune keeps. Written out, it replaces the default rules as a whole."""

    within: KeepWithin | None = option(
        default=None, help="keep every archive younger than this (borg: 7d, 4w, 6m)", example="2d"
    )
    hourly: Count = option(default=Count(0), help="how many last hours to keep one archive of")
    daily: Count = option(default=Count(0), help="how many last days to keep one archive of")
    weekly: Count = option(default=Count(0), help="how many last weeks to keep one archive of")
    monthly: Count = option(default=Count(0), help="how many last months to keep one archive of")
    yearly: Count = option(default=Count(0), help="how many last years to keep one archive of")


@frozen(eq=False, repr=False)
class Check:
    """When and how the repository is checked."""

    at: Calendar = option(
        default=Calendar.known("monthly"), help="calendar expression of the check's own timer"
    )
    verify_data: bool = option(
        default=False, help="read and verify every byte of data too, which can take days"
    )


@frozen(eq=False, repr=False)
class Stale:
    """When somebody is told that the last success is too long ago, whatever the reason."""

    at: Calendar = option(
        default=Calendar.known("*-*-* 09:00"),
        help="calendar expression of the timer that looks at /backup.last",
        example="hourly",
    )
    grace: Grace = option(
        default=Grace.known("6h"),
        help="how long after its time (schedule and jitter) a backup may take to succeed",
        example="1d",
    )


@frozen(eq=False, repr=False)
class Backup:
    """What borg reads, where it writes, and when."""

    paths: tuple[AbsolutePath, ...] = option(
        help="what borg reads, besides /backup", example="[/etc, /home, /srv]", not_empty=True
    )
    repository: Repository = option(
        help="an absolute path, ssh://[user@]host[:port]/path or [user@]host:path",
        example="ssh://web1@vault.example.org/./web1",
    )
    exclude: tuple[Pattern, ...] = option(
        default=(),
        help="borg patterns of what to leave out",
        example='["*.pyc", "sh:/home/*/.cache"]',
    )
    encryption: Encryption = option(
        default="repokey-blake2", help="borg's encryption mode", example="keyfile-blake2"
    )
    passphrase: SecretFile | None = option(
        default=None,
        help="the file on the host that holds the passphrase, which becomes a systemd credential; "
        "below /etc/credstore.encrypted, one made with systemd-creds encrypt --name=passphrase",
        example="/etc/credstore/borg-passphrase",
    )
    ssh_key: SshKeyFile | None = option(
        default=None,
        help="the file on the host that holds the private ssh key, which becomes a systemd "
        "credential; below /etc/credstore.encrypted, one made with systemd-creds encrypt "
        "--name=ssh_key",
        example="/etc/credstore/borg-ssh-key",
    )
    known_hosts: tuple[HostKey, ...] = option(
        default=(),
        help="the server's host keys, pinned; required for ssh unless trust_on_first_use is true",
        example='["vault.example.org ssh-ed25519 '
        'AAAAC3NzaC1lZDI1NTE5AAAAIBunQZ0vLu5BQwkqIES8AAf0xa+2MqZ3JuN+AZ7CLCaV"]',
    )
    trust_on_first_use: bool = option(
        default=False, help="accept the server's key at the first connection, and pin it then"
    )
    compression: Compression = option(
        default=Compression.known("zstd,3"), help="borg's compression", example="auto,zstd,9"
    )
    chunker_params: ChunkerParams = option(
        default=ChunkerParams.known("buzhash,16,23,19,4095"),
        help="how borg cuts files into pieces; the default, of about 512 KiB, stores little of a "
        "large dump that changed a little, and costs borg 0.7 GB of memory for a terabyte; with "
        '"default", borg\'s own, 0.2 GB. A repository stores everything once more after a change',
        example="default",
    )
    schedule: Schedule = option(
        default=Schedule(at=Calendar.known("daily")),
        help="a calendar expression, or {at, jitter, persistent}",
        example="{at: '*-*-* 02:30', jitter: 1h}",
    )
    keep: Keep = option(
        default=Keep(daily=Count(30), weekly=Count(12), monthly=Count(12)),
        help="which archives prune keeps (replaces the default as a whole)",
        example="{daily: 14, monthly: 6}",
        merge="whole",
    )
    check: Check = option(
        default=Check(),
        help="when and how the repository is checked; a backup that comes due meanwhile waits up "
        "to six hours, so give a long check a day of its own",
        example="{at: weekly}",
    )
    drill: Calendar | None = option(
        default=None,
        help="when the dumps of the newest archive are restored into a scratch place, compared "
        "with what was recorded when they were made, and thrown away; takes as much space in "
        "/var/cache as the databases have",
        example="monthly",
    )
    stale: Stale = option(
        default=Stale(),
        help="when somebody is told that the last success is too long ago, whatever the reason; "
        "also when the backup's own timer never ran",
        example="{grace: 1d}",
    )
    append_only: bool = option(
        default=False,
        help="the server keeps every archive (borg serve --append-only): nothing is pruned or "
        "compacted from here, and keep has no meaning",
        example="true",
    )
    initialize: bool = option(
        default=True, help="create the repository when there is none, before the first success only"
    )
    mail: MailAddress | None = option(
        default=None,
        help="where success and failure mail goes; through postfix, which must be installed",
        example="ops@example.org",
    )
    home: HomePath = option(
        default=HomePath.known("/home/borg"),
        help="the borg user's home: its cache and its keys",
    )
