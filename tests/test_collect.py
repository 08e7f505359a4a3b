"""Imports: in their order, each file once, and none left out unseen."""

from pathlib import Path

import pytest

from compiler import compile_host
from compiler.collect import collect
from compiler.load import load
from compiler.profiles import Profiles
from tests.collecting import collected, messages, write

HOST = """\
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the test works in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_file_comes_behind_what_it_imports(shop: Path) -> None:
    """The host's own manifest is the last one, and so the closest to the host."""
    write(shop, host="imports: [a.yaml, b.yaml]", a="imports: [c.yaml]", b="{}", c="{}")

    assert collected() == (["c.yaml", "a.yaml", "b.yaml", "host.yaml"], [])


def test_file_that_two_import_comes_once(shop: Path) -> None:
    """A diamond is no repetition."""
    write(shop, host="imports: [a.yaml, b.yaml]", a="imports: [c.yaml]", b="imports: [c.yaml]")
    write(shop, c="{}")

    assert collected() == (["c.yaml", "a.yaml", "b.yaml", "host.yaml"], [])


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "null\n"])
def test_profile_without_a_word_is_refused(shop: Path, text: str) -> None:
    """It needs no host, so the advice is another one than for a manifest; {} is fine."""
    write(shop, host="imports: [a.yaml]", a=text)

    (problem,) = collected()[1]

    assert (problem.code, problem.message, problem.fix, problem.file) == (
        "HW009",
        "the imported file is empty",
        "take it out of the imports, or write what it brings",
        "a.yaml",
    )


def test_profile_that_is_a_list_is_refused(shop: Path) -> None:
    """The advice speaks of no host and no target, which a profile has not."""
    write(shop, host="imports: [a.yaml]", a="- backup")

    (problem,) = collected()[1]

    assert (problem.code, problem.message, problem.fix) == (
        "HW010",
        "the imported file is a list, not a mapping",
        'write what it brings, such as "backup: ...", at the left margin',
    )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere.yaml", "cannot import nowhere.yaml: No such file or directory"),
        ("empty", "cannot import empty: the folder has no file that ends in .yaml"),
        ("/etc/base.yaml", "the import /etc/base.yaml does not begin at the importing file"),
        ("~/base.yaml", "the import ~/base.yaml does not begin at the importing file"),
        ('""', "an import has no path"),
        ("pipe", "cannot import pipe: it is no regular file"),
        ('"a\\0b"', "cannot import a\0b: embedded null byte"),
    ],
)
def test_import_that_cannot_be_read_is_an_error(shop: Path, path: str, message: str) -> None:
    """A profile that is left out takes its paths out of the backup."""
    import os

    (shop / "empty").mkdir()
    os.mkfifo(shop / "pipe")
    write(shop, host=f"imports: [{path}]")

    assert messages(collected()[1]) == [f"HW026 {message}"]


def test_circle_is_shown_step_by_step(shop: Path) -> None:
    """The report names every file of it, and where each is imported."""
    write(shop, host="imports: [a.yaml]", a="imports:\n  - b.yaml", b="imports: [a.yaml]")

    (problem,) = collected()[1]

    assert problem.message == "imports go round in a circle: a.yaml -> b.yaml -> a.yaml"
    assert problem.mark is not None
    assert (problem.mark.file, problem.mark.line, problem.mark.column) == ("b.yaml", 1, 11)
    assert [(one.message, one.mark and one.mark.line) for one in problem.related] == [
        ("b.yaml is imported here", 2)
    ]


def test_host_that_imports_itself_is_a_circle(shop: Path) -> None:
    """Also when it lies in the folder that it imports."""
    write(shop, host="imports: [.]", base="{}")

    assert messages(collected()[1]) == [
        "HW025 imports go round in a circle: host.yaml -> host.yaml"
    ]


def test_every_problem_of_every_file_is_found_at_once(shop: Path) -> None:
    """Nobody mends one profile at a time."""
    write(shop, host="imports: [a.yaml, b.yaml, nowhere.yaml]", a="x: [", b="y: 1\ny: 2")

    assert [one.code for one in collected()[1]] == ["HW004", "HW005", "HW026"]


def test_long_chain_is_compiled(shop: Path) -> None:
    """However deep the files lie: no recursion, and so no traceback."""
    for number in range(900):
        write(shop, **{f"p{number}": f"imports: [p{number + 1}.yaml]"})
    write(shop, host=f"imports: [p0.yaml]\n{HOST}", p900="backup: {paths: [/srv]}")

    assert compile_host("host.yaml", Path("host.yaml").read_bytes()).diagnostics == ()


@pytest.mark.parametrize("first", [0, 990])
def test_files_without_end_are_cut_off(shop: Path, first: int) -> None:
    """A limit for imports that a program wrote, whichever of them comes first."""
    for number in range(1000):
        write(shop, **{f"p{number}": f"imports: [p{number + 1}.yaml]"})
    write(shop, host=f"imports: [p{first}.yaml, p0.yaml]", p1000="{}")

    assert messages(collected()[1]) == ["HW026 the manifest is made of more than 1000 files"]


@pytest.mark.parametrize("tag", ["!force", "!remove", "!before", "!force []", "[!remove a.yaml]"])
@pytest.mark.parametrize("key", ["imports", "module_path"])
def test_tag_on_what_is_about_a_file_is_refused(shop: Path, key: str, tag: str) -> None:
    """Neither is merged with that of other files; also with nothing behind the tag."""
    write(shop, host=f"{key}: {tag}", a="{}")

    assert [one.code for one in collected()[1]] == ["HW027"]


def test_tag_on_the_folders_of_a_profile_is_refused(shop: Path) -> None:
    """The report shows the profile's line."""
    write(shop, host="imports: [a.yaml]", a="x: y\nmodule_path: !force [modules]")

    (problem,) = collected()[1]

    assert problem.message == (
        "!force has no meaning here: every folder that a file names is looked at"
    )
    assert problem.mark is not None
    assert (problem.mark.file, problem.mark.line) == ("a.yaml", 2)


@pytest.mark.parametrize(
    ("imports", "code"),
    [
        ("base.yaml", "HW013"),
        ("[7]", "HW013"),
        ("[{when: {host: a}}]", "HW011"),
        ("[{path: base.yaml, wehn: {host: a}}]", "HW012"),
        ("[{path: [base.yaml]}]", "HW013"),
    ],
)
def test_import_of_another_form_is_an_error(shop: Path, imports: str, code: str) -> None:
    """An import is a path, or a path and a condition."""
    write(shop, host=f"imports: {imports}", base="{}")

    assert [one.code for one in collected()[1]] == [code]


def test_profile_is_read_once_for_many_hosts(shop: Path) -> None:
    """A fleet of a thousand hosts reads its base profile once."""
    write(shop, a="imports: [base.yaml]", b="imports: [base.yaml]", base="{}")
    profiles = Profiles()

    found = [
        collect(load(name, (shop / name).read_bytes()), profiles)[0].documents[0]
        for name in ("a.yaml", "b.yaml")
    ]

    assert found[0] is found[1]


def test_manifest_without_imports_costs_no_look_at_the_disk(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most hosts have one file, and a compile is to be quick."""
    write(shop, host="backup: {paths: !force [/etc]}")
    content = (shop / "host.yaml").read_bytes()
    monkeypatch.setattr("os.stat", None)
    monkeypatch.setattr("os.lstat", None)

    sources, problems = collect(load("host.yaml", content), Profiles())

    assert (len(sources.documents), problems) == (1, [])
