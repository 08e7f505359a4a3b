"""Tree -> .deb: dpkg-deb finds in it exactly the tree, and what Debian's policy asks for."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from compiler.deb.archive import Member, archive, tar
from schema.tree import Link
from tests.packages import DATE, EPOCH, HOSTS, field, package_from, package_of, source_of, unpacked
from tests.support import need, tree_of

every_host = pytest.mark.parametrize("host", HOSTS)

MANIFEST = """\
host: {host}
target: debian-12
backup: {{repository: /mnt/vault, passphrase: /etc/credstore/borg, paths: [/etc]{backup}}}
{more}
"""


@pytest.fixture(autouse=True)
def _tools() -> None:
    need("dpkg-deb")


@every_host
def test_a_package_holds_exactly_the_tree_and_its_documents(host: str, tmp_path: Path) -> None:
    """Every file, link and mode of the tree; besides, only what lies in /usr/share."""
    found = unpacked(package_of(host), tmp_path)
    for path, entry in tree_of(host).items():
        member = found.pop(path)
        if isinstance(entry, Link):
            assert (member.issym(), member.linkname) == (True, entry.target)
        else:
            assert member.pax_headers["content"] == entry.text.encode().decode("latin-1")
            assert member.mode == entry.mode
    files = {path for path, member in found.items() if not member.isdir()}
    assert {path for path in files if not path.startswith("usr/share/")} == set()


@every_host
def test_everything_in_a_package_belongs_to_root_and_has_the_epochs_date(
    host: str, tmp_path: Path
) -> None:
    """Whoever made it, whenever: no name, number or time of that machine is in it."""
    members = unpacked(package_of(host), tmp_path) | unpacked(
        package_of(host), tmp_path, "--ctrl-tarfile"
    )
    assert {(one.uid, one.gid, one.uname, one.gname, one.mtime) for one in members.values()} == {
        (0, 0, "root", "root", EPOCH)
    }
    assert {one.mode for one in members.values() if one.isdir()} == {0o755}


@every_host
def test_md5sums_are_those_of_all_files(host: str, tmp_path: Path) -> None:
    """`dpkg --verify` has something to compare with."""
    files = unpacked(package_of(host), tmp_path)
    sums = unpacked(package_of(host), tmp_path, "--ctrl-tarfile")["md5sums"].pax_headers["content"]
    listed = dict(reversed(line.split("  ", 1)) for line in sums.splitlines())
    assert listed == {
        path: hashlib.md5(one.pax_headers["content"].encode("latin-1")).hexdigest()  # noqa: S324
        for path, one in files.items()
        if one.isreg()
    }


@every_host
def test_preinst_has_all_units_and_dropins(host: str, tmp_path: Path) -> None:
    """units.tar is what systemd reads before anything is unpacked."""
    control = unpacked(package_of(host), tmp_path, "--ctrl-tarfile")
    content = control["units.tar"].pax_headers["content"].encode("latin-1")
    with tarfile.open(fileobj=io.BytesIO(content)) as units:
        names = {one.name.removeprefix("./") for one in units if one.isreg()}
    folder = "usr/lib/systemd/system/"
    assert names == {
        path.removeprefix(folder)
        for path, entry in tree_of(host).items()
        if path.startswith(folder) and not isinstance(entry, Link)
    }


def test_a_package_says_which_tree_it_is(tmp_path: Path) -> None:
    """Its name, version, digest and relations to the packages of other hosts."""
    made, digest = package_of("minimal"), tree_of("minimal").digest
    assert made.file == f"hostwright-host-minimal_{DATE}+{digest[:12]}_all.deb"
    assert field(made, tmp_path, "Package") == "hostwright-host-minimal"
    assert field(made, tmp_path, "Version") == f"{DATE}+{digest[:12]}"
    assert field(made, tmp_path, "Architecture") == "all"
    assert field(made, tmp_path, "Hostwright-Tree") == f"sha256:{digest}"
    assert field(made, tmp_path, "Provides") == "hostwright-host"
    assert field(made, tmp_path, "Conflicts") == "hostwright-host"


def test_a_package_records_what_it_was_made_from(tmp_path: Path) -> None:
    """Manifest, tree and compiler, in /usr/share/doc."""
    record = unpacked(package_of("minimal"), tmp_path)[
        "usr/share/doc/hostwright-host-minimal/buildinfo"
    ]
    said = dict(line.split(": ", 1) for line in record.pax_headers["content"].splitlines())
    source = source_of("minimal")
    assert said["Tree"] == f"sha256:{tree_of('minimal').digest}"
    assert said["Manifest"] == f"sha256:{source.manifest_digest}"
    assert said["Compiler"] == "hostwright 0.3.0"


@pytest.mark.parametrize(
    ("backup", "more", "maintainer"),
    [
        ("", "", "Administrators of web1 <hostwright@web1.invalid>"),
        (", mail: root", "", "Administrators of web1 <hostwright@web1.invalid>"),
        (", mail: ops@example.org", "", "Administrators of web1 <ops@example.org>"),
        (", mail: root", "package: {maintainer: O. <o@example.org>}", "O. <o@example.org>"),
    ],
)
def test_who_answers_for_a_package(backup: str, more: str, maintainer: str, tmp_path: Path) -> None:
    """The one named, else who gets the mail, else an address that leads nowhere."""
    made = package_from(MANIFEST.format(host="web1", backup=backup, more=more))
    assert field(made, tmp_path, "Maintainer") == maintainer


@pytest.mark.parametrize("size", [0, 1, 2, 511, 512, 513])
def test_a_file_of_any_length_is_unpacked_whole(size: int, tmp_path: Path) -> None:
    """The parts of an archive begin at even places, and blocks of tar are filled up."""
    content = b"x" * size
    control = Member("control", 0o644, b"Package: x\nVersion: 1\nArchitecture: all\n")
    made = archive([control], [Member("a/b", 0o640, content)], EPOCH)
    (tmp_path / "x.deb").write_bytes(made)
    with tarfile.open(fileobj=io.BytesIO(_data(tmp_path / "x.deb"))) as found:
        member = found.getmember("./a/b")
        file = found.extractfile(member)
        assert file is not None
        assert (file.read(), member.mode) == (content, 0o640)


def test_a_path_of_any_length_is_unpacked_whole(tmp_path: Path) -> None:
    """Tar's own names end at 100 bytes."""
    path = "/".join(["a" * 60] * 4)
    control = Member("control", 0o644, b"Package: x\nVersion: 1\nArchitecture: all\n")
    (tmp_path / "x.deb").write_bytes(archive([control], [Member(path, 0o644, b"here")], EPOCH))
    with tarfile.open(fileobj=io.BytesIO(_data(tmp_path / "x.deb"))) as found:
        assert f"./{path}" in found.getnames()


def test_a_path_is_written_in_utf8_whatever_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's tarfile would write it as the file names of the machine that it runs on."""
    monkeypatch.setattr(tarfile.TarFile, "encoding", "ascii")
    assert "./Größe".encode() in tar([Member("Größe", 0o644)], EPOCH)


def _data(file: Path) -> bytes:
    import subprocess

    words = ["dpkg-deb", "--fsys-tarfile", str(file)]
    return subprocess.run(words, check=True, capture_output=True).stdout
