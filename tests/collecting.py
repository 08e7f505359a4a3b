"""Files in a folder, what collecting them gives, and what is wrong with them."""

from pathlib import Path

from compiler.collect import collect
from compiler.load import load
from compiler.profiles import Profiles
from schema.diagnostics import Diagnostic


def write(folder: Path, **files: str) -> None:
    """Write files: `_` in a name is a slash."""
    for name, text in files.items():
        path = folder / f"{name.replace('_', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def collected(name: str = "host.yaml") -> tuple[list[str], list[Diagnostic]]:
    """The files of a manifest in the order of its imports, and what is wrong with them."""
    document = load(name, Path(name).read_bytes())
    sources, problems = collect(document, Profiles())
    return [one.file for one in sources.documents], problems


def messages(problems: list[Diagnostic]) -> list[str]:
    """What diagnostics say."""
    return [f"{one.code} {one.message}" for one in problems]
