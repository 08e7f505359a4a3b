"""Why an option of borgmatic has no place in a manifest, and what there is instead."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from schema.document import Scalar, Sequence

if TYPE_CHECKING:
    from compiler.init.borgmatic.reader import Given

_ALWAYS = "Hostwright has no option for it"
_HOOK = "a hook: make it a job of modules.dump if it makes a dump, or a unit of your own"
_NOTIFIER = "no module for it: there are mail, healthchecks, ntfy and prometheus"
_UNCOPIED = "a secret, which is not copied"
_FOLDER = "borg's folders lie in backup.home"
_FILES = "Hostwright has no option for it: more files may be archived than before"

REASONS: Mapping[str, str] = {
    "working_directory": "paths are absolute here",
    "one_file_system": f"{_FILES}; exclude what is mounted below",
    "exclude_from": f"{_FILES}; copy its patterns to backup.exclude",
    "patterns": "its order has a meaning that backup.exclude cannot say",
    "patterns_from": f"{_FILES}; copy its patterns to backup.exclude",
    "exclude_caches": f"{_FILES}; exclude the caches by their paths",
    "exclude_if_present": f"{_FILES}; exclude the folders by their paths",
    "exclude_nodump": _FILES,
    "keep_exclude_tags": _ALWAYS,
    "borgmatic_source_directory": "dumps lie in /backup",
    "user_runtime_directory": "dumps lie in /backup",
    "user_state_directory": "systemd keeps the times of its timers",
    "source_directories_must_exist": "borg warns of a path that is missing, and goes on",
    "encryption_passcommand": "backup.passphrase is a file; write what the command prints into one",
    "encryption_passphrase": _UNCOPIED,
    "temporary_directory": "each unit has its own",
    "borg_base_directory": _FOLDER,
    "borg_config_directory": _FOLDER,
    "borg_cache_directory": _FOLDER,
    "borg_security_directory": _FOLDER,
    "borg_keys_directory": f"{_FOLDER}: with a keyfile, import the key there",
    "borg_exit_codes": "1 is a success with a note, 2 and more are failures",
    "ssh_command": "ssh is run with the key and the host keys of the manifest, and no other words",
    "umask": "it is 0077 for all that is written",
    "lock_wait": "borg waits up to six hours for the lock",
    "retries": "a failed run is reported; the next one comes by the timer",
    "retry_wait": "a failed run is reported; the next one comes by the timer",
    "archive_name_format": "archives are called HOST-2026-01-31T02:30:00 here; older archives of "
    "another form stay until you delete them",
    "match_archives": "prune looks at the archives of this host and this form only",
    "prefix": "prune looks at the archives of this host and this form only",
    "check_last": "all archives are checked",
    "check_repositories": "there is one repository",
    "color": "logs go to the journal",
    "skip_actions": "only prune can be left out, by backup.append_only",
    "constants": "they are not filled in here",
    "mongodb_databases": "no module for it: a job of modules.dump can run mongodump",
    "zfs": "no snapshots are taken",
    "btrfs": "no snapshots are taken",
    "lvm": "no snapshots are taken",
    "container": "a secret comes from a file on the host",
    "keepassxc": "a secret comes from a file on the host",
    "bootstrap": "the manifest and the tree are what brings a host back",
    "relocated_repo_access_is_ok": "borg knows this repository by the path above",
    "unknown_unencrypted_repo_access_is_ok": "encryption: none says so",
    "commands": _HOOK,
    "on_error": f"{_HOOK}; backup.mail reports failures",
    "password": _UNCOPIED,
    "api_key": _UNCOPIED,
}

_BY_BEGINNING = (
    (("before_", "after_"), _HOOK),
    (("restore_",), "hostwright-restore knows where a dump goes"),
    (("ssl_", "tls"), "the dump is made over the local socket"),
    (("keep_",), "prune cannot keep by this rule"),
)
_NOTIFIERS = frozenset(
    "apprise cronhub cronitor loki pagerduty pushover sentry uptime_kuma zabbix".split()
)


def reason(given: "Given") -> str:
    """The reason for one value that nobody took."""
    steps = [step for step in given.path if isinstance(step, str)]
    if any(step in _NOTIFIERS for step in steps):
        return _NOTIFIER
    if _is_empty(given) and steps[-1] not in REASONS:
        return "it is empty"
    for step in steps:
        if step in REASONS:
            return REASONS[step]
        for beginnings, said in _BY_BEGINNING:
            if step.startswith(beginnings):
                return said
    return _ALWAYS


def _is_empty(given: "Given") -> bool:
    node = given.node
    if isinstance(node, Scalar):
        return node.value is None
    return not (node.items if isinstance(node, Sequence) else node.entries)


SAME: Mapping[str, tuple[object, ...]] = {
    "one_file_system": (False,),
    "numeric_ids": (False,),
    "numeric_owner": (False,),
    "atime": (False,),
    "ctime": (True,),
    "birthtime": (True,),
    "read_special": (False,),
    "flags": (True,),
    "bsd_flags": (True,),
    "exclude_caches": (False,),
    "exclude_nodump": (False,),
    "keep_exclude_tags": (False,),
    "source_directories_must_exist": (False,),
    "local_path": ("borg",),
    "umask": ("0077", 77),
    "color": (True, False),
    "match_archives": ("sh:{hostname}-*", "{hostname}-*"),
}
"""Values that come to the same without an option."""
