"""Who the machine is: its name, and the Debian that it runs."""

import re

from compiler.init.draft import Draft
from compiler.init.root import Root
from schema.scalars import HostName
from schema.targets import TARGETS

UNNAMED = "host1"


def identity(root: Root, draft: Draft) -> None:
    """Give `host` and `target`."""
    name = host_name(root)
    said = () if name else ("CHANGE: the name of the host; /etc/hostname has none to go by.",)
    draft.put(("host",), name or UNNAMED, said)
    target, comment = _target(root)
    draft.put(("target",), target, comment)


def host_name(root: Root) -> str | None:
    """The first line of /etc/hostname that is no comment (hostname(5)), where it is a name."""
    lines = (line.strip() for line in (root.text("/etc/hostname") or "").split("\n"))
    name = next((line.lower() for line in lines if line and not line.startswith("#")), "")
    return name if HostName.problem(name) is None else None


def settings(text: str) -> dict[str, str]:
    """Lines of NAME=value, with quotes around the value or without (os-release(5))."""
    found = re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE)
    return {name: value.strip().strip("\"'") for name, value in found}


def _target(root: Root) -> tuple[str, str]:
    text = root.text("/etc/os-release") or root.text("/usr/lib/os-release")
    if text is None:
        return "debian-12", "CHANGE: the release of Debian; there is no /etc/os-release."
    release = settings(text)
    target = f"{release.get('ID', '')}-{release.get('VERSION_ID', '')}"
    if target in TARGETS:
        return target, ""
    name = release.get("PRETTY_NAME") or release.get("ID") or "something without a name"
    return "debian-12", (
        f"CHANGE: /etc/os-release says {name!r}, which is none of {', '.join(TARGETS)}. "
        "debian-12 stands in for it, and nobody has tried that."
    )
