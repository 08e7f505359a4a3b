"""Whom borgmatic tells how a run went."""

import re

from compiler.init.borgmatic.reader import Given, Reader
from schema.web import WebAddress

_HEALTHCHECKS = ("modules", "healthchecks")
_NTFY = ("modules", "ntfy")
_KEY = re.compile(r"/(?:[0-9a-fA-F-]{36}|[A-Za-z0-9_-]{22})(?=/|$)")
"""What a ping address has behind its server: the UUID of a check, or the key of a project."""


def notifiers(reader: Reader) -> None:
    """Give the modules healthchecks and ntfy, without their secrets."""
    if (given := reader.option("healthchecks")) is not None:
        _healthchecks(reader, given)
    if (given := reader.option("ntfy")) is not None:
        _ntfy(reader, given)


def _healthchecks(reader: Reader, given: Given) -> None:
    ping = given.key("ping_url") or given
    address = getattr(ping.node, "text", "")
    if not address:
        return
    file = "/etc/credstore/healthchecks-ping-key"
    said = (
        f"CHANGE: the project's ping key, in a file that root alone can read: {file}. Each unit is "
        "a check of its own there."
    )
    reader.draft.put((*_HEALTHCHECKS, "ping_key"), file, said, ping.source)
    reader.leave_out(ping, f"a secret, which is not copied: write the project's ping key to {file}")
    server = _KEY.split(address)[0] if _KEY.search(address) else ""
    if server and server != "https://hc-ping.com" and WebAddress.problem(server) is None:
        reader.draft.put((*_HEALTHCHECKS, "url"), server)
    logs = given.key("send_logs")
    if logs is not None and reader.is_true(logs) is not None:
        reader.take(logs)
        if reader.is_true(logs) is False:
            reader.draft.put((*_HEALTHCHECKS, "log_lines"), 0, source=logs.source)
    for name in ("verify_tls", "create_slug"):
        one = given.key(name)
        if one is not None and reader.is_true(one) is True:
            reader.take(one)
    _states(reader, given.key("states"), frozenset(("start", "finish", "fail", "log")))


def _ntfy(reader: Reader, given: Given) -> None:
    topic = given.key("topic")
    if topic is None:
        return
    file = "/etc/credstore/ntfy-topic"
    said = (f"CHANGE: the topic, in a file that root alone can read: {file}.",)
    reader.draft.put((*_NTFY, "topic_file"), file, said, topic.source)
    reader.leave_out(topic, f"as good as a secret, and not copied: write it to {file}")
    server = given.key("server")
    address = reader.text(server)
    if server is not None and address is not None:
        if WebAddress.problem(address) is None:
            reader.draft.put((*_NTFY, "server"), address, source=server.source)
        else:
            reader.leave_out(server, "no address of a server")
    if (token := given.key("access_token")) is not None:
        file = "/etc/credstore/ntfy-token"
        reader.draft.put((*_NTFY, "token"), file, source=token.source)
        reader.leave_out(token, f"a secret, which is not copied: write it to {file}")
    states = given.key("states")
    if states is not None and "finish" in _words(states):
        reader.draft.put((*_NTFY, "success"), value=True, source=states.source)
    _states(reader, states, frozenset(("finish", "fail")))


def _states(reader: Reader, given: Given | None, known: frozenset[str]) -> None:
    """Take the states that are told here as well; others stay to be listed."""
    if given is None:
        return
    words = _words(given)
    for one in given.items():
        if getattr(one.node, "text", None) in known:
            reader.take(one)
    if "fail" not in words:
        reader.leave_out(given, "a failure is always told")
    elif words <= known:
        reader.take(given)


def _words(given: Given) -> frozenset[str]:
    return frozenset(str(getattr(one.node, "text", "")) for one in given.items())
