"""docs/faults.md: what the tests of tests/boot/test_fault_table.py look at, and no more.

To bring it up to date: make golden (or pytest tests/test_faults_page.py --snapshot-update).
"""

from collections import Counter

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from tests.boot.faults.fault import Archive, Fault, Outcome
from tests.boot.faults.page import page
from tests.boot.faults.table import FAULTS, GROUPS
from tests.snapshots import GoldenFile
from tests.support import ROOT


class Page(GoldenFile):
    """The snapshot `name` is the file docs/NAME."""

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:  # noqa: ARG003
        """Where the page lies."""
        return str(ROOT / "docs" / str(index))


def test_page_is_up_to_date(snapshot: SnapshotAssertion) -> None:
    """Every fault is in the manual, with what its test expects."""
    assert page(GROUPS) == snapshot.use_extension(Page)(name="faults.md")


def test_names_are_unique() -> None:
    """A test id leads to one row."""
    assert [
        name for name, count in Counter(fault.name for fault in FAULTS).items() if count > 1
    ] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_row_is_two_sentences(fault: Fault) -> None:
    """What went wrong and what the host did end with a full stop."""
    assert fault.what.endswith(".")
    assert fault.did.endswith(".")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_success_has_a_complete_archive(fault: Fault) -> None:
    """No row may call a run a success that archived nothing, or only a part."""
    assert not fault.stamps or fault.archive is Archive.COMPLETE


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_next_run_succeeds(fault: Fault) -> None:
    """No row may end with a host that stays broken."""
    assert fault.next_run is not Outcome.FAILED
