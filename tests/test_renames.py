"""Renamed and removed options: what a document becomes, what is said, and until when."""

import timeit
from dataclasses import dataclass
from typing import ClassVar

import pytest
from attrs import fields_dict, frozen

import modules
from compiler.load import load
from compiler.rename import rename
from schema.diagnostics import Diagnostic, Severity
from schema.document import Document
from schema.module import Module
from schema.renames import RENAMES
from schema.renaming import SCHEMA_VERSION, Removed, Rename, Renamed
from tests.renaming import now, plain
from tests.support import GOLDEN, hosts


def read(text: str) -> Document:
    """A manifest as it is loaded."""
    return load("host.yaml", text.encode())


def said(text: str, *table: Rename, version: str = "0.2") -> tuple[Diagnostic, ...]:
    """What is said about a manifest."""
    return rename(read(text), modules.find, table, version)[1]


@dataclass
class Same:
    """Two manifests, of which the first one uses old names."""

    old: str
    new: str
    table: tuple[Rename, ...]


SAME = {
    "in the same section": Same("a: {old: 1}", "a: {new: 1}", (now("a.old", "a.new"),)),
    "at the top": Same("old: [1]", "new: [1]", (now("old", "new"),)),
    "into a section": Same("old: 1\na: {x: 2}", "a: {x: 2, new: 1}", (now("old", "a.new"),)),
    "out of a section": Same("a: {x: 2, old: 1}", "a: {x: 2}\nnew: 1", (now("a.old", "new"),)),
    "into a section without options": Same("old: 1\na:", "a: {new: 1}", (now("old", "a.new"),)),
    "into sections that are not there": Same(
        "a: {x: 2, old: {z: 1}}", "a: {x: 2, b: {c: {z: 1}}}", (now("a.old", "a.b.c"),)
    ),
    "out of a section that goes": Same("a: {old: 1}", "b: {new: 1}", (now("a.old", "b.new"),)),
    "a whole section": Same("a: {x: 1, y: 2}", "b: {x: 1, y: 2}", (now("a", "b"),)),
    "out of a module that stays": Same(
        "modules: {gitea: {old: 1}}",
        "modules: {gitea: {}}\nnew: 1",
        (now("modules.gitea.old", "new"),),
    ),
    "in a list of modules": Same(
        "modules: [ntfy, gitea: {old: 1}]",
        "modules: [ntfy, gitea: {new: 1}]",
        (now("modules.gitea.old", "modules.gitea.new"),),
    ),
    "into a module of a list": Same(
        "old: 1\nmodules: [ntfy, gitea]",
        "modules: [ntfy, gitea: {new: 1}]",
        (now("old", "modules.gitea.new"),),
    ),
    "a module": Same(
        "modules: [gitea, ntfy: {x: 1}]",
        "modules: [forgejo, push: {x: 1}]",
        (now("modules.gitea", "modules.forgejo"), now("modules.ntfy", "modules.push")),
    ),
    "of every dump job": Same(
        "modules: {dump: {one: {cmd: 1}, two: {cmd: 2}}}",
        "modules: {dump: {one: {command: 1}, two: {command: 2}}}",
        (now("modules.dump.*.cmd", "modules.dump.*.command"),),
    ),
    "twice": Same("a: 1", "d: {e: 1}", (now("a", "b.c"), now("b.c", "d.e"))),
    "with its section": Same("a: {x: 1}", "b: {y: 1}", (now("a.x", "a.y"), now("a", "b"))),
    "into a section that has a new name": Same(
        "x: 1\nnew: {y: 2}", "new: {y: 2, z: 1}", (now("x", "old.z"), now("old", "new"))
    ),
    "with its tag": Same("a: !force 1", "b: {c: !force 1}", (now("a", "b.c"),)),
    "with the tag of its section": Same(
        "a: !force {x: 2, old: 1}", "a: !force {x: 2}\nnew: !force 1", (now("a.old", "new"),)
    ),
}


@pytest.mark.parametrize("case", SAME.values(), ids=list(SAME))
def test_old_name_means_the_new_one(case: Same) -> None:
    """After the stage nobody can tell which name was written."""
    document, _ = rename(read(case.old), modules.find, case.table)

    assert plain(document.root) == plain(read(case.new).root)


def test_value_stays_where_it_was_written() -> None:
    """A later complaint about the new name points at the line with the old one."""
    document, _ = rename(read("x: 1\na:\n  old: 2\n"), modules.find, (now("a.old", "b.new"),))

    mark = document.mark(("b", "new"))
    assert (mark.line, mark.column) == (3, 8)
    assert document.mark(("b", "new"), at="key").column == 3


def test_old_name_is_a_warning_for_one_version() -> None:
    """It says the new name, when the old one ends, and what to run."""
    (found,) = said("a: {old: 1}", now("a.old", "a.new"))

    assert (found.code, found.severity) == ("HW036", Severity.WARNING)
    assert found.message == '"a.old" is called "a.new" since 0.2; 0.3 refuses the old name'
    assert found.fix == "run: hostwright fix host.yaml"


