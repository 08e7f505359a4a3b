"""The seed's own backup.sh -> Draft: its variables, and the words of its calls of borg.

Every line is either known as a part of the script, or read, or listed.
"""

import os
import re
import shlex
from collections.abc import Iterator
from itertools import count

from compiler.init.draft import Draft, Source
from compiler.init.hints import PASSPHRASE
from compiler.init.identity import UNNAMED, identity
from compiler.init.root import Root
from compiler.init.seed_calls import PLACEHOLDER, UNFILLED, add_path, create, prune, warn
from compiler.init.seed_passphrase import seed_passphrase
from compiler.init.survey import also, closed
from schema.borg import parse_repository
from schema.scalars import HostName, MailAddress, SecretFile, SshKeyFile

_ASSIGNMENT = re.compile(r"(?:export\s+|local\s+|readonly\s+)?([A-Z][A-Z0-9_]*)=(.*)")
_SKELETON = re.compile(
    r"#.*|set -[a-z]+(?: pipefail)?|(?:function )?_?\w+ ?\(\) ?\{|\}|fi|else|then|exit [01]"
    r"|_(?:mail|infomail|init|main|create|check|prune|err|info)(?: [^;&|]*)?"
    r"|if (?:test|\[\[?) \"?\$OUT\"? (?:-eq|==|=) 0(?: \]\]?)?; then"
    r"|mail -s [^;&|]*|truncate -s 0 \S+|(?:echo|printf) [^;&]*EMAILMESSAGE\"?|echo \"\$[@*]\""
    r"|date > /backup\.last|touch /backup\.last"
)
_PATHS = frozenset(("BACKUPPATHS", "BACKUPPFADE"))
_KNOWN = frozenset(("SUBJECT", "EMAILMESSAGE", "OUT"))
_SECRETS = frozenset(("BORG_PASSPHRASE", "BORG_NEW_PASSPHRASE", "BORG_KEY"))


