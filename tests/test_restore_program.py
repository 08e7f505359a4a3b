"""hostwright-restore: what it says, what it extracts, and that it leaves nothing behind."""

import os
from pathlib import Path

import pytest

from tests.restoring import NEW, OLD, Host, make, ready


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs, and a repository with three archives."""
    folder = tmp_path_factory.mktemp("restore")
    make(folder)
    return folder


@pytest.fixture
def host(made: Path) -> Host:
    """That host, as it should be; what a test changes is put right again."""
    return ready(made)


def test_alone_it_says_what_to_type_first(host: Host) -> None:
    """Without words it shows the commands, the first look before all others."""
    status, out, _ = host.restore()
    assert status == 2
    assert "First look:    hostwright-restore list\n" in out


def test_it_lists_this_hosts_archives_newest_last(host: Host) -> None:
    """The archives of a host whose name begins alike are not among them."""
    status, out, _ = host.restore("list")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == [OLD, NEW]
    assert all(line.endswith(" days ago") for line in out.splitlines())


def test_it_lists_what_is_in_an_archive(host: Host) -> None:
    """The newest has a short name, and a path may have its slash."""
    status, out, _ = host.restore("list", "newest", "/etc/fstab")
    assert (status, out.split()[-1]) == (0, "etc/fstab")


def test_it_extracts_paths_as_they_are_written(host: Host, tmp_path: Path) -> None:
    """Slashes at either end do not matter, and no path is taken for a pattern."""
    status, out, errors = host.restore(
        "files", f"--to={tmp_path}/new", "/etc/", "etc/motd", "re:^/odd"
    )
    assert (status, errors) == (0, "")
    assert "5 files and folders restored" in out
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"new/etc/fstab", "new/etc/motd", "new/re:^/odd"}
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_folders_on_the_way_come_back_too(host: Host, tmp_path: Path) -> None:
    """Borg alone would make them root's with mode 700, and their software could not get in."""
    assert host.restore("files", f"--to={tmp_path}", "/etc/motd")[0] == 0
    assert (tmp_path / "etc").stat().st_mode & 0o777 == 0o751


def test_it_extracts_from_the_archive_that_is_named(host: Host, tmp_path: Path) -> None:
    """The newest is only what is taken when nothing else is said."""
    host.restore("files", "--archive", f"::{OLD}", "--to", f"{tmp_path}", "/etc/fstab")
    assert (tmp_path / "etc/fstab").read_text() == "old"


def test_nobody_need_read_to_the_end(host: Host) -> None:
    """A pipe that is closed early, as by head, is no mishap."""
    process = host.start("list")
    assert process.stdout is not None
    process.stdout.close()
    assert process.communicate(timeout=30)[1] == ""


def test_a_path_that_is_not_there_is_named(host: Host, tmp_path: Path) -> None:
    """The others are extracted, and the run fails."""
    status, _, errors = host.restore("files", f"--to={tmp_path}", "/etc/motd", "/etc/nope")
    assert status == 1
    assert (tmp_path / "etc/motd").exists()
    assert errors == (
        f"hostwright-restore: not in {NEW}: /etc/nope; look for the right path:"
        f" hostwright-restore list {NEW}\n"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lst", "invalid choice: 'lst'"),
        ("list newest /nope", f"not in {NEW}: /nope"),
        ("list web1-1999", f'there is no archive named "web1-1999"*{OLD}*{NEW}'),
        ("files /etc", "where to? --to /root/restored * --to / "),
        ("dump", "which dump? *shop, many, wiki"),
        ("dump mysql", 'no dump "mysql"*shop: Dump the shop*wiki: Dump the wiki'),
        ("dump wiki", "hostwright-restore files --to /root/restored /backup/wiki"),
        ("dump shop sales", "shop is restored as a whole"),
        ("dump many --as new", "dump many DATABASE --as new"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(host: Host, line: str, said: str) -> None:
    """What is wrong, and what there is instead; never a traceback."""
    status, _, errors = host.restore(*line.split())
    assert status in {1, 2}
    assert errors.startswith("hostwright-restore: ")
    position = 0
    for part in said.split("*"):
        assert part in errors[position:]
        position = errors.index(part, position)


def test_a_missing_passphrase_comes_with_the_command_that_writes_it(host: Host) -> None:
    """The passphrase's file is named, and how it comes back."""
    host.path("passphrase").unlink()
    status, _, errors = host.restore("list")
    assert status == 1
    assert f"systemd-ask-password -n > {host.folder}/passphrase" in errors


def test_a_wrong_passphrase_is_called_wrong(host: Host) -> None:
    """After borg's own words, which file it came from."""
    host.path("passphrase").write_text("battery staple\n")
    status, _, errors = host.restore("list")
    assert status == 1
    assert f"the passphrase in {host.folder}/passphrase is not that of this repository" in errors


def test_a_repository_that_is_not_there_may_not_be_mounted(host: Host) -> None:
    """The first thought is the disk."""
    host.path("repository").rename(host.path("elsewhere"))
    status, _, errors = host.restore("list")
    host.path("elsewhere").rename(host.path("repository"))
    assert status == 1
    assert f"there is no repository at {host.folder}/repository; mount its disk" in errors


def test_a_machine_without_borg_is_told_how_to_get_it(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the package is missing."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert host.restore("list")[2].endswith("apt-get install borgbackup\n")


def test_what_it_makes_in_a_repository_belongs_to_borg(host: Host) -> None:
    """An index that is missing is written, and root's would lock the user borg out."""
    repository = host.path("repository")
    for path in (repository, *repository.rglob("*")):
        os.chown(path, 12345, 12345)
    for path in repository.glob("index.*"):
        path.unlink()
    assert host.restore("list")[0] == 0
    assert list(repository.glob("index.*")) != []
    assert {path.stat().st_uid for path in repository.rglob("*")} == {12345}


def test_a_file_that_a_process_has_open_is_not_replaced(host: Host) -> None:
    """The process is named, since it would go on writing to a file that is gone."""
    with host.path("passphrase").open():
        status, _, errors = host.restore("dump", "shop", "--replace")
    assert status == 1
    assert f"(process {os.getpid()})" in errors
