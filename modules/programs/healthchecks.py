#!/usr/bin/python3 -EsB
"""healthchecks URL HOST LINES INSTANCE: pings healthchecks.io, or a server of one's own, at URL.

INSTANCE is UNIT-start, UNIT-success or UNIT-failure. The check is the one called HOST-UNIT of the
project whose ping key is the credential ping_key; it is created when there is none. What a run has
logged, its last LINES lines, is the text of the ping. The key is in the address, as the server
wants it: so the address is never printed, and no redirect is followed.
"""

import re
import sys
from urllib.parse import quote

from notice import NoticeError, run_of, told
from web import post, secret

MOST_BYTES = 10_000
"""What a server of one's own keeps of a ping, if its PING_BODY_LIMIT has not been changed."""

_HINT = "is the ping key that of the project, and can it create checks?"


def slug(host: str, unit: str) -> str:
    """The name of a check: a slug may have a-z, 0-9, hyphens and underscores."""
    return re.sub(r"[^a-z0-9_]+", "-", f"{host}-{unit}".lower()).strip("-")


def ping(words: list[str]) -> None:
    """Send one ping.

    Raises:
        NoticeError: nobody took it.
    """
    url, host, lines, instance = words
    key = secret("ping_key")
    if key is None:
        raise NoticeError("there is no credential ping_key; start this by its unit")
    unit, _, event = instance.rpartition("-")
    path, text = "/start", ""
    if event != "start":
        run = run_of(instance)
        path = "/fail" if run.failed else ""
        text = run.report(host, int(lines), MOST_BYTES)
    address = f"{url.rstrip('/')}/{quote(key, safe='')}/{slug(host, unit)}{path}?create=1"
    headers = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "hostwright"}
    post(address, text.encode(errors="replace"), headers, (key, quote(key, safe="")), _HINT)


if __name__ == "__main__":
    sys.exit(told("healthchecks", ping))