def seed(root: Root, file: str, content: bytes) -> Draft:
    """Carry the script over, be its placeholders of Ansible filled in or not."""
    name = os.path.basename(file)
    draft = Draft(
        f"Carried over from {name}, the seed's script, by hostwright init. Read it once; lines "
        "that were not understood are listed at the end. Lines below CHANGE need a hand.",
        name,
    )
    identity(root, draft)
    text = content.decode("utf-8", "surrogateescape")
    values: dict[str, str] = {}
    for number, line in _lines(text):
        _line(draft, Source(_shown(line), number), line, values)
    seed_passphrase(draft, _lines(text))
    _complete(root, draft)
    also(root, draft)
    closed(root, draft)
    return draft


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with what a backslash joins to them, and the number of the first."""
    held, start = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        start = start if held else number
        if line.endswith("\\"):
            held += f"{line[:-1]} "
        else:
            yield start, f"{held}{line}".strip()
            held = ""
    if held:
        yield start, held.strip()


def _shown(line: str) -> str:
    """A line as a report may show it: up to where a secret could begin."""
    word = re.match(r"(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*=?|\S+", line)
    return (word[0] if word else "")[:40]


def _line(draft: Draft, source: Source, line: str, values: dict[str, str]) -> None:
    if not line or _SKELETON.fullmatch(line):
        return
    if found := _ASSIGNMENT.fullmatch(line):
        _assignment(draft, source, found[1], found[2], values)
        return
    words = _words(line, values)
    if words is None:
        draft.leave_out(source, "the line was not understood")
    elif words[:2] == ["borg", "create"]:
        create(draft, source, words[2:])
    elif words[:2] == ["borg", "prune"]:
        prune(draft, source, words[2:])
    elif words[:2] == ["borg", "check"]:
        _check(draft, source, words[2:])
    elif words[:2] != ["borg", "compact"]:
        draft.leave_out(source, "the line was not understood")


def _words(line: str, values: dict[str, str]) -> list[str] | None:
    """The words of a simple command, with variables filled in and redirections gone."""
    # A placeholder is one word, whatever stands in it.
    line = line.replace("\0", "")
    held, numbers = PLACEHOLDER.findall(line), count()
    line = PLACEHOLDER.sub(lambda _: f"\0{next(numbers)}\0", line)
    bare = re.sub(r";\s*OUT=\$\?\s*$|\|\|\s*true\s*$", "", line)
    bare = re.sub(r"\s[12&]?>>?\s*(?:\"[^\"]*\"|\S+)", " ", bare)
    bare = re.sub(r"\$\(date [^)]*\)", "DATE", bare)
    try:
        words = shlex.split(_filled(bare, values))
    except ValueError:
        return None
    strange = any(
        word in {"|", "||", "&&", ";", "&"} or "$(" in word or "`" in word for word in words
    )
    if strange:
        return None
    return [re.sub(r"\0(\d+)\0", lambda found: held[int(found[1])], word) for word in words]


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\$\{?([A-Z][A-Z0-9_]*)\}?", lambda found: values.get(found[1], found[0]), text)


def _assignment(
    draft: Draft, source: Source, name: str, right: str, values: dict[str, str]
) -> None:
    if name in _KNOWN:
        return
    try:
        words = shlex.split(right, comments=True)
    except ValueError:
        words = []
    if name in _SECRETS:
        write = f": write it into {PASSPHRASE}" if name == "BORG_PASSPHRASE" else ""
        behind = "; what stands behind it was not understood" if len(words) > 1 else ""
        draft.leave_out(source, f"a secret, which is not copied{write}{behind}")
        return
    if PLACEHOLDER.search(right):
        what = f"the path {name}" if name in _PATHS else name
        draft.leave_out(source, f"{what} is {UNFILLED}")
        return
    if len(words) > 1 or "$(" in right or "`" in right:
        draft.leave_out(source, "the line was not understood")
        return
    value = _filled(words[0] if words else "", values)
    values[name] = value
    _variable(draft, source, name, value)


def _variable(draft: Draft, source: Source, name: str, value: str) -> None:
    if name in {"THISHOST", "HOST"}:
        good = HostName.problem(value.lower()) is None
        if good:
            draft.put(("host",), value.lower(), source=source)
        else:
            draft.leave_out(source, "no name that a host can have")
    elif name == "EMAIL":
        _checked(draft, source, ("backup", "mail"), value, MailAddress.problem(value))
    elif name in {"REPOSITORY", "BORG_REPO"}:
        _repository(draft, source, value)
    elif name in _PATHS:
        for word in value.split():
            add_path(draft, source, word)
    elif name == "BORG_PASSCOMMAND":
        _passcommand(draft, source, value.split())
    elif name == "BORG_RSH":
        words = value.split()
        file = words[2] if len(words) == 3 and words[:2] == ["ssh", "-i"] else ""
        _checked(draft, source, ("backup", "ssh_key"), file, SshKeyFile.problem(file))
    elif name.startswith("BORG_") or name in {"PATH", "LANG", "LC_ALL"}:
        draft.leave_out(source, "borg's surroundings are those of its unit")
    # A variable of the script's own counts where it is used.


def _checked(
    draft: Draft, source: Source, path: tuple[str, ...], value: str, problem: str | None
) -> None:
    if problem is None:
        draft.put(path, value, source=source)
    else:
        draft.leave_out(source, f"it {problem}")


def _passcommand(draft: Draft, source: Source, words: list[str]) -> None:
    file = words[1] if len(words) == 2 and words[0].endswith("cat") else ""
    if SecretFile.problem(file) is None:
        draft.put(("backup", "passphrase"), file, source=source)
    else:
        said = "backup.passphrase is a file: write what the command prints into one"
        draft.leave_out(source, said)


def _repository(draft: Draft, source: Source, value: str) -> None:
    try:
        parse_repository(value)
    except ValueError as problem:
        draft.leave_out(source, f"as a repository it {problem}")
    else:
        said = (
            "As in the script. Archives of another form than HOST-2026-01-31T02:30:00 stay, and "
            "nothing prunes them here: see docs/moving.md."
        )
        draft.put(("backup", "repository"), value, said, source)


def _check(draft: Draft, source: Source, words: list[str]) -> None:
    draft.put(
        ("backup", "check", "at"),
        "monthly",
        ('The script checks at each run. Once a month is a proposal; "daily" is as before.',),
        source,
    )
    if "--verify-data" in words:
        draft.put(("backup", "check", "verify_data"), value=True, source=source)
    known = {"--verify-data", "-v", "--verbose", "--info", "--progress", "-p"}
    if left := [word for word in words if word.startswith("-") and word not in known]:
        draft.leave_out(source, f"the options {' '.join(left)} have no place")


def _complete(root: Root, draft: Draft) -> None:
    """What the script leaves to the host: the passphrase, the modules that joined it."""
    backup = ("backup",)
    if draft.get((*backup, "repository")) is None:
        name = draft.values(("host",))[0]
        said = "CHANGE: the repository; the script has a placeholder, or none that is understood."
        draft.put((*backup, "repository"), f"/mnt/vault/{name}", said)
    if draft.get((*backup, "keep")) is None:
        said = "The script does not prune by rules that were understood: nothing is removed."
        draft.put((*backup, "append_only"), value=True, comment=said)
    pieces = (
        "As borg cut the archives that are there. Take it out for a new repository: with other "
        "pieces, everything would be stored once more."
    )
    if draft.get((*backup, "chunker_params")) is None:
        draft.put((*backup, "chunker_params"), "default", pieces)
    warn(draft)
    if draft.values(("host",)) == (UNNAMED,):
        draft.put(("host",), UNNAMED, ("CHANGE: the name of the host.",))
    _joined(root, draft)


def _joined(root: Root, draft: Draft) -> None:
    """The services that drop-ins start before each backup."""
    folder = "/etc/systemd/system/backup.service.d"
    for name in root.names(folder):
        text = root.text(f"{folder}/{name}") or ""
        for service in re.findall(r"(?m)^ExecStartPre=\S*systemctl start (\S+)\s*$", text):
            if service == "backup-postgresql.service":
                said = f"{service} joined the backup by a drop-in; this dumps the roles, too."
                draft.section(("modules", "postgresql"), said)
            else:
                said = "a service that joined the backup: write a job of modules.dump for it"
                draft.leave_out(Source(f"{folder}/{name} ({service})"), said)
