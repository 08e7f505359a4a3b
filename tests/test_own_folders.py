"""Folders of the user's own modules: where they are, which module is meant, what is no folder."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from compiler import cli
from tests.own import GOOD, UNIT, folder, host, importing, manifest, paths_of, text_of
from tests.support import ROOT


def test_folder_of_the_command_line(tmp_path: Path) -> None:
    """`compile --modules DIR` needs no word in the manifest."""
    given = folder(tmp_path / "given", redis=GOOD)
    file = manifest(tmp_path, extra="")
    words = ["compile", str(file), "-o", str(tmp_path / "out"), "--modules", str(given)]

    assert cli.run(words).status == 0
    assert (tmp_path / "out" / UNIT).is_file()


def test_folder_is_relative_to_the_profile_that_names_it(tmp_path: Path) -> None:
    """A profile brings its modules along, wherever the host's manifest is."""
    folder(tmp_path / "shop" / "modules", redis=GOOD)
    (tmp_path / "shop" / "base.yaml").write_text("module_path: [modules]\nmodules: [redis]\n")
    manifest(tmp_path / "hosts", "{}", "imports: [../shop/base.yaml]")

    assert UNIT in paths_of(host(tmp_path / "hosts"))


def test_folder_is_relative_to_where_the_profile_really_lies(tmp_path: Path) -> None:
    """A link to a profile has no modules beside it."""
    folder(tmp_path / "shop" / "modules", redis=GOOD)
    (tmp_path / "shop" / "base.yaml").write_text("module_path: [modules]\nmodules: [redis]\n")
    (tmp_path / "hosts").mkdir()
    (tmp_path / "hosts" / "base.yaml").symlink_to("../shop/base.yaml")
    manifest(tmp_path / "hosts", "{}", "imports: [base.yaml]")

    assert UNIT in paths_of(host(tmp_path / "hosts"))


def test_two_folders_of_one_written_name_are_both_looked_at(tmp_path: Path) -> None:
    """A profile and its host each mean their own."""
    folder(tmp_path / "shop" / "modules", redis=GOOD)
    folder(tmp_path / "modules", valkey=GOOD.replace("redis", "valkey"))
    (tmp_path / "shop" / "base.yaml").write_text("module_path: [modules]\n")
    extra = "module_path: [modules]\nimports: [shop/base.yaml]\nexternal: {users: [valkey]}"
    manifest(tmp_path, "[redis, valkey]", extra)

    assert {UNIT, UNIT.replace("redis", "valkey")} <= paths_of(host(tmp_path))


@pytest.mark.parametrize("wrong", ["modules", "7", "{a: b}", "[7]", '["\\0"]'])
def test_folders_of_another_form_are_refused(tmp_path: Path, wrong: str) -> None:
    """Also beside those that another file names rightly."""
    folder(tmp_path / "modules", redis=GOOD)
    (tmp_path / "base.yaml").write_text("module_path: [modules]\n")
    manifest(tmp_path, extra=f"module_path: {wrong}\nimports: [base.yaml]")

    assert host(tmp_path).tree is None


def test_explain_knows_the_folders_of_every_file(tmp_path: Path) -> None:
    """All of them count."""
    folder(tmp_path / "shop", redis=GOOD)
    folder(tmp_path / "own")
    (tmp_path / "base.yaml").write_text("module_path: [shop]\n")
    extra = "module_path: [own]\nimports: [{path: base.yaml, when: {host: web2}}]"
    file = manifest(tmp_path, extra=extra)

    text = cli.run(["explain", str(file), "module_path"]).text

    assert "[shop, own]" in text
    assert f"{tmp_path / 'base.yaml'}:1:14" in text


def test_modules_of_two_folders_are_apart(tmp_path: Path) -> None:
    """Neighbours of one name in two folders are two files."""
    for name in ("redis", "valkey"):
        source = GOOD.replace("redis", name).replace('"/run/', 'PLACE + "/')
        source = importing("from ._shared import PLACE", source)
        folder(tmp_path / name, **{name: source, "_shared": f"PLACE = '/run/of-{name}'\n"})
    manifest(
        tmp_path, "[redis, valkey]", "module_path: [redis, valkey]\nexternal: {users: [valkey]}"
    )
    found = host(tmp_path)

    assert "/run/of-redis/redis" in text_of(found, UNIT)
    assert "/run/of-valkey/valkey" in text_of(found, UNIT.replace("redis", "valkey"))


def test_module_that_no_manifest_names_is_not_loaded(tmp_path: Path) -> None:
    """A broken module is no matter for the hosts that have none of that software."""
    folder(tmp_path / "modules", redis=GOOD, valkey="1 / 0\n")
    manifest(tmp_path)

    assert host(tmp_path).diagnostics == ()


