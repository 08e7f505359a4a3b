"""`hostwright options`: what each option is, in the terminal."""

from pathlib import Path

import pytest

import modules
from compiler.cli import run
from compiler.reference.search import every_section, search
from compiler.reference.sections import Entry

EVERY = [".".join(entry.path) for section in every_section(modules) for entry in section.entries]

MODULE = '''\
"""Redis: a copy of its file."""

from collections.abc import Iterator

from attrs import frozen

from schema.module import Host, Module
from schema.option import option
from schema.resources import Archive, Resource
from schema.scalars import AbsolutePath


@frozen
class Redis(Module):
    """A server."""

    file: AbsolutePath = option(default=AbsolutePath("/var/lib/redis/dump.rdb"), help="its file")

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Archive(self.file, "its data")
'''


def options(*words: str) -> str:
    """What the verb prints."""
    outcome = run(["options", *words])
    assert (outcome.status, outcome.errors) == (0, "")
    return outcome.text


def test_every_option_has_a_line_with_its_type_and_default() -> None:
    """One line each, to be searched."""
    lines = options().splitlines()

    assert [line.split(" ")[0] for line in lines if line] == EVERY
    assert "backup.keep.daily    a whole number from 0 to 100000 (0)" in lines


@pytest.mark.parametrize("name", ["", "backup.chunker_params", "modules", "dump", "gitea", "units"])
def test_text_is_at_most_80_columns_wide(name: str) -> None:
    """A terminal of the usual width breaks no line."""
    assert [line for line in options(*name.split()).splitlines() if len(line) > 80] == []


def test_option_is_described() -> None:
    """Type, default, example, help, how definitions merge, since when, and what is below."""
    assert (
        options("backup.keep")
        == """\
backup.keep

which archives prune keeps (replaces the default as a whole)

  type      options
  default   {daily: 30, weekly: 12, monthly: 12}
  example   {daily: 14, monthly: 6}
  merging   never mixed: the strongest definition is taken as a whole, and
            definitions of the same strength must say the same
  since     0.1

backup.keep.within   an age such as 7d (null)
backup.keep.hourly   a whole number from 0 to 100000 (0)
backup.keep.daily    a whole number from 0 to 100000 (0)
backup.keep.weekly   a whole number from 0 to 100000 (0)
backup.keep.monthly  a whole number from 0 to 100000 (0)
backup.keep.yearly   a whole number from 0 to 100000 (0)
"""
    )


@pytest.mark.parametrize("name", EVERY)
def test_every_option_is_found_by_its_name(name: str) -> None:
    """As the list writes it, with JOB and N for names and numbers."""
    found = search(name, modules)

    assert isinstance(found, Entry)
    assert ".".join(found.path) == name


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("postgresql.databases", "modules.postgresql.databases"),
        ("modules.dump.wiki.user", "modules.dump.JOB.user"),
        ("dump.wiki", "modules.dump.JOB"),
        ("dump.wiki.restore.needs.write.0", "modules.dump.JOB.restore.needs.write"),
        ("imports.0.when.tags", "imports.N.when.tags"),
        ("imports.path", "imports.N.path"),
        ("backup.paths.3", "backup.paths"),
        ("units.backup.service.Service.Nice", "units"),
        ("gitea", "modules.gitea"),
        ("modules.gitea.when.unless.host", "modules.gitea.when.unless.host"),
    ],
)
def test_option_is_found_by_a_name_of_a_manifest(name: str, path: str) -> None:
    """With names of one's own, or without `modules.`."""
    assert options(name).splitlines()[0] == path


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("keep", 'did you mean "backup.keep"?'),
        ("backup.kep", 'did you mean "backup.keep"?'),
        ("postgres", 'did you mean "modules.postgresql"?'),
        ("modules.gitea.usr", 'did you mean "modules.gitea.user"?'),
        ("backup.keep.daily.x", 'did you mean "backup.keep.daily"?'),
        ("nonsense", "`hostwright options` lists them"),
        ("", "`hostwright options` lists them"),
        ("..", "`hostwright options` lists them"),
        ("modules.", "did you mean"),
        ("modules.os", 'did you mean "modules"?'),
    ],
)
def test_unknown_option_is_refused_with_a_hint(name: str, hint: str) -> None:
    """A slip of the keyboard costs no search."""
    outcome = run(["options", name])

    assert (outcome.text, outcome.status) == ("", 2)
    assert hint in outcome.errors


def test_several_options_are_described_one_after_the_other() -> None:
    """In the order in which they were asked for."""
    text = options("backup.mail", "backup.home")

    assert text == options("backup.mail") + "\n" + options("backup.home")


def test_module_of_ones_own_is_described(tmp_path: Path) -> None:
    """Found in the folder that is named, documented as ours are."""
    (tmp_path / "redis.py").write_text(MODULE)
    text = options("--modules", str(tmp_path), "redis")

    assert text.startswith("modules.redis\n\nRedis: a copy of its file.\n")
    assert "modules.redis.file    an absolute path (/var/lib/redis/dump.rdb)\n" in text


@pytest.mark.parametrize("verb", ["options", "schema"])
def test_broken_module_of_ones_own_is_reported(verb: str, tmp_path: Path) -> None:
    """With its file and line, and without a traceback."""
    (tmp_path / "redis.py").write_text("x = (\n")
    outcome = run([verb, "--modules", str(tmp_path)])

    assert (outcome.text, outcome.status) == ("", 1)
    assert "redis.py:1:" in outcome.errors
    assert "error[HW033]" in outcome.errors


def test_schema_knows_a_module_of_ones_own(tmp_path: Path) -> None:
    """An editor completes it as it does ours."""
    (tmp_path / "redis.py").write_text(MODULE)

    assert '"#/$defs/redis.Redis"' in run(["schema", "--modules", str(tmp_path)]).text
