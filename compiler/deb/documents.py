"""What a package says about itself in /usr/share: copyright, changelog, record, overrides."""

import gzip
import io
import os
import time
from collections.abc import Mapping
from functools import cache

from compiler.deb.source import Source
from compiler.version import VERSION

_COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Hostwright
Comment:
 Compiled from the manifest of {host}, which belongs to whoever wrote it.

Files: *
Copyright: 2026 the authors of Hostwright
License: Apache-2.0

License: Apache-2.0
 On Debian systems the full text of the Apache License, Version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
"""
_CHANGELOG = """\
{name} ({version}) unstable; urgency=medium

  * Compiled by Hostwright {compiler} from the manifest of {host}.

 -- {maintainer}  {date}
"""
_RECORD = """\
Package: {name}
Version: {version}
Target: {target}
Manifest: sha256:{manifest}
Tree: sha256:{tree}
Compiler: hostwright {compiler}
"""
_MANUAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "man")
_PAGES = ("hostwright-preflight.8", "hostwright-restore.8")
_OVERRIDES = {
    "unknown-control-file [units.tar]": "preinst has systemd read the new units before anything "
    "is unpacked, so that units which do not load never take the place of those that do.",
    "unknown-field Hostwright-Tree": "it says which tree a host has, before it is unpacked.",
    "unknown-field Hostwright-Content": "hostwright repo tells by it whether a package brings "
    "anything new, so that hosts do not upgrade for nothing.",
    "command-with-path-in-maintainer-script /usr/sbin/policy-rc.d *": "who says that nothing is to "
    "be started says so in this one place (invoke-rc.d(8)).",
    "maintainer-script-calls-systemctl *": "a running backup keeps its units until it has ended, "
    "which no snippet of debhelper knows how to do; policy-rc.d is asked before timers start.",
}
"""What lintian warns of, and why it does not hold here."""

_LONG = 70  # characters of a file's name: lintian warns from a few more on
_LONG_NAME = {
    "package-has-long-file-name *": "the name and the version of a host are as long as they are."
}


def documents(source: Source, version: str, epoch: int) -> Mapping[str, bytes]:
    """Each file's path, and its bytes."""
    said = source.settings
    values = {
        "name": said.name,
        "host": said.host,
        "target": said.target,
        "maintainer": said.maintainer,
        "version": version,
        "compiler": VERSION,
        "tree": source.tree_digest,
        "manifest": source.manifest_digest or "unknown",
        "date": time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(epoch)),
    }
    folder = f"usr/share/doc/{said.name}"
    return {
        f"{folder}/copyright": _COPYRIGHT.format_map(values).encode(),
        f"{folder}/changelog.gz": compressed(_CHANGELOG.format_map(values).encode()),
        f"{folder}/buildinfo": _RECORD.format_map(values).encode(),
        f"usr/share/lintian/overrides/{said.name}": _overrides(said.name, version).encode(),
        **{f"usr/share/man/man8/{page}.gz": _page(page) for page in _PAGES},
    }


@cache
def _page(name: str) -> bytes:
    """A manual page, as it is installed."""
    with open(os.path.join(_MANUAL, name), "rb") as page:
        return compressed(page.read())


def compressed(content: bytes) -> bytes:
    """As gzip -9n, with the same header whichever Python writes it: without a date and a name."""
    file = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:
        packed.write(content)
    return file.getvalue()


def _overrides(name: str, version: str) -> str:
    is_long = len(f"{name}_{version}_all.deb") > _LONG
    overrides = _OVERRIDES | _LONG_NAME if is_long else _OVERRIDES
    return "".join(f"# {reason}\n{name}: {tag}\n" for tag, reason in overrides.items())
