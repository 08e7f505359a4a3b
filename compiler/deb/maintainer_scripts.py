"""preinst, postinst, prerm and postrm of a host's package: texts, and what is said to them."""

import os
import re
import shlex
from collections.abc import Mapping
from functools import cache

from compiler.deb.settings import Settings
from schema.targets import TARGETS

NAMES = ("preinst", "postinst", "prerm", "postrm")
_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts")
_PART = re.compile(r"^\. \./([a-z]+\.sh)\n", re.MULTILINE)
_HEADER = """\
#!/bin/sh
# {name} of {package}, written by Hostwright.

"""


def maintainer_scripts(settings: Settings) -> Mapping[str, str]:
    """Each script's name and text.

    The texts are the same for all hosts; what differs stands in quoted assignments on top.
    """
    values = {
        "package": settings.name,
        "home": settings.home,
        "preflight": settings.preflight,
        "systemd": str(TARGETS[settings.target].systemd),
    }
    return {name: _script(name, values) for name in NAMES}


def _script(name: str, values: Mapping[str, str]) -> str:
    """A script on which stands what it uses."""
    text = _text(name)
    assigned = "".join(
        f"{one}={shlex.quote(value)}\n"
        for one, value in values.items()
        if re.search(rf"\$\{{?{one}\b", text)
    )
    return _HEADER.format(name=name, package=values["package"]) + assigned + text


@cache
def _text(name: str) -> str:
    """A script with the parts that it shares with others; each without its first line."""
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        text = file.read().partition("\n")[2]
    return _PART.sub(lambda found: _text(found[1]), text)