@pytest.mark.parametrize("version", ["0.3", "0.10", "1.0"])
def test_old_name_is_an_error_afterwards(version: str) -> None:
    """It is an option that does not exist, and what it is called now is known all the same."""
    (found,) = said("a: {old: 1}", now("a.old", "a.new"), version=version)

    assert (found.code, found.severity) == ("HW012", Severity.ERROR)
    assert found.message == '"a.old" is called "a.new" since 0.2; the old name is gone'


def test_name_that_is_still_to_come_is_not_taken() -> None:
    """A table may be written before its version is out."""
    document = read("a: {old: 1}")

    assert rename(document, modules.find, (now("a.old", "a.new"),), "0.1") == (document, ())


def test_name_that_changed_twice_is_said_once() -> None:
    """With what it is called now, not what it was called in between."""
    found = said("a: 1", now("a", "b.c"), now("b.c", "d.e"))

    assert [one.message.partition(" since")[0] for one in found] == ['"a" is called "d.e"']


def test_old_and_new_name_in_one_file_are_an_error() -> None:
    """Both places are shown, and the new one counts for what else there is to say."""
    (found,) = said("old: 1\nnew: 2", now("old", "new"))

    assert (found.code, found.severity) == ("HW037", Severity.ERROR)
    assert found.mark is not None
    assert found.mark.line == 1
    assert [one.mark.line for one in found.related if one.mark] == [2]


def test_value_in_the_way_is_an_error() -> None:
    """A section that is written as a text cannot take an option."""
    (found,) = said("old: 1\na: text", now("old", "a.new"))

    assert found.code == "HW037"
    assert found.message == '"old" is called "a.new" now, but a is no mapping here'


def test_removed_option_is_an_error_with_its_reason() -> None:
    """And nobody is told that it is unknown, too."""
    removed = Removed("a.old", reason="borg does it", fix="take the line out", since="0.2")

    document, (found,) = rename(read("a: {old: 1, x: 2}"), modules.find, (removed,))

    assert (found.code, found.severity) == ("HW038", Severity.ERROR)
    assert found.message == '"a.old" is gone since 0.2: borg does it'
    assert found.fix == "take the line out"
    assert plain(document.root) == plain(read("a: {x: 2}").root)


def test_module_has_renames_of_its_own() -> None:
    """Their names are relative to the module's options."""

    @frozen(eq=False, repr=False)
    class Wiki(Module):
        renames: ClassVar[tuple[Rename, ...]] = (now("folder", "store.data"),)

    found = {"wiki": Wiki}
    document, (warning,) = rename(read("modules: [wiki: {folder: /w}, x]"), found.get)

    assert warning.path == ("modules", "wiki", "folder")
    assert plain(document.root) == plain(read("modules: [wiki: {store: {data: /w}}, x]").root)


@pytest.mark.parametrize(
    ("old", "new", "since", "until"),
    [
        ("a", "a.b", "0.2", "0.3"),
        ("a.b", "a", "0.2", "0.3"),
        ("a", "a", "0.2", "0.3"),
        ("a..b", "c", "0.2", "0.3"),
        ("a.*", "b", "0.2", "0.3"),
        ("a", "b", "0.2", "0.2"),
        ("a", "b", "v2", "0.3"),
    ],
)
def test_rename_that_makes_no_sense_cannot_be_declared(
    old: str, new: str, since: str, until: str
) -> None:
    """A slip in the table is found when it is written, not when somebody needs it."""
    with pytest.raises(ValueError, match=r"."):
        Renamed(old, new, since=since, until=until)


def test_shipped_table_fits_its_version() -> None:
    """No entry is of a version that is still to come."""
    assert [one for one in RENAMES if one.since > SCHEMA_VERSION] == []


@pytest.mark.parametrize("name", modules.names())
def test_renames_of_a_module_fit_its_options(name: str) -> None:
    """An old name is no option any more, and a new one is."""
    module = modules.find(name)
    assert module is not None
    options = fields_dict(module)

    assert [one for one in module.renames if one.path[0] in options] == []
    new = [one.target[0] for one in module.renames if isinstance(one, Renamed)]
    assert [one for one in new if one not in options] == []


def test_names_that_go_round_come_to_an_end() -> None:
    """A slip in a table is no endless compile."""
    assert len(said("a: 1", now("a", "b"), now("b", "a"))) == 1


def test_document_of_today_is_the_same_object() -> None:
    """Golden hosts use no old name."""
    for host in hosts():
        document = load("host.yaml", (host / "host.yaml").read_bytes())
        assert rename(document, modules.find) == (document, ())


def test_document_of_today_costs_nothing() -> None:
    """A large table is not walked for a manifest that has none of its names."""
    document = load("host.yaml", (GOLDEN / "all-modules" / "host.yaml").read_bytes())
    table = tuple(now(f"old{number}", f"new{number}") for number in range(20))
    times = timeit.repeat(lambda: rename(document, modules.find, table), number=100, repeat=20)

    assert min(times) / 100 < 50e-6
