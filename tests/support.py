"""What every test needs: where the repository is, its golden hosts, and a compile of a text."""

from pathlib import Path

from compiler import compile_host
from schema.compiled import Compiled

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "golden"


def compile_text(text: str | bytes, name: str = "host.yaml") -> Compiled:
    """Compile a manifest that stands in no file."""
    return compile_host(name, text.encode() if isinstance(text, str) else text)


def hosts() -> list[Path]:
    """The folders of the golden hosts, sorted: each holds a host.yaml that compiles."""
    return sorted(path.parent for path in GOLDEN.glob("*/host.yaml"))
