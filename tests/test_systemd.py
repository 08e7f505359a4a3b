"""The golden trees, read by the tools that read them on a host: systemd's own and the shells."""

import os
import re
import shlex
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.verify.complaints import complaints
from compiler.write import write
from schema.targets import TARGETS
from tests.support import GOLDEN, files_of, host_names, need, tree_of

KINDS = {"d": stat.S_IFDIR, "f": stat.S_IFREG}
"""What the lines of tmpfiles.d make; the others change what there is."""

every_host = pytest.mark.parametrize("host", host_names())


@pytest.fixture
def root(host: str, tmp_path: Path) -> Path:
    """The golden tree as the root of a host, with the users that packages and others bring."""
    root = tmp_path / "root"
    write(tree_of(host), str(root))
    made = {fields[1] for fields in _lines(host, "sysusers.d/backup.conf")}
    owners = (
        {fields[3] for fields in _lines(host, "tmpfiles.d/backup.conf") if fields[0] in KINDS}
        - made
        - {"root", "-"}
    )
    numbers = {"root": 0, **{name: 2000 + at for at, name in enumerate(sorted(owners))}}
    passwd = "".join(f"{name}:x:{number}:0::/:/bin/sh\n" for name, number in numbers.items())
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc" / "passwd").write_text(passwd, encoding="utf-8")
    (root / "etc" / "group").write_text("root:x:0:\n", encoding="utf-8")
    return root


@every_host
def test_systemd_takes_every_line(host: str, root: Path) -> None:
    """systemd-analyze verify has nothing to say, but that it is older than a debian-13 host."""
    need("systemd-analyze")
    found = complaints(str(root))
    assert [one for one in found if one.newer is None] == []
    assert {one.newer for one in found} <= {_target_release(host)}


@every_host
def test_sysusers_makes_the_accounts(host: str, root: Path) -> None:
    """systemd-sysusers makes every account with its description and home, and without a login."""
    need("systemd-sysusers")
    _run("systemd-sysusers", root)
    passwd = (root / "etc" / "passwd").read_text(encoding="utf-8").splitlines()
    made = {line.split(":")[0]: line.split(":")[4:] for line in passwd}
    for _, name, _, description, home in _lines(host, "sysusers.d/backup.conf"):
        assert made[name] == [description, home, "/usr/sbin/nologin"]


@every_host
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders to others")
def test_tmpfiles_makes_the_folders(host: str, root: Path) -> None:
    """systemd-tmpfiles makes all folders and files with modes and owners, also at the next boot."""
    need("systemd-sysusers", "systemd-tmpfiles")
    _run("systemd-sysusers", root)
    for _ in ("install", "boot"):
        _run("systemd-tmpfiles", root, "--create")
    users, groups = _numbers(root / "etc" / "passwd"), _numbers(root / "etc" / "group")
    for kind, path, *rest in _lines(host, "tmpfiles.d/backup.conf"):
        if kind in KINDS:
            mode, user, group, _ = rest
            found = os.lstat(f"{root}{path}")
            expected = (KINDS[kind] | int(mode, 8), users[user], groups[group])
            assert (found.st_mode, found.st_uid, found.st_gid) == expected, path


@every_host
def test_every_program_of_ours_is_in_the_tree(host: str) -> None:
    """A unit names no script below hostwright/ that the tree does not bring."""
    text = "".join(file.text for path, file in files_of(host).items() if "/systemd/" in path)
    named = set(re.findall(r"/((?:usr/lib|etc)/hostwright/[\w-]+)", text))
    assert named <= set(files_of(host))


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    """Every script of every golden tree passes shellcheck, with its optional checks left off."""
    need("shellcheck")
    names = [str(path) for path in _scripts(tmp_path)]
    answer = subprocess.run(
        ["shellcheck", "--severity=style", *names], capture_output=True, text=True, check=False
    )
    assert answer.stdout == ""


@pytest.mark.parametrize("shell", ["bash", "dash"])
def test_shells_parse_the_scripts(shell: str, tmp_path: Path) -> None:
    """The shell that a script is for parses it; /bin/sh is dash on Debian."""
    need(shell)
    shebang = {"bash": "#!/bin/bash", "dash": "#!/bin/sh"}[shell]
    scripts = [path for path in _scripts(tmp_path) if path.read_text().startswith(f"{shebang}\n")]
    for script in scripts:
        answer = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)
        assert (answer.returncode, answer.stderr) == (0, "")


def test_every_script_is_for_a_known_shell(tmp_path: Path) -> None:
    """A script begins with the absolute path of one of the two shells, or of Python, isolated."""
    scripts = _scripts(tmp_path, "#!")
    first = {path.read_text(encoding="utf-8").split("\n")[0] for path in scripts}
    assert first == {"#!/bin/sh", "#!/bin/bash", "#!/usr/bin/python3 -EsB"}


def _target_release(host: str) -> int:
    manifest = (GOLDEN / host / "host.yaml").read_text(encoding="utf-8")
    target = re.search(r"^target: (\S+)", manifest, re.MULTILINE)
    assert target is not None
    return TARGETS[target[1]].systemd


def _lines(host: str, name: str) -> Iterator[list[str]]:
    """The fields of each line, as the man pages say that they are quoted."""
    file = next(file for path, file in files_of(host).items() if path.endswith(f"/{name}"))
    for line in file.text.splitlines():
        if line and not line.startswith("#"):
            yield [field.replace("%%", "%") for field in shlex.split(line)]


def _run(tool: str, root: Path, *words: str) -> None:
    answer = subprocess.run(
        [tool, *words, f"--root={root}"], capture_output=True, text=True, check=False
    )
    complaints = [line for line in answer.stderr.splitlines() if not line.startswith("Creating ")]
    assert (answer.returncode, complaints) == (0, [])


def _numbers(table: Path) -> dict[str, int]:
    rows = (line.split(":") for line in table.read_text(encoding="utf-8").splitlines())
    return {row[0]: int(row[2]) for row in rows}


def _scripts(folder: Path, beginning: str = "#!/bin/") -> list[Path]:
    """Each shell script of the golden trees, once: without the header, which names the host."""
    scripts: dict[str, str] = {}
    for host in host_names():
        for path, file in files_of(host).items():
            if file.mode & 0o111 and file.text.startswith(beginning):
                lines = zip(file.text.splitlines(keepends=True), file.lines, strict=True)
                body = "".join(line for line, origin in lines if origin is not None)
                scripts.setdefault(body, f"{host}-{path.rpartition('/')[2]}")
    for body, name in scripts.items():
        (folder / name).write_text(body, encoding="utf-8")
    return [folder / name for name in scripts.values()]
