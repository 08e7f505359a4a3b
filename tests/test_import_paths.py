"""What the path of an import means: a file or a folder, seen from where its file really lies."""

from pathlib import Path

import pytest

from tests.collecting import collected, messages, write


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the test works in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_file_under_two_names_comes_once(shop: Path) -> None:
    """A link to a profile is that profile."""
    write(shop, host="imports: [a.yaml, b.yaml]", a="{}")
    (shop / "b.yaml").symlink_to("a.yaml")

    assert collected() == (["a.yaml", "host.yaml"], [])


def test_path_begins_at_the_importing_file(shop: Path) -> None:
    """Wherever the compiler was started; a report shows the path from there."""
    write(shop, hosts_web1="imports: [../profiles/web.yaml]", profiles_web="imports: [base.yaml]")
    write(shop, profiles_base="{}")

    assert collected("hosts/web1.yaml") == (
        ["profiles/base.yaml", "profiles/web.yaml", "hosts/web1.yaml"],
        [],
    )


def test_folder_stands_for_its_files_in_the_order_of_their_names(shop: Path) -> None:
    """Hidden files, and those that are no YAML, are none of them."""
    write(shop, host="imports: [conf]", conf_b="{}", conf_a="{}")
    (shop / "conf" / ".hidden.yaml").write_text("no: yaml: at all")
    (shop / "conf" / "README.md").write_text("read me")

    assert collected() == (["conf/a.yaml", "conf/b.yaml", "host.yaml"], [])


@pytest.mark.parametrize("name", ["b.yml", "b.Yml", "b.Yaml", "b.YAML"])
def test_file_of_a_folder_is_not_left_out_for_its_ending(shop: Path, name: str) -> None:
    """Somebody who writes .yml means it to be imported."""
    write(shop, host="imports: [conf]", conf_a="{}")
    (shop / "conf" / name).write_text("{}")

    (message,) = messages(collected()[1])

    assert message == (
        f"HW026 cannot import conf: {name} would be left out: "
        "rename it, files to import end in .yaml"
    )


@pytest.mark.parametrize("name", ["db", "db.yaml"])
def test_folder_in_a_folder_is_not_left_out_unseen(shop: Path, name: str) -> None:
    """A hidden one is none of them."""
    write(shop, host="imports: [conf]", conf_a="{}")
    (shop / "conf" / name).mkdir()
    (shop / "conf" / ".git").mkdir()

    (message,) = messages(collected()[1])

    assert message == (
        f"HW026 cannot import conf: the folder {name} in it would be left out: "
        "import it by its own line"
    )


def test_file_of_a_folder_that_cannot_be_read_is_named(shop: Path) -> None:
    """And the files behind it are looked at nevertheless."""
    write(shop, host="imports: [conf]", conf_a="{}", conf_c="x: [")
    (shop / "conf" / "b.yaml").symlink_to("nowhere")

    found, problems = collected()

    assert found == ["conf/a.yaml", "host.yaml"]
    assert [one.code for one in problems] == ["HW026", "HW004"]
    assert problems[0].message == "cannot import conf/b.yaml: No such file or directory"


@pytest.mark.parametrize("order", [("x/a.yaml", "y/a.yaml"), ("y/a.yaml", "x/a.yaml")])
def test_path_begins_where_the_importing_file_really_lies(
    shop: Path, order: tuple[str, str]
) -> None:
    """A link to a profile brings what the profile brings, whichever name comes first."""
    write(shop, host=f"imports: [{', '.join(order)}]", y_a="imports: [b.yaml]", y_b="{}", x_b="{}")
    (shop / "x" / "a.yaml").symlink_to("../y/a.yaml")

    assert collected() == (["y/b.yaml", order[0], "host.yaml"], [])


def test_path_goes_up_from_the_folder_behind_a_link(shop: Path) -> None:
    """As the system does: `cat hosts/../profiles/a.yaml` prints that file."""
    write(shop, real_hosts_h="imports: [../profiles/a.yaml]")
    write(shop, real_profiles_a="{}", profiles_a="{}")
    (shop / "hosts").symlink_to("real/hosts")

    assert collected("hosts/h.yaml") == (["real/profiles/a.yaml", "hosts/h.yaml"], [])


def test_manifest_named_from_the_root_names_its_profiles_so(shop: Path) -> None:
    """Also where a link makes the short name another file's."""
    write(shop, real_hosts_h="imports: [../profiles/a.yaml]", real_profiles_a="{}")
    (shop / "hosts").symlink_to("real/hosts")

    found, _ = collected(str(shop / "hosts" / "h.yaml"))

    assert found[0] == str(shop / "real" / "profiles" / "a.yaml")


def test_file_is_found_behind_a_linked_folder(shop: Path) -> None:
    """The report keeps the short name that was written."""
    write(shop, host="imports: [profiles/a.yaml]", shared_a="{}")
    (shop / "profiles").symlink_to("shared")

    assert collected() == (["profiles/a.yaml", "host.yaml"], [])
