"""What apt does not take: indices and packages that somebody else has made or changed."""

import lzma
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest
from attrs import frozen

from compiler.repository.keys import key, sign
from compiler.repository.suite import Suite, finish, write
from tests.boot.laboratory import Host, Result
from tests.boot.mirror import Mirror, chrooted, fleet_root, serving
from tests.boot.rollout import KEY, Page
from tests.repositories import Repository, keys, make_key, package
from tests.support import need

pytestmark = pytest.mark.boot

STRANGER = "stranger@example.org"
OLD = "old@example.org"
GOOD, BAD = "1", "99"


@frozen
class Follower:
    """A host, the server, and the folder that it serves."""

    host: Host
    mirror: Mirror
    folder: Path

    def repository(
        self,
        name: str,
        version: str = BAD,
        signer: str = KEY,
        valid_days: str = "0",
        date: int | None = None,
    ) -> Repository:
        """Make a repository with a version of the host's package, and have the host follow it."""
        self.follow(name)
        made = Repository(self.folder / name, date)
        given = package(self.folder / "packages", "web1", version)
        made.add(given, "--valid-days", valid_days, key=signer)
        return made

    def follow(self, name: str) -> None:
        """Have the host follow a folder of the server from now on, as if it were the first."""
        block = Page().block("A host", 0).replace("Suites: stable", "Suites: canary")
        source = block.replace("https://apt.example.org", f"{self.mirror.url}/{name}")
        self.host.run("sh", "-euc", f"{source}\nrm -rf /var/lib/apt/lists/*")

    def update(self) -> Result:
        """Have the host look at the server."""
        return self.host.run("apt-get", "update", check=False)

    def offered(self, name: str = "hostwright-host-web1") -> list[str]:
        """The versions of a package that the host knows of from the server."""
        said = self.host.run("apt-cache", "madison", name).stdout
        return [line.split("|")[1].strip() for line in said.splitlines() if self.mirror.url in line]


@pytest.fixture(scope="module")
def follower(
    root: Path, release: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Follower]:
    """A chroot of a release that believes a key which is good, and one that has expired."""
    del root  # which says why nothing can be booted here
    need("apt-ftparchive", "gpg", "gpgconf")
    folder = tmp_path_factory.mktemp("served")
    with keys(KEY, STRANGER) as home, ExitStack() as stack:
        mirror = stack.enter_context(serving(folder, folder.with_suffix(".log")))
        host = stack.enter_context(chrooted(fleet_root(release), "web1"))
        mirror.join(host, 0)
        (home / "gpg.conf").write_text("faked-system-time 20200101T120000\n")
        make_key(OLD, expires="1d")
        expired = key(OLD).fingerprint
        believed = gpg("--armor", "--export", KEY, OLD)
        (home / "gpg.conf").unlink()
        gpg("--batch", "--quick-set-expire", expired, "never")
        host.write("/etc/apt/keyrings/hostwright.asc", believed)
        yield Follower(host, mirror, folder)


def gpg(*words: str) -> str:
    """Run gpg, and give what it prints."""
    done = subprocess.run(["gpg", *words], check=True, capture_output=True, encoding="utf-8")
    return done.stdout


def changed_index(follower: Follower) -> None:
    """Somebody has put a version into the index, and left the signature as it is."""
    made = follower.repository("index", GOOD)
    put_in(made, made.path("canary", "main/binary-all"))


def put_in(made: Repository, folder: Path) -> None:
    """Put a version into an index, under every name that it has."""
    plain = (folder / "Packages").read_bytes()
    forged = {plain: plain.replace(b"Version: 1\n", b"Version: 99\n")}
    packed = (folder / "Packages.xz").read_bytes()
    forged[packed] = lzma.compress(forged[plain])
    for file in (path for path in made.folder.rglob("dists/*/main/**/*") if path.is_file()):
        file.write_bytes(forged[file.read_bytes()])


def changed_release(follower: Follower) -> None:
    """Somebody has changed the index, and its digests in what is signed."""
    made = follower.repository("release", GOOD)
    folder = made.path("canary", "main/binary-all")
    before = {name: (folder / name).read_bytes() for name in ("Packages", "Packages.xz")}
    put_in(made, folder)
    for name in ("InRelease", "Release"):
        text = made.path("canary", name).read_text()
        for index, content in before.items():
            forged = (folder / index).read_bytes()
            old = f"{sha256(content).hexdigest()} {len(content)}"
            text = text.replace(old, f"{sha256(forged).hexdigest()} {len(forged)}")
        made.path("canary", name).write_text(text)
    shutil.rmtree(folder / "by-hash")


def foreign_key(follower: Follower) -> None:
    """Somebody else has made a whole repository, in good order."""
    follower.repository("foreign", signer=STRANGER)


def expired_key(follower: Follower) -> None:
    """The key was extended in time, and the host has been forgotten."""
    follower.repository("expired", signer=OLD)


def long_ago(follower: Follower) -> None:
    """What was signed once is shown for ever."""
    follower.repository("old", valid_days="1", date=1_600_000_000)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (changed_index, "Hash Sum mismatch|unexpected size"),
        (changed_release, "BADSIG|Message has been manipulated"),
        (foreign_key, "NO_PUBKEY|Missing key"),
        (expired_key, "EXPKEYSIG|not live"),
        (long_ago, "is not valid anymore|is expired"),
    ],
)
def test_it_is_refused(follower: Follower, make: Callable[[Follower], None], said: str) -> None:
    """With a reason, and the host knows of no version by it."""
    make(follower)

    done = follower.update()

    assert done.returncode == 100
    assert re.search(said, done.stdout + done.stderr), done.stdout + done.stderr
    assert follower.offered() == []


def test_what_is_good_is_taken(follower: Follower) -> None:
    """So that the refusals are of what is bad."""
    follower.repository("good", GOOD)

    assert follower.update().returncode == 0
    assert follower.offered() == [GOOD]


def test_what_was_good_stays(follower: Follower) -> None:
    """Until there is something later that is good."""
    made = follower.repository("later", GOOD)
    follower.update()
    made.add(package(follower.folder / "packages", "web1", BAD, "b"), key=STRANGER)

    follower.update()
    assert follower.offered() == [GOOD]

    made.sign()
    follower.update()
    assert follower.offered() == [BAD, GOOD]


def test_nothing_but_hosts_packages_is_taken(follower: Follower) -> None:
    """Not even with a good signature: by the pins of the page."""
    made = follower.repository("more", GOOD)
    index = made.path("canary", "main/binary-all/Packages").read_text()
    more = index + index.replace("hostwright-host-web1", "borgbackup").replace(": 1\n", ": 99\n")
    folder = str(made.folder / "dists/more")
    write(str(made.folder), folder, Suite("canary", date=int(time.time())), more)
    sign(folder, key(KEY))
    finish(folder, int(time.time()))
    shutil.rmtree(made.path("canary", ""))
    shutil.move(folder, made.folder / "dists/canary")
    follower.host.run("sh", "-euc", Page().block("A host", 2))

    assert follower.update().returncode == 0
    assert follower.offered("borgbackup") == ["99"]
    policy = follower.host.run("apt-cache", "policy", "borgbackup", "hostwright-host-web1").stdout
    assert re.findall(r"Candidate: (.*)", policy)[1:] == [GOOD]
    assert not re.search("Candidate: 99$", policy, re.MULTILINE)
