"""What borgmatic archives: its source directories and its patterns."""

import re

from compiler.init.borgmatic.reader import Given, Reader
from compiler.init.draft import Items, Source
from schema.borg import Compression, Pattern
from schema.scalars import AbsolutePath

_PATHS = ("backup", "paths")
_EXCLUDE = ("backup", "exclude")
_HOME = "/root"


def what(reader: Reader) -> None:
    """Give `backup.paths`, `backup.exclude`, `backup.compression` and `chunker_params`."""
    if (given := reader.option("source_directories")) is not None:
        for one in given.items():
            _path(reader, one)
        _warn(reader, given)
    if (given := reader.option("exclude_patterns")) is not None:
        for one in given.items():
            _exclude(reader, one)
    _patterns(reader)
    given = reader.option("compression")
    text = reader.text(given)
    if given is not None and text is not None:
        if Compression.problem(text) is None:
            reader.draft.put(("backup", "compression"), text, source=given.source)
        else:
            reader.leave_out(given, "no compression that Hostwright knows")
    _chunks(reader)


def _warn(reader: Reader, given: Given) -> None:
    """Say above the paths that some are missing: nobody looks for them at the end of a file."""
    left = [f"{one.source.line}" for one in reader.draft.unused if _lies_below(one.source, given)]
    items = reader.draft.get(_PATHS)
    if left and isinstance(items, Items):
        said = (
            f"CHANGE: line {', '.join(left)} of {reader.draft.origin} could not be carried over, "
        )
        items.comment = (f"{said}and what is there would not be backed up any more.",)


def _lies_below(source: Source, given: Given) -> bool:
    return source.key == given.source.key or source.key.startswith(f"{given.source.key}[")


def _path(reader: Reader, given: Given) -> None:
    text = reader.text(given)
    if text is None:
        return
    path, comment = text, ""
    if text == "~" or text.startswith("~/"):
        path, comment = f"{_HOME}{text[1:]}", f'"{text}" there, with root\'s home.'
    elif text and not text.startswith("/"):
        path = f"{_base(reader)}{text}"
    if path.endswith("/*") and len(path) > 2:
        path, comment = path[:-2], f'"{text}" there; this has what begins with a dot as well.'
    if re.search(r"[*?\[~]", path):
        reader.leave_out(given, "borg expands no wildcard or ~ in a path: name the folder above")
    elif problem := AbsolutePath.problem(path):
        reader.leave_out(given, f"as a path it {problem}")
    else:
        said = (comment,) if comment else ()
        reader.draft.append(_PATHS, str(AbsolutePath(path)), said, given.source)


def _base(reader: Reader) -> str:
    """The folder that a relative path lies in, or nothing where it is not given in full."""
    given = reader.option("working_directory")
    if not str(getattr(given and given.node, "text", "")).startswith("/"):
        return ""
    text = reader.text(given)
    return f"{text}/" if text else ""


def _exclude(reader: Reader, given: Given) -> None:
    text = reader.text(given)
    if text is None:
        return
    # borgmatic hands them over in a file, of which borg skips blanks at the ends and comments.
    pattern = text.strip()
    if not pattern or pattern.startswith("#"):
        reader.leave_out(given, "borg skips it")
        return
    if pattern.startswith("~/"):
        pattern = f"{_HOME}{pattern[1:]}"
    _add(reader, given, pattern)


def _add(reader: Reader, given: Given, pattern: str) -> None:
    if problem := Pattern.problem(pattern):
        said = "it is no regular expression" if pattern.startswith("re:") else f"it {problem}"
        reader.leave_out(given, f"as a pattern {said}")
    else:
        reader.draft.append(_EXCLUDE, pattern, source=given.source)


def _patterns(reader: Reader) -> None:
    """Roots become paths; exclusions are the same without inclusions, which need their order."""
    given = reader.option("patterns")
    texts = [(one, reader.text(one)) for one in given.items()] if given is not None else []
    orders = any(text is None or text[:1] not in "R-" for _, text in texts)
    for one, text in texts:
        if text is None:
            continue
        sign, rest = text[:1], text[1:].strip()
        if sign == "R" and AbsolutePath.problem(rest) is None:
            reader.draft.append(_PATHS, str(AbsolutePath(rest)), source=one.source)
        elif sign == "-" and not orders and rest:
            styled = rest if re.match(r"[a-z]{2}:", rest) else f"sh:{rest}"
            _add(reader, one, styled)
        else:
            reader.leave_out(one, "its order has a meaning that backup.exclude cannot say")


def _chunks(reader: Reader) -> None:
    from schema.borg import ChunkerParams

    given = reader.option("chunker_params")
    text = reader.text(given)
    if given is not None and text is not None:
        full = text if text.startswith("buzhash") or text == "default" else f"buzhash,{text}"
        if ChunkerParams.problem(full) is None:
            reader.draft.put(("backup", "chunker_params"), full, source=given.source)
            return
        reader.leave_out(given, "no chunker parameters that Hostwright knows")
    said = (
        "As borg cut the archives that are there: with other pieces, the next backup would store "
        "everything once more. Take it out for a new repository."
    )
    reader.draft.put(("backup", "chunker_params"), "default", said)
