"""Kills a publisher at each of its steps in turn, and says what each left; run by a test.

A step is a call that makes, moves or removes something. Prints a line of JSON: how often hosts
then found the old suite, the new one, or whatever else.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from itertools import count
from pathlib import Path

from compiler.repository.actions import Target, add
from compiler.repository.keys import key
from tests.killed import in_child
from tests.repositories import KEY, keys, package

_EVENTS = ("os.link", "os.mkdir", "os.re", "os.rmdir", "ctypes.dlsym", "fcntl.")
_PARTS = re.compile(r"^Filename: (.*)\n(?:.*\n)*?SHA256: (.*)$", re.MULTILINE)


def outcomes(scratch: Path) -> Counter[str]:
    """What hosts find after a kill at each step of adding the second version of a package."""
    old, new = package(scratch, "web1", "1"), package(scratch, "web1", "2", "b")
    target = Target(str(scratch / "apt"), "canary", key(KEY))
    add(target, [old])
    shutil.copytree(scratch / "apt", scratch / "before")
    seen = Counter[str]()
    for step in count(1):
        shutil.rmtree(scratch / "apt")
        shutil.copytree(scratch / "before", scratch / "apt")
        status = in_child(lambda: add(target, [new]), step, _EVENTS)
        seen[found(scratch / "apt", scratch / "ring")] += 1
        add(target, [new])
        mended = found(scratch / "apt", scratch / "ring") == "new"
        if not mended or sorted(os.listdir(scratch / "apt")) != ["dists", "pool"]:
            seen["not mended"] += 1
        if os.WIFEXITED(status):
            return seen
    raise AssertionError


def found(root: Path, ring: Path) -> str:
    """What a host finds that believes nothing but signatures and digests."""
    suite = root / "dists/canary"
    signed = ["gpgv", "--quiet", "--keyring", ring]
    for files in ([suite / "InRelease"], [suite / "Release.gpg", suite / "Release"]):
        if subprocess.run([*signed, *files], capture_output=True, check=False).returncode:
            return "a bad signature"
    index = (suite / "main/binary-all/Packages").read_bytes()
    digest = sha256(index).hexdigest()
    by_hash = suite / "main/binary-all/by-hash/SHA256" / digest
    if digest not in (suite / "InRelease").read_text() or by_hash.read_bytes() != index:
        return "an index that is not signed"
    parts = _PARTS.findall(index.decode())
    if any(sha256((root / file).read_bytes()).hexdigest() != digest for file, digest in parts):
        return "a package that is not the one of the index"
    return {1: "old", 2: "new"}[len(parts)]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with keys(KEY):
        subprocess.run(["gpg", "--quiet", "--output", folder / "ring", "--export", KEY], check=True)
        print(json.dumps(outcomes(folder)))
