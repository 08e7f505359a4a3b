"""Corners of merging in which something could be lost unseen: found by trying, and kept."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from compiler import compile_host
from schema.document import Document
from tests.merging import explained, plain, together

BASE = """\
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/etc]
"""


def value(host: str, *profiles: str) -> Any:
    """What a host and its profiles say together."""
    document, problems = together(host, *profiles)
    assert problems == []
    return plain(document.root)


def codes(host: str, *profiles: str) -> list[str]:
    """What is wrong with a host and its profiles."""
    return [one.code for one in together(host, *profiles)[1]]


def written(folder: Path, **files: str) -> tuple[Document, list[str]]:
    """What files say together, `host` being the manifest, and what is wrong with them."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(textwrap.dedent(text))
    document, problems = explained(folder / "host.yaml", is_explained=False)
    return document, [f"{one.code} {one.message}" for one in problems]


def service(**directives: str) -> str:
    """A manifest that sets directives of backup.service."""
    lines = "".join(f"      {name}: {text}\n" for name, text in directives.items())
    return f"units:\n  backup.service:\n    Service:\n{lines}"


def directives(host: str, *profiles: str) -> Any:
    """The directives of backup.service that come of it."""
    return value(host, *profiles)["units"]["backup.service"]["Service"]


def test_fact_that_only_holds_itself_up_is_no_fact(tmp_path: Path) -> None:
    """What was there only for as long as something else was not brings nothing for good."""
    _, problems = written(
        tmp_path,
        host="""\
            tags: [s]
            imports:
              - {path: one.yaml, when: {tags: s}}
              - {path: two.yaml, when: {unless: {tags: a}}}
              - {path: three.yaml, when: {tags: b}}
            """,
        one="tags: [a]",
        two="tags: [b]",
        three="{tags: [b], backup: {mail: b@example.org}}",
    )

    assert problems == [
        "HW029 the conditions cannot be decided: whether b is there hangs on itself"
    ]


def test_conditions_are_tried_only_as_often_as_there_are_some(tmp_path: Path) -> None:
    """Conditions that count in binary would go on for longer than anybody waits."""
    bits = range(24)
    steps = [
        f"- {{path: t{bit}.yaml, when: {{tags: [{', '.join(f't{low}' for low in range(bit))}]"
        f"{', ' if bit else ''}unless: {{tags: t{bit}}}}}}}".replace("tags: [], ", "").replace(
            "tags: []", ""
        )
        for bit in bits
    ]
    (tmp_path / "host.yaml").write_text("imports:\n" + "\n".join(steps))
    for bit in bits:
        (tmp_path / f"t{bit}.yaml").write_text(f"tags: [t{bit}]")

    _, problems = explained(tmp_path / "host.yaml", is_explained=False)

    assert [one.code for one in problems] == ["HW029"]


def test_later_stages_blame_the_definition_that_won(tmp_path: Path) -> None:
    """The place of an option is that of its value, not that of the last one who tried."""
    (tmp_path / "a.yaml").write_text("backup: {home: !force /root}")
    host = tmp_path / "host.yaml"
    host.write_text(BASE + "  home: /home/ok\nimports: [a.yaml]\n")

    (problem,) = compile_host(str(host), host.read_bytes()).diagnostics

    assert (problem.code, Path(problem.file).name) == ("HW023", "a.yaml")


def test_missing_option_is_not_blamed_on_a_file_that_does_not_count(tmp_path: Path) -> None:
    """A profile whose condition is not true has no part in it."""
    (tmp_path / "a.yaml").write_text("modules: {dump: {w: {user: daemon}}}")
    (tmp_path / "b.yaml").write_text("modules: {dump: {w: {command: [/bin/true]}}}")
    host = tmp_path / "host.yaml"
    host.write_text(BASE + "imports: [a.yaml, {path: b.yaml, when: {tags: never}}]\n")

    (problem,) = compile_host(str(host), host.read_bytes()).diagnostics

    assert (problem.code, Path(problem.file).name) == ("HW011", "a.yaml")


def test_module_of_a_list_is_removed_whichever_way_it_is_written() -> None:
    """`- !remove gitea` and `- !remove {gitea: }` are the same."""
    profile = "modules: [gitea, postgresql]"

    assert value("modules: [!remove gitea]", profile) == {"modules": {"postgresql": {}}}
    assert value("modules: [!remove {gitea: }]", profile) == {"modules": {"postgresql": {}}}


def test_tag_of_a_module_in_a_list_goes_for_its_options() -> None:
    """As it does in front of the options themselves."""
    profile = "modules: [!default {postgresql: {timeout: 1h}}]"

    found = value("modules: {postgresql: {timeout: 3h}}", profile)

    assert found == {"modules": {"postgresql": {"timeout": "3h"}}}


def test_module_of_a_list_has_one_tag() -> None:
    """Of two, one would be without effect."""
    assert codes("modules: [!force {gitea: !default {}}]") == ["HW027"]


