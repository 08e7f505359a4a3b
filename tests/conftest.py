"""Which tests one worker runs together: those that share something that is slow to make."""

import gc
import re
from collections.abc import Iterator

import pytest

from tests.programs import Import, installed, libraries

_SHARING = "tests/test_patterns.py"  # borg runs once for all of them
_RELEASE = re.compile(r"[\[-](bookworm|trixie)[-\]]")


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    """A run of the command line switches the collector off, for good; the next test wants it."""
    yield
    gc.enable()


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Import]:
    """Imports parts of a host's programs, as they lie there."""
    with libraries(installed(tmp_path_factory.mktemp("parts") / "programs")) as part:
        yield part


def group(test: str) -> str:
    """What a test shares with others: a file's host of one release, or nothing but itself."""
    file = test.partition("::")[0]
    if file.startswith("tests/boot/"):
        release = _RELEASE.search(test)
        return f"{file} {release[1]}" if release else file
    return file if file == _SHARING else test


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Have `--dist loadgroup` go by that.

    The marks of pytest-xdist 3.8 have no effect with pytest 9.2: it writes the group into an
    attribute of the test that is not there any more.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class Grouped(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    return Grouped(config, log)
