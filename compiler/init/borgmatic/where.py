"""Where borgmatic writes to, and how it gets in: repository, passphrase, ssh."""

import os
import shlex

from compiler.init.borgmatic.reader import Given, Reader
from compiler.init.hints import PASSPHRASE, of_existing
from compiler.init.root import Root
from schema.borg import Repository, SshRepository, parse_repository
from schema.host_keys import HostKey
from schema.scalars import SecretFile, SshKeyFile

_REPOSITORY = ("backup", "repository")
_KEPT_HERE = (
    "As in the file. The repository stays as it is, but must belong to the user borg: see "
    "docs/moving.md."
)
_KEPT_THERE = "As in the file. The repository stays as it is."
_ANOTHER = "there is one repository; a second backup needs a second manifest"


def where(reader: Reader, root: Root) -> None:
    """Give `backup.repository`, `passphrase`, `ssh_key` and `known_hosts`."""
    repository = _repository(reader)
    _passphrase(reader)
    if isinstance(repository, SshRepository):
        repository = _ssh_command(reader, repository)
        _host_keys(reader, root, repository)


def _repository(reader: Reader) -> Repository | None:
    found: Repository | None = None
    given = reader.option("repositories")
    for one in given.items() if given is not None else ():
        path = one.key("path") or one
        if found is not None:
            reader.leave_out(one, _ANOTHER)
            continue
        text = reader.text(path)
        if text is None:
            continue
        try:
            found = parse_repository(_expanded(text))
        except ValueError as problem:
            reader.leave_out(path, f"as a repository it {problem}")
        else:
            said = _KEPT_THERE if isinstance(found, SshRepository) else _KEPT_HERE
            reader.draft.put(_REPOSITORY, _expanded(text), said, path.source)
            _mode(reader, one)
    return found


def _expanded(text: str) -> str:
    text = f"/root{text[1:]}" if text.startswith("~/") else text
    return os.path.normpath(text[7:]) if text.startswith("file:///") else text


def _mode(reader: Reader, repository: Given) -> None:
    """What newer versions of borgmatic know of how a repository is made."""
    from typing import get_args

    from schema.borg import Encryption

    given = repository.key("encryption")
    text = reader.text(given)
    if given is not None and text is not None:
        if text in get_args(Encryption):
            reader.draft.put(("backup", "encryption"), text, source=given.source)
        else:
            reader.leave_out(given, "no mode that Hostwright makes repositories with")


def _passphrase(reader: Reader) -> None:
    draft = reader.draft
    if draft.values(("backup", "encryption")) == ("none",):
        return
    command = reader.option("encryption_passcommand")
    literal = reader.option("encryption_passphrase")
    file = _printed_file(reader, command) if literal is None else None
    if command is not None and file is not None:
        printed = "The file that borgmatic's passcommand printed; systemd hands it to borg."
        draft.put(("backup", "passphrase"), file, printed, command.source)
        return
    where = ""
    if literal is not None:
        reader.leave_out(literal, f"a secret, which is not copied: write it into {PASSPHRASE}")
        where = f"which line {literal.line} of {draft.origin} has"
    elif command is not None:
        where = f"which the command in line {command.line} of {draft.origin} prints"
    draft.put(("backup", "passphrase"), PASSPHRASE, of_existing(where))


def _printed_file(reader: Reader, command: Given | None) -> str | None:
    """The file of a passcommand that is `cat FILE`."""
    text = reader.text(command)
    if command is None or text is None:
        return None
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if len(words) == 2 and words[0] in {"cat", "/bin/cat", "/usr/bin/cat"}:
        file = f"/root{words[1][1:]}" if words[1].startswith("~/") else words[1]
        if SecretFile.problem(file) is None:
            return str(SecretFile(file))
    reader.leave_out(command, "backup.passphrase is a file; write what the command prints into one")
    return None


def _ssh_command(reader: Reader, repository: SshRepository) -> SshRepository:
    given = reader.option("ssh_command")
    text = reader.text(given)
    if given is None or text is None:
        return repository
    try:
        words = shlex.split(text)
    except ValueError:
        words = [""]
    left = words[1:] if words[:1] in (["ssh"], ["/usr/bin/ssh"]) else words
    while len(left) >= 2 and left[0] in {"-i", "-p"}:
        option, value, *rest = left
        if option == "-i" and not _key(reader, given, value):
            break
        if option == "-p":
            moved = _with_port(reader, repository, value)
            if moved is None:
                break
            repository = moved
        left = rest
    if left:
        said = (
            "ssh is run with the key and the host keys of the manifest; not all words had a place"
        )
        reader.leave_out(given, said)
    return repository


def _key(reader: Reader, given: Given, file: str) -> bool:
    file = f"/root{file[1:]}" if file.startswith("~/") else file
    if SshKeyFile.problem(file) is not None:
        return False
    reader.draft.put(("backup", "ssh_key"), str(SshKeyFile(file)), source=given.source)
    return True


def _with_port(reader: Reader, repository: SshRepository, value: str) -> SshRepository | None:
    if not (value.isascii() and value.isdecimal() and len(value) < 6 and 0 < int(value) < 65536):
        return None
    if repository.port is None:
        node = reader.draft.get(_REPOSITORY)
        moved = SshRepository(repository.host, repository.path, repository.user, int(value))
        source = getattr(node, "source", None)
        reader.draft.put(_REPOSITORY, moved.location, _KEPT_THERE, source)
        return moved
    return repository if repository.port == int(value) else None


def _host_keys(reader: Reader, root: Root, repository: SshRepository) -> None:
    """Pin what root's ssh has known until now, where names are not hashed."""
    server = repository.host.strip("[]")
    server = f"[{server}]:{repository.port}" if repository.port not in (None, 22) else server
    text = root.text("/root/.ssh/known_hosts") or ""
    for line in text.split("\n"):
        names = line.split(" ")[0].split(",")
        if server in names and HostKey.problem(line.strip()) is None:
            reader.draft.append(("backup", "known_hosts"), line.strip())