@pytest.mark.parametrize(
    "when", ["!force {tags: [x]}", "{tags: !force [x]}", "{unless: {tags: [!remove x]}}"]
)
def test_tag_in_a_condition_is_refused(when: str) -> None:
    """A condition is not merged with others, so that a tag would be without effect."""
    assert codes(f"modules: {{gitea: {{when: {when}}}}}") == ["HW027"]


def test_list_of_paths_of_a_unit_is_no_command() -> None:
    """ExecPaths= takes several words for several paths, not for one command."""
    found = directives("tags: [x]", service(ExecPaths="[/usr, /bin]"))

    assert found == {"ExecPaths": ["/usr", "/bin"]}


def test_what_clears_a_directive_is_never_left_out() -> None:
    """Two files that both begin anew both do."""
    host, profile = service(Environment='["", B=2]'), service(Environment='["", A=1]')

    assert directives(host, profile) == {"Environment": ["", "A=1", "", "B=2"]}


def test_command_that_two_files_add_runs_once() -> None:
    """As any item that two files bring stands once."""
    command = service(ExecStartPost="[/bin/true, x]")

    assert directives(command, command) == {"ExecStartPost": [["/bin/true", "x"]]}


def test_last_item_of_a_directive_can_be_removed() -> None:
    """What is left is a directive that nobody sets, not one that is set to nothing."""
    assert directives(service(Environment="[!remove A=1]"), service(Environment="[A=1]")) == {}


def test_forced_jobs_drop_weaker_ones() -> None:
    """As it is with every mapping of names."""
    job = "{user: daemon, command: [/bin/true]}"

    found = value(f"modules: {{dump: !force {{w: {job}}}}}", f"modules: {{dump: {{v: {job}}}}}")

    assert list(found["modules"]["dump"]) == ["w"]


def test_weaker_word_does_not_keep_lists_from_being_joined() -> None:
    """A default of another kind loses, and nothing else happens."""
    profiles = ("all", "[x]", "[z]")
    texts = [f"modules: {{postgresql: {{databases: {one}}}}}" for one in profiles]

    found = value("tags: [x]", texts[0].replace("all", "!default all"), *texts[1:])

    assert found["modules"]["postgresql"] == {"databases": ["x", "z"]}


def test_weaker_null_does_not_keep_sections_from_being_joined() -> None:
    """A default of nothing loses, and the options of the others are merged."""
    texts = ("!default null", "{command: [/bin/x]}", "{needs: {network: true}}")
    profiles = [f"modules: {{dump: {{w: {{restore: {one}}}}}}}" for one in texts]

    found = value("tags: [x]", *profiles)["modules"]["dump"]["w"]["restore"]

    assert found == {"command": ["/bin/x"], "needs": {"network": True}}


@pytest.mark.parametrize(
    ("brought", "removal", "left"),
    [
        ("{exclude: ['*.o']}", "{exclude: [!remove '*.o']}", {"exclude": []}),
        ("{mail: a@example.org}", "{mail: !remove }", {}),
    ],
)
def test_two_profiles_may_remove_the_same(
    tmp_path: Path, brought: str, removal: str, left: dict[str, Any]
) -> None:
    """Each of them has a reason: the file that it imports brings it."""
    document, problems = written(
        tmp_path,
        host="imports: [a.yaml, b.yaml]",
        a=f"{{imports: [base.yaml], backup: {removal}}}",
        b=f"{{imports: [base.yaml], backup: {removal}}}",
        base=f"backup: {brought}",
    )

    assert problems == []
    assert plain(document.root) == {"backup": left}


def test_condition_of_an_importer_is_told_of_what_it_imports(tmp_path: Path) -> None:
    """`explain` says why a file does not count, also when it is an import of an import."""
    (tmp_path / "host.yaml").write_text("imports: [{path: a.yaml, when: {tags: x}}]")
    (tmp_path / "a.yaml").write_text("imports: [b.yaml]")
    (tmp_path / "b.yaml").write_text("backup: {mail: a@example.org}")

    document, _ = explained(tmp_path / "host.yaml")
    (definition,) = document.definitions["backup", "mail"]

    assert (definition.won, definition.when) == (False, "tagged x")


def test_long_list_is_merged_in_time() -> None:
    """A thousand hosts' worth of excludes, some of them removed: no quadratic search."""
    import time

    items = [f"/srv/{number}" for number in range(20_000)]
    profile = f"backup: {{exclude: [{', '.join(items)}]}}"
    host = f"backup: {{exclude: [{', '.join(items[::2])}]}}"
    start = time.process_time()

    assert len(value(host, profile)["backup"]["exclude"]) == len(items)
    assert time.process_time() - start < 10


def test_strongest_of_all_cannot_be_outdone() -> None:
    """The advice is not to write the same number again."""
    (problem,) = together("layout: !override 0 usr", "layout: !override 0 etc")[1]

    assert problem.fix == "there is nothing stronger: take one of them out"
