"""The words behind borg create and borg prune in the seed's script."""

import re

from compiler.init.draft import Draft, Items, Source
from schema.borg import ChunkerParams, Compression, KeepWithin, Pattern
from schema.scalars import AbsolutePath

_SAME = frozenset(
    "-v --verbose --info --stats -s --list --progress -p --noatime --show-rc --one-line".split()
)
_VALUED = frozenset(
    "--compression -C --exclude -e --prefix -P --glob-archives -a --exclude-from --lock-wait "
    "--checkpoint-interval -c --remote-ratelimit --umask --filter --comment --files-cache "
    "--chunker-params --exclude-if-present --pattern --patterns-from --remote-path --rsh "
    "--timestamp --upload-ratelimit --stdin-name --files-changed".split()
)
PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
"""What Ansible fills in."""
UNFILLED = "a placeholder of Ansible's, which is not filled in"
_PERIODS = ("hourly", "daily", "weekly", "monthly", "yearly")
_SHORT = {"H": "hourly", "d": "daily", "w": "weekly", "m": "monthly", "y": "yearly"}


def create(draft: Draft, source: Source, words: list[str]) -> None:
    """Give compression, excludes and the paths that stand in the call itself."""
    left = []
    for option, value in _pairs(words):
        if not option:
            if not _is_place(value):
                add_path(draft, source, value)
        elif PLACEHOLDER.search(value):
            draft.leave_out(source, f"the value of {option} is {UNFILLED}")
        elif option in {"--compression", "-C"} and Compression.problem(value) is None:
            draft.put(("backup", "compression"), value, source=source)
        elif option in {"--exclude", "-e"} and Pattern.problem(value) is None:
            draft.append(("backup", "exclude"), value, source=source)
        elif (
            option == "--chunker-params" and ChunkerParams.problem(chunks := _chunks(value)) is None
        ):
            draft.put(("backup", "chunker_params"), chunks, "As in the script.", source)
        elif option not in _SAME:
            left.append(option)
    _list(draft, source, left)


def add_path(draft: Draft, source: Source, word: str) -> None:
    """Give one path, or list it by its name: what is there would not be backed up any more."""
    problem = AbsolutePath.problem(word)
    if PLACEHOLDER.search(word):
        draft.leave_out(source, f"the path {word} is {UNFILLED}")
    elif problem is not None:
        draft.leave_out(source, f"the path {word} has no place: it {problem}")
    elif re.search(r"[*?\[]", word):
        draft.leave_out(source, f"the path {word} has a wildcard: name the folder above")
    elif str(AbsolutePath(word)) != "/backup":
        draft.append(("backup", "paths"), str(AbsolutePath(word)), source=source)


def warn(draft: Draft) -> None:
    """Say above the paths that some are missing: nobody looks for them at the end of a file."""
    lines = {one.source.line for one in draft.unused if one.reason.startswith("the path ")}
    items = draft.get(("backup", "paths"))
    if lines and isinstance(items, Items):
        at = " and ".join(f"line {line}" for line in sorted(lines))
        said = (
            f"CHANGE: not all paths in {at} of {draft.origin} could be carried over: see the end."
        )
        items.comment = (said,)


def _chunks(text: str) -> str:
    """Chunker parameters as a manifest has them, with their algorithm."""
    return text if text.startswith("buzhash") or text == "default" else f"buzhash,{text}"


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
