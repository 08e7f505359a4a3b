"""tmpfiles.d and sysusers.d: systemd makes the folders and users that the manifest means."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from schema.tree import File, Tree
from tests.strategies import Plain, yaml_text
from tests.support import compile_text, host_names, need, tree_of
from tests.texts import PARTS, absolute

REPOSITORIES = 60
"""In each of the five runs of systemd-tmpfiles below."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root folder in which the user borg is the one who runs the test."""
    need("systemd-tmpfiles", "systemd-sysusers")
    (tmp_path / "etc").mkdir()
    user, group = os.geteuid(), os.getegid()
    users = [f"{name}:x:{user}:{group}::/:/bin/sh\n" for name in ("root", "borg")]
    (tmp_path / "etc" / "passwd").write_text("".join(users))
    (tmp_path / "etc" / "group").write_text(f"root:x:{group}:\nborg:x:{group}:\n")
    return tmp_path


def manifest(repository: str) -> Plain:
    """The least manifest, with a repository."""
    backup = {"repository": repository, "passphrase": "/etc/credstore/p", "paths": ["/etc"]}
    return {"host": "web1", "target": "debian-12", "backup": backup}


def text_of(tree: Tree, end: str) -> str:
    """The text of the one file whose path ends so."""
    (found,) = (entry for path, entry in tree.items() if path.endswith(end))
    assert isinstance(found, File)
    return found.text


def made(root: Path, lines: str) -> dict[str, int]:
    """The folders that systemd-tmpfiles makes of some lines, with their modes."""
    configuration = root / "backup.conf"
    configuration.write_text(lines)
    words = ["systemd-tmpfiles", "--create", f"--root={root}", str(configuration)]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    folders = [path for path in root.rglob("*") if path.is_dir() and path != root / "etc"]
    return {f"/{path.relative_to(root)}": path.stat().st_mode & 0o7777 for path in folders}


def with_parents(folders: dict[str, int]) -> dict[str, int]:
    """Folders and all that they lie in, which systemd-tmpfiles makes for everybody to enter."""
    parents = {str(parent): 0o755 for path in folders for parent in list(Path(path).parents)[:-1]}
    return parents | folders


HOME = {f"/home/borg{name}": 0o700 for name in ("", "/.cache", "/.config")}
HOME |= {f"/home/borg/{name}/borg": 0o700 for name in (".cache", ".config")}
STANDING = {
    "/backup": 0o1770,
    "/var/cache/backup-restore": 0o711,
    "/var/lib/hostwright": 0o755,
    **HOME,
}


def test_a_repository_of_any_name_gets_its_folder(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Quotes, percent signs, blanks and backslashes are a part of the folder's name."""

    @seed(1)
    @settings(
        max_examples=5,
        database=None,
        phases=[Phase.generate],  # shrinking many paths at once takes minutes
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(PARTS, min_size=REPOSITORIES, max_size=REPOSITORIES))
    def arrives(parts: list[str]) -> None:
        fresh = tmp_path_factory.mktemp("root")
        shutil.copytree(root / "etc", fresh / "etc")
        paths = [
            absolute(f"/mnt/{number}", text, without=":{}") for number, text in enumerate(parts)
        ]
        trees = [compile_text(yaml_text(manifest(path))).tree for path in paths]
        meant = [path for path, tree in zip(paths, trees, strict=True) if tree is not None]
        assert len(meant) > REPOSITORIES // 2
        lines = [text_of(tree, "/tmpfiles.d/backup.conf") for tree in trees if tree is not None]
        unique = dict.fromkeys(line for text in lines for line in text.split("\n"))
        folders = dict.fromkeys(meant, 0o700) | STANDING
        assert made(fresh, "\n".join(unique) + "\n") == with_parents(folders)

    arrives()


@pytest.mark.parametrize("host", host_names())
def test_the_user_borg_has_its_home(host: str, root: Path) -> None:
    """systemd-sysusers makes the account with the home that the folders are made for."""
    (root / "etc" / "passwd").unlink()
    (root / "etc" / "group").unlink()
    lines = root / "backup.conf"
    lines.write_text(text_of(tree_of(host), "/sysusers.d/backup.conf"))
    words = ["systemd-sysusers", f"--root={root}", str(lines)]
    subprocess.run(words, check=True, capture_output=True)
    accounts = (root / "etc" / "passwd").read_text().splitlines()
    homes = {name: home for name, *_, home, _ in (line.split(":") for line in accounts)}
    assert f" {homes['borg']} borg borg " in _owned(tree_of(host), homes["borg"])


def _owned(tree: Tree, folder: str) -> str:
    """Path, user and group of a folder's line in tmpfiles.d."""
    lines = (line.split(" ") for line in text_of(tree, "/tmpfiles.d/backup.conf").splitlines())
    (found,) = (line for line in lines if len(line) > 4 and line[1] == folder)
    return f" {found[1]} {found[3]} {found[4]} "
