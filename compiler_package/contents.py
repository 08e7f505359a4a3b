"""Wheels and a checkout -> the files of the package."""

import re
from collections.abc import Iterator
from string import Template

from compiler.deb.archive import Member
from compiler.deb.documents import compressed
from compiler_package.project import FILES, ROOT, Project
from compiler_package.wheels import Wheel

_PRIVATE = "usr/share/hostwright"
_BUNDLED = f"{_PRIVATE}/bundled"
_DOCUMENTS = "usr/share/doc/hostwright"
_SHARED = {  # Debian's shells look in other folders for what packages bring
    "share/bash-completion/completions/": "usr/share/bash-completion/completions/",
    "share/fish/vendor_completions.d/": "usr/share/fish/vendor_completions.d/",
    "share/man/": "usr/share/man/",
    "share/zsh/site-functions/": "usr/share/zsh/vendor-completions/",
}
_ALSO_COMPILE = (  # bash and fish look for a file with the name of the command
    ("usr/share/bash-completion/completions/compile", "hostwright"),
    ("usr/share/fish/vendor_completions.d/compile.fish", "hostwright.fish"),
)
_METADATA = re.compile(r"[^/]+\.dist-info/METADATA")
_LICENCE = re.compile(r"[^/]+\.dist-info/licenses/LICENSE")
_LEFT_OUT = re.compile(r"\.pyi$|/py\.typed$|\.dist-info/")


def contents(project: Project, own: Wheel, bundled: tuple[Wheel, ...]) -> Iterator[Member]:
    """Everything but the changelog."""
    yield from _modules(_PRIVATE, own)
    for wheel in bundled:
        yield from _modules(_BUNDLED, wheel)
    yield from _shared(own)
    yield from _launchers(project)
    yield from _documents()
    yield _text(f"{_DOCUMENTS}/copyright", _copyright(bundled))
    yield _text("usr/share/lintian/overrides/hostwright", (FILES / "overrides").read_text())
    yield _program("usr/share/python3/runtime.d/hostwright.rtupdate", "rtupdate")


def _modules(folder: str, wheel: Wheel) -> Iterator[Member]:
    """What is imported, or read by what is imported; and the version that importlib finds."""
    for path, content in wheel.items():
        if _METADATA.fullmatch(path):
            headers = content.partition(b"\n\n")[0]
            yield Member(f"{folder}/{path}", 0o644, headers + b"\n")
        elif not _LEFT_OUT.search(path) and ".data/" not in path:
            yield Member(f"{folder}/{path}", 0o644, content)


def _shared(own: Wheel) -> Iterator[Member]:
    for path, content in own.items():
        shared = path.partition(".data/data/")[2]
        for folder, place in _SHARED.items():
            if shared.startswith(folder):
                target = place + shared.removeprefix(folder)
                manual = target.startswith("usr/share/man/")
                yield _manual(target, content) if manual else Member(target, 0o644, content)
    yield from (Member(path, 0o777, target=target) for path, target in _ALSO_COMPILE)


def _manual(path: str, content: bytes) -> Member:
    return Member(f"{path}.gz", 0o644, compressed(content))


def _launchers(project: Project) -> Iterator[Member]:
    template = Template((FILES / "launcher").read_text())
    for command, place in project.commands.items():
        module, _, function = place.partition(":")
        text = template.substitute(command=command, module=module, function=function)
        yield Member(f"usr/bin/{command}", 0o755, text.encode())


def _documents() -> Iterator[Member]:
    """The pages, in the folders in which they link to one another."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        yield Member(f"{_DOCUMENTS}/{page.relative_to(ROOT)}", 0o644, page.read_bytes())
    for host in ("minimal", "demo"):
        example = (ROOT / "golden" / host / "host.yaml").read_bytes()
        yield Member(f"{_DOCUMENTS}/examples/{host}.yaml", 0o644, example)


def _copyright(bundled: tuple[Wheel, ...]) -> str:
    """The terms of what is brought along are those that its wheels have."""
    licences = {}
    for wheel in bundled:
        (path,) = (path for path in wheel if _LICENCE.fullmatch(path))
        licences[path.partition("-")[0]] = _paragraph(wheel[path].decode())
    return Template((FILES / "copyright").read_text()).substitute(licences)


def _paragraph(text: str) -> str:
    """Text as the further lines of a field (Debian Policy 5.6.13)."""
    lines = (line.rstrip() for line in text.strip().splitlines())
    return "\n".join(f" {line}" if line else " ." for line in lines)


def _text(path: str, text: str) -> Member:
    return Member(path, 0o644, text.encode())


def _program(path: str, name: str) -> Member:
    return Member(path, 0o755, (FILES / name).read_bytes())
