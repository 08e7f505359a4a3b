"""apt-ftparchive: .debs in a folder -> what an index says of them."""

from compiler.repository.failures import FailedError
from compiler.repository.stanzas import Package, packages
from compiler.repository.tools import last_words, run

_WORDS = ("apt-ftparchive", "--md5=no", "--sha1=no", "--sha512=no")


def index(root: str, folder: str) -> tuple[list[Package], dict[str, str]]:
    """Read every .deb below `folder`.

    Args:
        root: where files are named from.
        folder: a path below it.

    Returns:
        The packages; and of each file that is none, by its name, what is wrong with it.

    Raises:
        FailedError: it is not installed, or cannot read the folder; or a package says something
            twice, or writes it as no index may have it.
    """
    done = run(*_WORDS, "packages", folder, folder=root)
    if done.returncode != 0:
        raise FailedError(f"apt-ftparchive: {last_words(done.stderr, ('E: ',))}")
    try:
        return list(packages(done.stdout.decode())), _complaints(done.stderr)
    except ValueError as error:
        raise FailedError(f"what apt-ftparchive says of a package is no index: {error}") from None


def _complaints(said: bytes) -> dict[str, str]:
    """Messages by file: each precedes a line that names it, and the exit status is 0 with them."""
    found: dict[str, str] = {}
    reason = ""
    for line in said.decode(errors="replace").splitlines():
        text = line.removeprefix("E: ")
        start, _, rest = text.partition("Errors apply to file '")
        if not start and rest:
            found[rest.rstrip("'")] = reason
        else:
            reason = text
    return found
