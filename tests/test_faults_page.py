"""docs/faults.md: what the tests of the fault table look at, and no more.

To bring it up to date: make golden (or pytest tests/test_faults_page.py --snapshot-update).
"""

from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from tests.boot.faults.fault import Archive, Fault, Outcome
from tests.boot.faults.page import page
from tests.boot.faults.power import CUTS, Cut
from tests.boot.faults.table import FAULTS, GROUPS
from tests.snapshots import GoldenFile
from tests.support import ROOT

ROWS: tuple[Fault | Cut, ...] = (*FAULTS, *CUTS)


class Page(GoldenFile):
    """The snapshot `name` is the file docs/NAME."""

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:  # noqa: ARG003
        """Where the page lies."""
        return str(ROOT / "docs" / str(index))


def test_page_is_up_to_date(snapshot: SnapshotAssertion) -> None:
    """Every fault is in the manual, with what its test expects."""
    assert page(GROUPS) == snapshot.use_extension(Page)(name="faults.md")


def test_the_table_is_long() -> None:
    """There are at least the 40 faults that were asked for."""
    assert len(ROWS) >= 40


def test_names_are_unique() -> None:
    """A test id leads to one row."""
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_rows_are_sentences() -> None:
    """What went wrong, and what the host did, end with a full stop."""
    texts = (text for row in ROWS for text in (row.what, row.did))
    assert [text for text in texts if not text.endswith(".")] == []


def test_no_success_lacks_anything() -> None:
    """No row calls a backup a success that archived nothing, or only a part."""
    lacking = (fault.name for fault in FAULTS if fault.archive is not Archive.COMPLETE)
    assert [name for name in lacking if name in {one.name for one in FAULTS if one.stamps}] == []


def test_every_host_recovers() -> None:
    """No row ends with a host that stays broken."""
    assert [fault.name for fault in FAULTS if fault.next_run is Outcome.FAILED] == []
