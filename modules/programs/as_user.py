"""Programs run as a user of the host, with nothing of root's environment."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from pathlib import Path

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def run_as(
    user: str, words: list[str], environment: Mapping[str, str], stdin: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program to its end as a user, with exactly its groups.

    Raises:
        KeyError: there is no such user.
        OSError: there is no such program.
    """
    account = pwd.getpwnam(user)
    return subprocess.run(
        words,
        check=False,
        input=stdin,
        capture_output=True,
        env={"HOME": account.pw_dir, "PATH": PATH, "LANG": "C.UTF-8"} | dict(environment),
        cwd=Path("/"),
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=os.getgrouplist(user, account.pw_gid),
    )


def exists(user: str) -> bool:
    """Whether there is a user of that name."""
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
