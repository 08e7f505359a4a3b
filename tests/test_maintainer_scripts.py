"""The maintainer scripts of a host's package: what stands in them, before any of them runs."""

import subprocess
from pathlib import Path

import pytest

from compiler.deb.maintainer_scripts import NAMES, maintainer_scripts
from compiler.deb.settings import Settings, settings
from tests.support import files_of, need


def _settings() -> Settings:
    return settings(files_of("demo")["usr/lib/hostwright/package.toml"].text)


@pytest.mark.parametrize("name", NAMES)
def test_shellcheck_has_nothing_against(name: str, tmp_path: Path) -> None:
    """Each is a POSIX shell script on its own, its parts included."""
    need("shellcheck")
    script = tmp_path / name
    script.write_text(maintainer_scripts(_settings())[name])
    done = subprocess.run(
        ["shellcheck", "--shell=sh", str(script)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("name", NAMES)
def test_it_ends_at_the_first_command_that_fails(name: str) -> None:
    """And an unset variable is an error."""
    assert "\nset -eu\n" in maintainer_scripts(_settings())[name]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_its_business_is_no_error(name: str) -> None:
    """Policy 6.5 knows more ways of calling each than it has to answer to."""
    script = maintainer_scripts(_settings())[name]
    done = subprocess.run(
        ["sh", "-c", script, name, "failed-upgrade", "1"], capture_output=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
