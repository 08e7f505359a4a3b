"""syrupy, with the golden files themselves as its snapshots."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from syrupy.data import SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SerializedData, SnapshotIndex

from tests.support import GOLDEN


class GoldenFile(SingleFileSnapshotExtension):
    """The snapshot `name` of a test with the parameter `host` is the file golden/HOST/NAME."""

    _write_mode = WriteMode.TEXT
    file_extension = ""

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        """Where a snapshot lies."""
        host = test_location.item.callspec.params["host"]  # type: ignore[attr-defined]
        return str(GOLDEN / host / str(index))

    def discover_snapshots(self, **_: Any) -> SnapshotCollections:
        """None, ever: an update deletes what is discovered and unused, and manifests lie there.

        What does not belong into a golden folder is found by a test, and removed by that test.
        """
        return SnapshotCollections()

    def read_snapshot_data_from_location(self, *, snapshot_location: str, **_: Any) -> str | None:
        """The file as it is: every byte of it counts, also a carriage return."""
        path = Path(snapshot_location)
        return path.read_bytes().decode() if path.is_file() else None

    @classmethod
    def write_snapshot(
        cls,
        *,
        snapshot_location: str,
        snapshots: Sequence[tuple[SerializedData, PyTestLocation, SnapshotIndex]],
        **_: Any,
    ) -> None:
        """Replace the file, whose name has nothing to do with the test's."""
        path = Path(snapshot_location)
        path.parent.mkdir(parents=True, exist_ok=True)
        for data, *_place in snapshots:
            path.write_bytes(str(data).encode())
