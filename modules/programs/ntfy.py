#!/usr/bin/python3 -EsB
"""ntfy SERVER TOPIC HOST LINES INSTANCE: publishes how a run ended to a topic of an ntfy server.

INSTANCE is UNIT-success or UNIT-failure. TOPIC is a name, or - for the one in the credential topic:
whoever knows a topic can read it, unless the server wants a token, which is the credential token.
A failure has high priority and the last LINES lines of what the run has logged.
"""

import json
import sys

from notice import NoticeError, Run, run_of, told
from web import post, secret

MOST_BYTES = 3_500
"""A longer message (4096 bytes with its escapes) would become an attachment, or be refused."""

_HIGH, _DEFAULT, _LOW = 4, 3, 2
_HINT = "is the token right, and may it write to the topic?"


def message(run: Run, topic: str, host: str, lines: int) -> dict[str, object]:
    """What is published: the fields of https://docs.ntfy.sh/publish/#publish-as-json."""
    if run.failed:
        priority, tag = _HIGH, "rotating_light"
    elif run.warned:
        priority, tag = _DEFAULT, "warning"
    else:
        priority, tag = _LOW, "white_check_mark"
    return {
        "topic": topic,
        "title": f"{host}: {run.unit} {run.outcome}",
        "message": run.report(host, lines if run.failed else 0, MOST_BYTES),
        "priority": priority,
        "tags": [tag],
    }


def publish(words: list[str]) -> None:
    """Publish one message.

    Raises:
        NoticeError: nobody took it.
    """
    server, topic, host, lines, instance = words
    hidden = secret("topic") if topic == "-" else None
    token = secret("token")
    if topic == "-" and hidden is None:
        raise NoticeError("there is no credential topic; start this by its unit")
    content = message(run_of(instance), hidden or topic, host, int(lines))
    headers = {"Content-Type": "application/json", "User-Agent": "hostwright"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    body = json.dumps(content, ensure_ascii=False).encode(errors="replace")
    secrets = [one for one in (hidden, token) if one is not None]
    post(f"{server.rstrip('/')}/", body, headers, secrets, _HINT)


if __name__ == "__main__":
    sys.exit(told("ntfy", publish))
