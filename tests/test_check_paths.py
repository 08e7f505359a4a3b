"""Rules about paths: what borg reads, leaves out and takes for its own.

What they refuse, and how they say it, stands in golden/rejected; here are the near misses.
"""

import pytest

from tests.manifests import SERVER, codes, job, manifest


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        (manifest('exclude: ["pp:/srv/vault"]', repository="/srv/vault", paths="[/srv]"), []),
        (manifest('exclude: ["sh:/srv/vau*"]', repository="/srv/vault", paths="[/srv]"), []),
        (manifest(repository="/srv/vault", paths="[/srv/vaults]"), []),
        (manifest(repository="/srv/vault", paths="[/srv]"), ["HW057"]),
    ],
)
def test_repository_may_lie_in_a_path_that_excludes_it(text: str, reported: list[str]) -> None:
    """What borg leaves out is not archived again and again."""
    assert codes(text) == reported


@pytest.mark.parametrize(
    ("pattern", "reported"),
    [
        ("pp:/var/lib/postgresql", []),
        ("sh:/var/lib/p*", []),
        ("pp:/var/lib/postgresql/15", ["HW058"]),
        ("pf:/var/lib/mysql", ["HW058"]),
    ],
)
def test_live_files_may_lie_in_a_path_that_excludes_them(pattern: str, reported: list[str]) -> None:
    """Only a copy that could be taken for a backup is worth a warning."""
    text = manifest(f'exclude: ["{pattern}"]', paths="[/var/lib]", modules="[postgresql]")

    assert codes(text) == reported


def test_root_may_be_archived_without_what_the_kernel_makes_up() -> None:
    """A whole host is a fair thing to back up."""
    exclude = 'exclude: ["pp:/dev", "pp:/proc", "pp:/run", "pp:/sys", "pp:/mnt"]'

    assert codes(manifest(exclude, paths="[/]")) == []


@pytest.mark.parametrize(
    ("pattern", "reported"),
    [
        ("*.dumps", []),
        ("pp:/backups", []),
        ("pf:/backup/wik", []),
        ("sh:*/wiki.dump", []),
        ("sh:/backup", ["HW054"]),
        ("pf:/backup/wiki", ["HW054"]),
        ("fm:*/wiki.d?mp", ["HW054"]),
    ],
)
def test_exclude_is_refused_only_if_it_takes_out_a_dump(pattern: str, reported: list[str]) -> None:
    """What a pattern takes out is what borg takes out (test_patterns)."""
    assert codes(manifest(f'exclude: ["{pattern}"]', modules=job(""))) == reported


@pytest.mark.parametrize(
    ("repository", "home", "reported"),
    [
        ("/home/borg/web1", "/home/borg", []),
        ("/var/lib/borg", "/srv/borg", []),
        ("/mnt/usb", "/var/borg", []),
        ("/srv", "/home/borg", ["HW023"]),
        ("/bin/borg", "/home/borg", ["HW023"]),
        ("/etc/credstore/borg-passphrase", "/home/borg", ["HW023", "HW057"]),
        ("/mnt/vault", "/mnt/vault/home", ["HW023"]),
        ("/mnt/vault", "/run/borg", ["HW023"]),
        ("/home/borg", "/home/borg", ["HW050"]),
        (SERVER, "/opt", ["HW023"]),
    ],
)
def test_borg_takes_no_folder_of_others(repository: str, home: str, reported: list[str]) -> None:
    """The repository and borg's home are made borg's own, so they must be nobody else's."""
    ssh = ["ssh_key: /etc/credstore/ssh", "trust_on_first_use: true"] if ":" in repository else []

    assert codes(manifest(*ssh, f"home: {home}", repository=repository)) == reported


@pytest.mark.parametrize(
    ("paths", "reported"),
    [
        ("[/library, /var/spool, /a~b, '/srv/[abc]']", []),
        ("[/sbin/]", ["HW063"]),
        ("[/var/run/postgresql]", ["HW063"]),
        ("[/srv/web?]", ["HW064"]),
        ("[/~borg]", ["HW064"]),
    ],
)
def test_path_is_taken_by_the_letter(paths: str, reported: list[str]) -> None:
    """Where borg follows or expands nothing, the manifest must not look as if it did."""
    assert codes(manifest(paths=paths)) == reported


@pytest.mark.parametrize(
    ("pattern", "reported"),
    [
        ("sh:/srv/[!.]*", []),
        ("sh:/srv/[!a-z]*", []),
        ("/srv/*/*.pyc", []),
        ("re:^srv/[a-z]+$", []),
        ("*", ["HW059"]),
        ("/srv/*", ["HW059"]),
        ("sh:**", ["HW059"]),
        ("re:^srv/", ["HW059"]),
    ],
)
def test_exclude_leaves_something_of_a_path(pattern: str, reported: list[str]) -> None:
    """A path of which nothing is archived stands in the manifest by mistake."""
    assert codes(manifest(f'exclude: ["{pattern}"]', paths="[/srv]")) == reported
