"""Draft -> a manifest that compiles: the compiler is asked, and what it refuses is listed instead.

So nothing here has to know every rule, and a rule that is added later holds as well.
"""

from compiler import compile_host
from compiler.init.draft import Draft, Items, Node, Section, Source
from compiler.init.hints import HOW_TO_MAKE, PASSPHRASE, of_existing
from compiler.init.text import text
from schema.borg import LocalRepository, parse_repository
from schema.codes import RULES
from schema.diagnostics import Diagnostic, ManifestPath, Severity
from schema.layout import lies_in
from schema.patterns import matches

_MOST_ROUNDS = 50
_GUESS = "CHANGE: what to back up. This is a guess."
_KERNEL = ("/dev", "/proc", "/run", "/sys")


class UnsettledError(Exception):
    """A draft that nothing helps, such as one that is larger than a manifest may be."""


def settled(draft: Draft) -> str:
    """Complete a draft, and take out what the compiler refuses, until it refuses nothing.

    Raises:
        UnsettledError: nothing that could be taken out is to blame.
    """
    for _ in range(_MOST_ROUNDS):
        _complete(draft)
        written = text(draft)
        compiled = compile_host("HOST.yaml", written.encode())
        errors = [one for one in compiled.diagnostics if one.severity is Severity.ERROR]
        if not errors:
            return written
        if not _take_out(draft, errors):
            break
    raise UnsettledError(f"no manifest that compiles can be made of it: {errors[0].message}")


def _take_out(draft: Draft, errors: list[Diagnostic]) -> bool:
    """Take out what errors speak of; tells whether there was anything."""
    blamed: dict[int, tuple[Node, Node, Diagnostic]] = {}
    for error in errors:
        if found := _blamed(draft, error):
            blamed.setdefault(id(found[0]), (*found, error))
    for node, above, error in blamed.values():
        path = ".".join(map(str, error.path))
        for source in [*draft.take_out(node, above)] or [Source(path)]:
            draft.leave_out(source, _reason(error))
    _prune(draft.root)
    return bool(blamed)


def _blamed(draft: Draft, error: Diagnostic) -> tuple[Node, Node] | None:
    """The part of the draft that goes: a job as a whole, or else the option or item itself."""
    if error.path[:2] == ("modules", "dump"):
        return draft.nearest(error.path[:3])
    found = draft.nearest(error.path)
    if found is not None and not _is_top(draft, found[0]):
        return found
    others: list[ManifestPath] = [error.about, *(one.path for one in error.related)]
    candidates = (draft.nearest(path) for path in others if path)
    return next((one for one in candidates if one and not _is_top(draft, one[0])), None)


def _is_top(draft: Draft, node: Node) -> bool:
    return isinstance(node, Section) and any(node is one for one in draft.root.entries.values())


def _reason(error: Diagnostic) -> str:
    """The rule, without the value: that may be a secret."""
    rule = RULES.get(error.code)
    return f"the compiler refuses it ({error.code}: {rule.title if rule else 'see its report'})"


def _prune(section: Section) -> None:
    """Take away lists and mappings that have become empty; a module without options stays."""
    for key, node in list(section.entries.items()):
        if isinstance(node, Items) and not node.entries:
            del section.entries[key]
        elif isinstance(node, Section) and node.entries:
            _prune(node)
            if not node.entries and key in {
                "keep",
                "check",
                "needs",
                "external",
                "modules",
                "dump",
            }:
                del section.entries[key]


def _complete(draft: Draft) -> None:
    """Fill in what a manifest cannot be without, and leave out what no archive can hold."""
    host = draft.values(("host",))[0]
    if draft.get(("backup", "repository")) is None:
        said = ("CHANGE: where borg writes to. What stood here before could not be carried over.",)
        draft.put(("backup", "repository"), f"/mnt/vault/{host}", said)
    if draft.get(("backup", "passphrase")) is None and draft.values(("backup", "encryption")) != (
        "none",
    ):
        # Where a file was carried over, there is a repository, which a new passphrase cannot open.
        how = of_existing() if draft.origin else HOW_TO_MAKE
        draft.put(("backup", "passphrase"), PASSPHRASE, how)
    if not draft.values(("backup", "paths")):
        draft.append(("backup", "paths"), "/etc", _GUESS)
    _ssh(draft)
    _circles(draft)


def _ssh(draft: Draft) -> None:
    """A server needs a key to log in with, and a pin of its own key; a folder takes neither."""
    if _local(draft) is not None:
        section = draft.section(("backup",))
        for name in ("ssh_key", "known_hosts", "trust_on_first_use"):
            if (node := section.entries.get(name)) is not None:
                for source in draft.take_out(node, section):
                    draft.leave_out(source, "the repository above is a folder of this host")
        return
    if draft.get(("backup", "ssh_key")) is None:
        said = ("CHANGE: the private key that the server knows.",)
        draft.put(("backup", "ssh_key"), "/etc/credstore/borg-ssh-key", said)
    if draft.get(("backup", "known_hosts")) is None:
        said = (
            "Better: known_hosts with the lines that ssh-keyscan SERVER prints, once compared.",
        )
        draft.put(("backup", "trust_on_first_use"), value=True, comment=said)


def _local(draft: Draft) -> str | None:
    repository = parse_repository(str(draft.values(("backup", "repository"))[0]))
    return repository.path if isinstance(repository, LocalRepository) else None


def _circles(draft: Draft) -> None:
    """Exclude the repository itself, and what the kernel makes up, from a path that holds them."""
    local = _local(draft)
    _leave_out_repository(draft, local)
    paths = [str(path) for path in draft.values(("backup", "paths"))]
    for path in (*_KERNEL, *((local,) if local else ())):
        holds = any(lies_in(path, outer) and path != outer for outer in paths)
        patterns = draft.values(("backup", "exclude"))
        if holds and not any(_excludes(str(pattern), path) for pattern in patterns):
            said = ("The repository itself.",) if path == local else ()
            draft.append(("backup", "exclude"), f"pp:{path}", said)


def _leave_out_repository(draft: Draft, local: str | None) -> None:
    """Take out paths that are the repository, or lie in it."""
    items = draft.get(("backup", "paths"))
    for one in items.entries if isinstance(items, Items) and local else ():
        if lies_in(str(one.value), local or "") and items is not None:
            for source in draft.take_out(one, items):
                draft.leave_out(source, "it is the repository, or lies in it")
    if isinstance(items, Items) and not items.entries:
        del draft.section(("backup",)).entries["paths"]
        draft.append(("backup", "paths"), "/etc", _GUESS)


def _excludes(pattern: str, path: str) -> bool:
    try:
        return matches(pattern, path)
    except Exception:  # noqa: BLE001 - not a pattern: the compiler will say so
        return False