def test_name_of_ours_is_taken(tmp_path: Path) -> None:
    """A module that would never be used is an error, also on hosts without it."""
    folder(tmp_path / "modules", postgresql=GOOD)
    manifest(tmp_path, "{}")
    (found,) = host(tmp_path).diagnostics

    assert (found.code, found.file) == ("HW034", str(tmp_path / "modules/postgresql.py"))


def test_name_of_an_earlier_folder_is_taken(tmp_path: Path) -> None:
    """The report names both files."""
    for name in ("shop", "base"):
        folder(tmp_path / name, redis=GOOD)
    manifest(tmp_path, extra="module_path: [shop, base]")
    (found,) = host(tmp_path).diagnostics
    (first,) = found.related

    assert (found.code, found.file) == ("HW034", str(tmp_path / "base/redis.py"))
    assert first.mark is not None
    assert first.mark.file == str(tmp_path / "shop/redis.py")


def test_folder_can_be_named_twice(tmp_path: Path) -> None:
    """A profile and its host may both say where the modules are."""
    folder(tmp_path / "modules", redis=GOOD)
    manifest(tmp_path, extra="module_path: [modules, ./modules, other/../modules]")

    assert host(tmp_path, str(tmp_path / "modules")).diagnostics == ()


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("my-redis", "rename the file to my_redis.py"),
        ("Redis", "rename the file to redis.py"),
        ("2redis", "rename the file"),
        ("redis_", "rename the file to redis.py"),
    ],
)
def test_file_that_no_manifest_could_name_is_refused(
    name: str, advice: str, tmp_path: Path
) -> None:
    """A module that is never found would be a dump that is never made."""
    folder(tmp_path / "modules", **{name: GOOD})
    manifest(tmp_path, "{}")
    (found,) = host(tmp_path).diagnostics

    assert (found.code, found.fix) == (
        "HW032",
        f"{advice}; a file that is no module begins with _",
    )


@pytest.mark.parametrize("key", ["redis", "Redis"])
def test_misnamed_file_is_the_only_thing_that_is_wrong(key: str, tmp_path: Path) -> None:
    """That there is no module of this name follows from it, and no manifest is pointed at."""
    folder(tmp_path / "modules", Redis=GOOD)
    manifest(tmp_path, f"[{key}]")
    (found,) = host(tmp_path).diagnostics

    assert (found.file, found.related) == (str(tmp_path / "modules/Redis.py"), ())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere", "No such file or directory"),
        ("host.yaml", "Not a directory"),
    ],
)
def test_folder_that_cannot_be_read_is_refused(name: str, reason: str, tmp_path: Path) -> None:
    """At the place that names it, and without a word on the modules that may be in it."""
    manifest(tmp_path, extra=f"module_path:\n  - {name}")
    (found,) = host(tmp_path).diagnostics

    assert found.mark is not None
    assert (found.code, found.mark.line) == ("HW035", 9)
    assert reason in found.message


def test_folder_of_the_command_line_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """In the same form, so that a pipeline reads it."""
    manifest(tmp_path, "{}", "")

    assert [one.code for one in host(tmp_path, str(tmp_path / "nowhere")).diagnostics] == ["HW035"]


def test_nothing_is_written_into_the_folder(tmp_path: Path) -> None:
    """Python's bytecode would be a change in somebody's repository."""
    source = f"from ._shared import x\n{GOOD}"
    folder(tmp_path / "modules", redis=source, _shared="x = 1\n")
    words = ["-m", "compiler", "compile", str(manifest(tmp_path)), "--check"]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": ""}
    subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=True)

    assert sorted(path.name for path in (tmp_path / "modules").iterdir()) == [
        "_shared.py",
        "redis.py",
    ]


def test_code_of_a_module_runs_once_for_many_hosts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder is loaded once for the process."""
    folder(tmp_path / "modules", redis=f"print('loaded')\n{GOOD}")
    files = [
        str(manifest(tmp_path / name, extra="module_path: [../modules]")) for name in ("a", "b")
    ]
    cli.run(["compile", *files, "--check"])

    assert capsys.readouterr().err == "loaded\n"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("nowhere", path)])
def test_module_that_is_no_file_is_refused(make: Callable[[Path], None], tmp_path: Path) -> None:
    """To read a pipe would take for ever."""
    make(folder(tmp_path / "modules") / "redis.py")
    outcome = cli.run(["compile", str(manifest(tmp_path)), "--check"])

    assert outcome.status == 1
    assert "error[HW032]: it is no regular file, or leads to none" in outcome.errors
