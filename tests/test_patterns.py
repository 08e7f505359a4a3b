"""Exclude patterns: what `schema.patterns` says they take out is what borg takes out."""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from schema.patterns import matches
from tests.support import need

pytestmark = pytest.mark.xdist_group("patterns")  # borg runs once for all of them

FILES = (
    "srv/www/index.html",
    "srv/www/cache/page.pyc",
    "srv/www/.cache/deep/er/file",
    "srv/wiki/wiki.dump",
    "srv/wiki[1]/wiki.sql",
    "srv/two words/a+b.txt",
    "srv/Grüße/ü.txt",
    "srv/back\\slash/x",
    "srv/a",
    "srv/ab",
    "srv/abc/.hidden",
)
PATTERNS = (
    "sh:srv/**/",
    "*.pyc",
    "*.dump",
    "*/cache",
    "*/cache/",
    "*cache*",
    "*/wiki*",
    "*",
    "srv/w??/*",
    "srv/www",
    "srv/www/",
    "/srv/www/cache",
    "srv/[ab]",
    "srv/[!a]*",
    "srv/wiki[[]1[]]",
    "*/a+b.txt",
    "*ü*",
    "srv/a",
    "fm:*.sql",
    "fm:srv/*/wiki.*",
    "sh:srv/*",
    "sh:/srv/*",
    "sh:srv/*/cache",
    "sh:srv/**/file",
    "sh:**/cache",
    "sh:**/*.dump",
    "sh:srv/**",
    "sh:srv/w?ki",
    "sh:srv/[ab]",
    "sh:srv/[!a]*",
    "sh:*.pyc",
    "sh:srv/two words",
    "sh:srv/www/",
    "pp:srv/www",
    "pp:/srv/www/",
    "pp:/srv/w",
    "pp:srv/wiki[1]",
    "pf:srv/a",
    "pf:/srv/ab",
    "pf:srv/www",
    "pf:srv/nothing",
    r"re:\.pyc$",
    r"re:^srv/[^/]+/cache",
    r"re:wiki\.(dump|sql)$",
    r"re:^/srv",
    r"re:srv/a$",
    "re:(^|/)\\.",
)
DRIVER = """
import json, sys
from borg.archiver import Archiver
archiver, excluded = Archiver(), []
Archiver.print_file_status = lambda self, status, path: status == "x" and excluded.append(path)
found = {}
for pattern in json.load(sys.stdin):
    words = ["borg", "create", "--dry-run", "--list", "--exclude", pattern, "repository::x", "srv"]
    archiver.run(archiver.get_args(words, None))
    found[pattern], excluded[:] = list(excluded), []
json.dump(found, sys.stdout)
"""
"""`borg create --dry-run --list` for each pattern; starting borg each time would cost far more."""


@pytest.fixture(scope="module")
def excluded_by_borg(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What borg leaves out, by pattern: a folder stands for everything below it."""
    need("borg")
    folder = tmp_path_factory.mktemp("borg")
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "BORG_BASE_DIR": str(folder),
        "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
    }
    subprocess.run(
        ["borg", "init", "-e", "none", "repository"], cwd=folder, env=environment, check=True
    )
    driven = subprocess.run(
        [_interpreter(), "-c", DRIVER],
        cwd=folder,
        env=environment,
        input=json.dumps(PATTERNS),
        text=True,
        capture_output=True,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(driven.stdout)
    return found


@pytest.mark.parametrize("pattern", PATTERNS)
def test_pattern_takes_out_what_borg_takes_out(
    pattern: str, excluded_by_borg: dict[str, list[str]]
) -> None:
    """A rule about swallowed dumps must know what borg will do at night."""
    left_out = excluded_by_borg[pattern]
    by_borg = [name for name in FILES if any(_below(name, one) for one in left_out)]

    assert [name for name in FILES if matches(pattern, f"/{name}")] == by_borg


@cache
def _interpreter() -> str:
    """The Python that runs the borg of this machine."""
    first, _, _ = Path(str(shutil.which("borg"))).read_text().partition("\n")
    return first.removeprefix("#!")


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
