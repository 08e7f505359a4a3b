"""docs/faults.md: the table of all faults, as the tests hold them."""

from collections.abc import Iterable, Iterator

from tests.boot.faults.fault import Archive, Fault, Group, Outcome, Told
from tests.boot.faults.power import CUTS, LATE, Cut

HEAD = """\
# What happens when something breaks

Each row is a test: the fault strikes a booted Debian 12 and a booted Debian 13 with PostgreSQL,
a SQLite database, a dump of its own, a local repository and mail. This page is written by the
tests (`make golden`), and says nothing that they do not look at.

Of **every** row this holds:

1. **Nothing is lost.** Each archive from before is still there, and each dump that was good before
   is still there and matches the checksums of its `MANIFEST.json`, or a newer one that does.
2. **No success is claimed that was none.** `/backup.last` moves, and `systemctl start` exits with
   0, only where the table says so; an archive of such a run holds every path of the manifest, and
   of no dump the half.
3. **Somebody is told**, in the words that the fault calls for.
4. **The next run recovers.** After a failure, with the fault gone and with what the last column
   asks for, a run archives what is new since, moves `/backup.last` and mails the success.

*Archive*: what the repository has of this run. *Of the rest* means: without what could not be read.
"""
COLUMNS = ("Fault", "What the host did", "Archive", "Mail", "`/backup.last`", "Next run")


def page(groups: tuple[Group, ...]) -> str:
    """The whole page."""
    count = sum(len(group.faults) for group in groups) + len(CUTS)
    chapters = (_chapter(one.title, map(_cells, one.faults)) for one in groups)
    power = _chapter("The power", map(_cut_cells, CUTS))
    return "\n".join((HEAD, f"There are {count} faults.", *chapters, power))


def _chapter(title: str, cells: Iterable[Iterator[str]]) -> str:
    rows = (COLUMNS, ("---",) * len(COLUMNS), *cells)
    return "\n".join((f"\n## {title}\n", *(f"| {' | '.join(row)} |" for row in rows)))


def _cut_cells(cut: Cut) -> Iterator[str]:
    told = f"none; `{LATE}` later, if no run succeeds"
    yield from (
        _escaped(cut.what),
        _escaped(cut.did),
        Archive.NONE.value,
        told,
        "stays",
        "succeeds",
    )


def _cells(fault: Fault) -> Iterator[str]:
    yield _escaped(fault.what)
    yield _escaped(fault.did)
    yield _archive(fault)
    yield _mail(fault)
    yield "moves" if fault.stamps else "stays"
    yield _next_run(fault)


def _archive(fault: Fault) -> str:
    if fault.archive is Archive.REST and fault.lacks:
        return f"of the rest, without `/{fault.lacks}`"
    return fault.archive.value


def _mail(fault: Fault) -> str:
    if fault.told is Told.SYSTEMD:
        return f"none; {fault.told.value}"
    subjects = ", ".join(f"`{subject}`" for subject in (fault.subject, *fault.others))
    return subjects if fault.told is Told.MAIL else f"{subjects}; {fault.told.value}"


def _next_run(fault: Fault) -> str:
    if not fault.has_to_recover:
        return "nothing to recover from"
    noted = fault.next_run is Outcome.NOTED
    ending = "succeeds; its mail still shows what has failed" if noted else "succeeds"
    return f"after {_escaped(fault.mend.words)}: {ending}" if fault.mend else ending


def _escaped(text: str) -> str:
    """The text within a cell, where a bar would end it."""
    return text.replace("|", "\\|")
