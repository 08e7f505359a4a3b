"""The words behind borg create and borg prune in the seed's script."""

import re

from compiler.init.draft import Draft, Source
from schema.borg import Compression, KeepWithin, Pattern
from schema.scalars import AbsolutePath

_SAME = frozenset(
    "-v --verbose --info --stats -s --list --progress -p --noatime --show-rc --one-line".split()
)
_VALUED = frozenset(
    "--compression -C --exclude -e --prefix -P --glob-archives -a --exclude-from --lock-wait "
    "--checkpoint-interval -c --remote-ratelimit --umask --filter --comment --files-cache".split()
)
_PERIODS = ("hourly", "daily", "weekly", "monthly", "yearly")
_SHORT = {"H": "hourly", "d": "daily", "w": "weekly", "m": "monthly", "y": "yearly"}


def create(draft: Draft, source: Source, words: list[str]) -> None:
    """Give compression, excludes and the paths that stand in the call itself."""
    left = []
    for option, value in _pairs(words):
        if option in {"--compression", "-C"} and Compression.problem(value) is None:
            draft.put(("backup", "compression"), value, source=source)
        elif option in {"--exclude", "-e"} and Pattern.problem(value) is None:
            draft.append(("backup", "exclude"), value, source=source)
        elif not option and _is_place(value):
            continue
        elif not option and AbsolutePath.problem(value) is None and not re.search(r"[*?\[]", value):
            if str(AbsolutePath(value)) != "/backup":
                draft.append(("backup", "paths"), str(AbsolutePath(value)), source=source)
        elif option not in _SAME:
            left.append(option or "a path")
    _list(draft, source, left)


def prune(draft: Draft, source: Source, words: list[str]) -> None:
    """Give the rules; the prefix is the host's own either way."""
    left, lost = [], False
    for option, value in _pairs(words):
        name = _SHORT.get(option[1:], "") or option.removeprefix("--keep-")
        good = value.isascii() and value.isdecimal() and len(value) < 6
        if name in _PERIODS and good:
            if int(value):
                draft.put(("backup", "keep", name), int(value), source=source)
        elif option == "--keep-within" and KeepWithin.problem(value) is None:
            draft.put(("backup", "keep", "within"), value, source=source)
        elif option.startswith("--keep-") or name in _PERIODS:
            left.append(option)
            lost = True
        elif option and option not in _SAME | {"--prefix", "-P", "--glob-archives", "-a"}:
            left.append(option)
    if lost:
        said = ("CHANGE: nothing is pruned for now, as not all rules could be carried over.",)
        draft.put(("backup", "append_only"), value=True, comment=said)
    _list(draft, source, left)


def _is_place(word: str) -> bool:
    """The archive, or a variable that was read where it is set."""
    return "::" in word or re.fullmatch(r"\$\{?[A-Z_]+\}?(-)?", word) is not None


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    """Options with their values; a word that is none of an option's stands behind no name."""
    pairs = []
    rest = iter(words)
    for word in rest:
        if word.startswith("--") and "=" in word:
            option, _, value = word.partition("=")
            pairs.append((option, value))
        elif (
            word in _VALUED or word.startswith("--keep-") or (word[1:] in _SHORT and word[0] == "-")
        ):
            pairs.append((word, next(rest, "")))
        elif word.startswith("-"):
            pairs.append((word, ""))
        else:
            pairs.append(("", word))
    return pairs


def _list(draft: Draft, source: Source, left: list[str]) -> None:
    for option in dict.fromkeys(left):
        draft.leave_out(source, f"{option} has no place in a manifest")
