"""The metrics for node_exporter: what is in them, what is taken over, and what is left out."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stage import Stage, staged

STATS = """\
Number of files: 191
                       Original size      Compressed size    Deduplicated size
This archive:                1.06 MB            233.50 kB                941 B
All archives:                2.12 GB              1.87 TB            249.09 kB"""


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A host where a run has just succeeded."""
    with staged(tmp_path, monkeypatch) as stage:
        yield stage


def metrics(stage: Stage, instance: str = "backup-success", host: str = "web1") -> dict[str, str]:
    """Run prometheus with a file as its output, as the unit does; gives the samples in it."""
    file = stage.folder / f"hostwright-{instance.rpartition('-')[0]}.prom"
    written = file.with_suffix(".new")
    with (
        written.open("r+" if written.exists() else "w+") as stream,
        pytest.MonkeyPatch.context() as at,
    ):
        at.setattr(sys, "stdout", stream)
        assert stage.tell("prometheus", str(stage.folder), host, instance) == (0, "")
    written.rename(file)
    samples = re.findall(r"^(\w+\{.*\}) (\S+)$", file.read_text(), re.MULTILINE)
    return dict(samples)


def of_backup(name: str, **more: str) -> str:
    """A metric of the backup of web1."""
    labels = {"host": "web1", "unit": "backup"} | more
    inside = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"hostwright_{name}{{{inside}}}"


def test_metrics_of_a_success(stage: Stage) -> None:
    """Duration, class and exit status; the numbers of borg's table; the time of the stamp."""
    stage.journal(*STATS.splitlines())
    stage.ended(EXIT_STATUS="0")
    samples = metrics(stage)
    assert samples[of_backup("last_run_duration_seconds")] == "3"
    assert samples[of_backup("last_run_exit_status")] == "0"
    assert samples[of_backup("last_run_result", **{"class": "success"})] == "1"
    assert samples[of_backup("last_run_result", **{"class": "failure"})] == "0"
    assert samples[of_backup("last_archive_files")] == "191"
    assert samples[of_backup("last_archive_original_bytes")] == "1060000"
    assert samples[of_backup("last_archive_compressed_bytes")] == "233500"
    assert samples[of_backup("last_archive_deduplicated_bytes")] == "941"
    assert samples[of_backup("repository_bytes")] == "249090"


def test_what_is_unknown_is_left_out(stage: Stage) -> None:
    """Started by hand and without a stamp, there is hardly anything to say."""
    for name in ("SERVICE_RESULT", "INVOCATION_ID"):
        stage.monkeypatch.delenv(f"MONITOR_{name}")
    names = {name.partition("{")[0] for name in metrics(stage)}
    assert names == {"hostwright_last_run_timestamp_seconds", "hostwright_last_run_result"}


def test_the_last_archive_outlives_a_failure(stage: Stage) -> None:
    """A run that made no archive says nothing new about the last one."""
    stage.journal(*STATS.splitlines())
    before = metrics(stage)
    stage.journal("no archive today")
    stage.ended(SERVICE_RESULT="signal", EXIT_STATUS="KILL")
    after = metrics(stage, "backup-failure")
    size = of_backup("last_archive_original_bytes")
    assert after[size] == before[size]
    assert after[of_backup("last_run_exit_status")] == "137"
    assert after[of_backup("last_run_result", **{"class": "signal"})] == "1"


def test_a_success_without_a_stamp_is_remembered(stage: Stage) -> None:
    """The check of the repository has no stamp: its last success stands in its own file."""
    name = 'hostwright_last_success_timestamp_seconds{host="web1",unit="backup-check"}'
    success = metrics(stage, "backup-check-success")[name]
    stage.ended(SERVICE_RESULT="exit-code")
    assert metrics(stage, "backup-check-failure")[name] == success


def test_a_stamp_is_the_only_proof(stage: Stage) -> None:
    """The last success of backup and drill is that of the stamp; without it there is none."""
    stamp = stage.folder / "stamp"
    stage.monkeypatch.setattr(stage.program("prometheus"), "STAMPS", {"backup-drill": stamp})
    names = {
        'hostwright_last_success_timestamp_seconds{host="web1",unit="backup-drill"}',
        'hostwright_drill_last_success_timestamp_seconds{host="web1",unit="backup-drill"}',
    }
    stamp.touch()
    assert names <= metrics(stage, "backup-drill-success").keys()
    stamp.unlink()
    assert names.isdisjoint(metrics(stage, "backup-drill-success"))


def test_labels_are_escaped(stage: Stage) -> None:
    """A backslash, a quote and a line break, as the format wants them."""
    samples = metrics(stage, host='a"b\\c\nd')
    assert all(r'{host="a\"b\\c\nd",' in name for name in samples)


def test_nothing_is_left_of_an_earlier_try(stage: Stage) -> None:
    """A longer text of a run that was killed while it wrote does not show below the new one."""
    (stage.folder / "hostwright-backup.new").write_text("x" * 100_000)
    metrics(stage)
    assert "x" not in (stage.folder / "hostwright-backup.prom").read_text().replace("exit", "")


def test_a_start_that_was_given_up_is_a_class_of_its_own(stage: Stage) -> None:
    """A mount that failed: all that systemd says about a run is about the one before."""
    stage.journal("Dependency failed", "Job failed", name="jobs", JOB_RESULT="dependency")
    stage.ended(SERVICE_RESULT="exit-code", EXIT_STATUS="2")
    samples = metrics(stage, "backup-failure")
    assert samples[of_backup("last_run_result", **{"class": "not-started"})] == "1"
    assert of_backup("last_run_exit_status") not in samples
    assert of_backup("last_run_duration_seconds") not in samples


def test_an_instance_of_another_kind_is_refused(stage: Stage) -> None:
    """An instance names a unit and how it ended."""
    status, said = stage.tell("prometheus", str(stage.folder), "web1", "backup-middle")
    assert status == 1
    assert "use one of these" in said
