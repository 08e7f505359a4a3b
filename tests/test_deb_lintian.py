"""lintian, Debian's own judge of packages, has nothing against those of the golden hosts."""

import subprocess
from pathlib import Path

from tests.packages import package_of, unpacked
from tests.support import need

HOSTS = ("all-modules", "hostile")
"""What a package can have in it, and the longest names; lintian takes its time for each."""


def test_lintian_finds_nothing(tmp_path: Path) -> None:
    """No error and no warning, in any of them."""
    need("lintian")
    for host in HOSTS:
        made = package_of(host)
        (tmp_path / made.file).write_bytes(made.content)
    words = ["lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0"]
    done = subprocess.run(
        [*words, *sorted(map(str, tmp_path.iterdir()))], check=False, capture_output=True, text=True
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


def test_every_override_has_a_reason(tmp_path: Path) -> None:
    """A comment of at least a line stands before each."""
    files = unpacked(package_of("minimal"), tmp_path)
    file = files["usr/share/lintian/overrides/hostwright-host-minimal"]
    lines = file.pax_headers["content"].splitlines()
    reasons, overrides = lines[::2], lines[1::2]
    assert all(line.startswith("# ") and line.endswith(".") for line in reasons)
    assert all(line.startswith("hostwright-host-minimal: ") for line in overrides)
    assert len(reasons) == len(overrides) > 0
