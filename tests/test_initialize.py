"""The script `initialize`, run for real: what half of a repository it throws away, what not."""

import os
import subprocess
from pathlib import Path

import pytest
from attrs import frozen

from tests.programs import TEMPLATES, Result

SCRIPT = TEMPLATES / "backup" / "initialize.sh.j2"
NO_MANIFEST = """#!/bin/sh
echo '{"type": "log_message", "message": "no manifest", "msgid": "NoManifestError"}' >&2
exit 2
"""


@frozen
class Place:
    """A folder for a repository, and a home of borg's."""

    home: Path

    @property
    def repository(self) -> Path:
        """Where the repository is, or is to be."""
        return self.home / "repository"

    @property
    def marker(self) -> Path:
        """What says that a creation is under way."""
        return self.home / ".config" / "borg" / "creating"

    def initialize(self, repository: str = "", programs: str = "") -> Result:
        """Run the script."""
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "BORG_REPO": repository or str(self.repository),
            "BORG_BASE_DIR": str(self.home),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        }
        words = ["/bin/sh", str(SCRIPT), "none", "--lock-wait=1"]
        return subprocess.run(
            words, check=False, capture_output=True, encoding="utf-8", env=environment
        )

    def files(self) -> set[Path]:
        """All that is in the repository."""
        return set(self.repository.rglob("*"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place in which a repository has been created."""
    place = Place(tmp_path)
    place.repository.mkdir()
    place.marker.parent.mkdir(parents=True)
    assert place.initialize().returncode == 0
    return place


@pytest.fixture
def half_made(place: Place) -> Place:
    """The same, as a power cut in the middle leaves it."""
    for file in place.files():
        if file.is_file() and file.name not in {"config", "README"}:
            file.unlink()
    place.marker.write_text(f"{place.repository}\n")
    return place


def test_a_created_repository_is_left_alone(place: Place) -> None:
    """The second run finds what the first one has created, and no marker of it."""
    before = place.files()
    assert not place.marker.exists()
    assert place.initialize().returncode == 0
    assert place.files() == before


def test_a_marker_that_outlived_the_creation_goes_away(place: Place) -> None:
    """A repository that works is none that was cut off."""
    place.marker.write_text(f"{place.repository}\n")
    assert place.initialize().returncode == 0
    assert not place.marker.exists()


def test_a_half_made_repository_is_begun_anew(half_made: Place) -> None:
    """What was cut off in the middle is thrown away, and the next look finds a repository."""
    done = half_made.initialize()
    assert "cut off, beginning anew" in done.stdout
    assert done.returncode == 0
    assert not half_made.marker.exists()
    assert half_made.initialize().stdout == ""


@pytest.mark.parametrize("text", [None, "/mnt/vault/another\n"])
def test_what_somebody_else_has_made_stays(half_made: Place, text: str | None) -> None:
    """Without a marker for this very repository nothing is removed, and the run fails."""
    half_made.marker.unlink()
    if text is not None:
        half_made.marker.write_text(text)
    before = half_made.files()
    assert half_made.initialize().returncode != 0
    assert half_made.files() == before


def test_a_repository_with_data_stays(half_made: Place) -> None:
    """Segments of any size to speak of may hold archives, whatever the marker says."""
    segment = half_made.repository / "data" / "0" / "0"
    segment.parent.mkdir(exist_ok=True)
    segment.write_bytes(b"BORG_SEG" + bytes(8192))
    half_made.initialize()
    assert segment.stat().st_size == 8200


def test_a_half_made_repository_elsewhere_is_left_to_a_human(half_made: Place) -> None:
    """Behind ssh nothing can be removed, so the message says what to do."""
    remote = "ssh://backup.example.org/./web1"
    half_made.marker.write_text(f"{remote}\n")
    borg = half_made.home / "borg"
    borg.write_text(NO_MANIFEST)
    borg.chmod(0o755)
    done = half_made.initialize(remote, programs=str(half_made.home))
    assert done.returncode == 1
    assert "Remove it there, and start backup.service again" in done.stderr
