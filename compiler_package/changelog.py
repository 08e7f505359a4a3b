"""CHANGELOG.md as Debian's changelog (Debian Policy 4.4), which a native package has to have."""

import re
import textwrap
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.utils import format_datetime

from attrs import frozen

_RELEASE = re.compile(r"^## (\S+) \((.+)\)\n", re.MULTILINE)
_UNRELEASED = date(2026, 1, 1)
"""Of a version without a date: any fixed day, since a clock would make each build another."""
_WIDTH = 78
_DAY = 86400


@frozen
class Release:
    """A version of CHANGELOG.md, when it came out, and what it says in Markdown."""

    version: str
    day: date
    text: str

    @property
    def epoch(self) -> int:
        """The begin of that day, in seconds since 1970."""
        return int(datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC).timestamp())


def releases(text: str) -> tuple[Release, ...]:
    """The sections of CHANGELOG.md, `## VERSION (YYYY-MM-DD)`, the newest first."""
    _, *parts = _RELEASE.split(text)
    return tuple(
        Release(version, _UNRELEASED if day == "unreleased" else date.fromisoformat(day), body)
        for version, day, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    )


def changelog(package: str, maintainer: str, found: tuple[Release, ...], epoch: int) -> str:
    """Debian's form of them; the newest one is as old as the package."""
    return "\n".join(
        f"{package} ({release.version}) unstable; urgency=medium\n\n"
        f"{_items(release.text)}\n"
        f" -- {maintainer}  {format_datetime(datetime.fromtimestamp(time, UTC))}\n"
        for release, time in zip(found, _times(found, epoch), strict=True)
    )


def _times(found: tuple[Release, ...], epoch: int) -> Iterator[int]:
    """When each came out: before the next one, also where no day is known."""
    yield epoch
    for release in found[1:]:
        epoch = min(release.epoch, epoch - _DAY)
        yield epoch


def _items(text: str) -> str:
    return "".join(f"{line}\n" for block in _blocks(text) for line in _item(block))


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, headings and entries of lists, each with what its next lines add to it."""
    yield from (block for block in re.split(r"\n(?=- )|\n{2,}", text.strip()) if block.strip())


def _item(block: str) -> list[str]:
    words = block.removeprefix("### ").removeprefix("- ")
    mark = "    - " if block.startswith("- ") else "  * "
    words = f"{words}:" if block.startswith("### ") else words
    return textwrap.wrap(
        " ".join(words.split()),
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
