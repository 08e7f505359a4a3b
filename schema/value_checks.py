"""The checks behind the value grammars that a list of words or an expression cannot say."""

import math
from collections.abc import Callable

from schema.calendar import calendar_problem
from schema.scalars import path_problem, text_problem
from schema.timespan import timespan_problem, timespan_seconds

Check = Callable[[str, str], bool | str]
"""Value and the grammar's argument -> whether it fits, or the reason why it does not."""

_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_USER = _NAME | frozenset("-")
_UNIT = _USER | frozenset(":.\\")
_CREDENTIAL = _USER | frozenset(".")
_UNIT_TYPES = frozenset(
    [
        "service",
        "socket",
        "device",
        "mount",
        "automount",
        "swap",
        "target",
        "path",
        "timer",
        "slice",
        "scope",
    ]
)
_BOOLEANS = frozenset(["yes", "no", "true", "false", "on", "off", "1", "0"])
_SPECIAL_ADDRESSES = frozenset(["any", "localhost", "link-local", "multicast"])
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_BYTES = "KMGTPE"
SOFT_ABOVE_HARD = "the soft limit is above the hard one"
_INVALID_IDS = (0xFFFF, 0xFFFFFFFF)


def _boolean(text: str, _: str) -> bool:
    """systemd.syntax(7)."""
    return text in _BOOLEANS


def _text(text: str, _: str) -> bool:
    return bool(text)


def _time_span(text: str, _: str) -> bool | str:
    return timespan_problem(text) or True


def _calendar(text: str, _: str) -> bool | str:
    return calendar_problem(text) or True


def _path(text: str, _: str) -> bool:
    return path_problem(text) is None


def _path_item(text: str, _: str) -> bool:
    """systemd.exec(5), ReadWritePaths=: `-` for a path that may be missing, then `+`."""
    return _path(text.removeprefix("-").removeprefix("+"), "")


def _dashed_path(text: str, _: str) -> bool:
    """systemd.exec(5), EnvironmentFile=: `-` for a path that may be missing."""
    return _path(text.removeprefix("-"), "")


def _integer(text: str, bounds: str) -> bool:
    """A decimal number as it is usually written: systemd reads `010` as 8."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        return False
    low, _, high = bounds.partition("..")
    return str(int(text)) == text and int(low) <= int(text) <= int(high)


def _range(text: str, bounds: str) -> bool:
    """`4` or `4-7`, where the first is not above the last."""
    first, dash, last = text.partition("-")
    ends = (first, last) if dash else (first,)
    return all(_integer(end, bounds) for end in ends) and (not dash or int(first) <= int(last))


def _cpu_range(text: str, _: str) -> bool:
    """systemd.exec(5), CPUAffinity=; systemd's sets end at 8191 (measured)."""
    return all(_range(part, "0..8191") for part in text.split(","))


def _bind_rule(text: str, _: str) -> bool:
    """systemd.resource-control(5), SocketBindAllow=: `[FAMILY:][PROTOCOL:][PORTS]` or `any`."""
    parts = text.split(":")
    for known in (("ipv4", "ipv6"), ("tcp", "udp")):
        if parts and parts[0] in known:
            parts.pop(0)
    return text == "any" or not parts or (len(parts) == 1 and _range(parts[0], "1..65535"))


def _nice_limit(text: str, _: str) -> bool | str:
    """systemd.exec(5), LimitNICE=: a signed nice level stands for 20 minus itself."""
    limits = []
    for limit in text.split(":"):
        if limit.startswith(("+", "-")) and _integer(limit.removeprefix("+"), "-20..19"):
            limits.append(20 - int(limit))
        elif _integer(limit, "0..40"):
            limits.append(int(limit))
        else:
            return False
    return len(limits) <= 2 and (limits[0] <= limits[-1] or SOFT_ABOVE_HARD)


def _octal_mode(text: str, _: str) -> bool:
    return bool(text) and set(text) <= set("01234567") and int(text, 8) <= 0o7777


def _user(text: str, _: str) -> bool:
    """systemd.exec(5), User=: a strict name, or a number that is no placeholder."""
    if text.isascii() and text.isdecimal():
        return str(int(text)) == text and int(text) < 2**32 and int(text) not in _INVALID_IDS
    return 0 < len(text) <= 31 and set(text) <= _USER and text[0] not in "-0123456789"


def _environment(text: str, _: str) -> bool | str:
    """systemd.exec(5), Environment=: a value may hold tabs and newlines, no other control."""
    name, equals, value = text.partition("=")
    if not equals or not name or set(name) - _NAME or name[0].isdecimal():
        return False
    if not value.isprintable():
        if problem := text_problem(value):
            return f"the value {problem}"
        if any(ord(character) < 0x20 and character not in "\t\n" for character in value):
            return "the value has a control character"
    return "\x7f" not in value


def _credential(text: str, _: str) -> bool:
    """systemd.exec(5), LoadCredential=: `ID:PATH`, or an ID that the manager itself has."""
    name, colon, source = text.partition(":")
    is_path = _path(source, "") and "//" not in source
    return _credential_name(name) and (not colon or is_path or _credential_name(source))


def _credential_name(text: str) -> bool:
    return 0 < len(text) <= 255 and set(text) <= _CREDENTIAL and text not in {".", ".."}


def _unit(text: str, kind: str) -> bool:
    """systemd.unit(5): a plain unit or an instance; `socket` or `!timer` narrows its type."""
    name, dot, suffix = text.rpartition(".")
    prefix, at, instance = name.partition("@")
    right = suffix != kind[1:] if kind.startswith("!") else kind in {"", suffix}
    return (
        bool(dot and prefix)
        and right
        and suffix in _UNIT_TYPES
        and set(prefix) <= _UNIT
        and (not at or bool(instance and suffix != "slice"))
        and set(instance.replace("@", "")) <= _UNIT
        and len(text) <= 255
    )


def _unit_name(text: str, _: str) -> bool:
    """A unit, an instance, or a template: systemd.unit(5), [Install]."""
    return _unit(text.replace("@.", "@instance.", 1), "")


def _ip_prefix(text: str, _: str) -> bool:
    """systemd.resource-control(5), IPAddressAllow=."""
    if text in _SPECIAL_ADDRESSES:
        return True
    address, slash, length = text.partition("/")
    is_version_6 = ":" in address
    if slash and not _integer(length, "0..128" if is_version_6 else "0..32"):
        return False
    return _version_6(address) if is_version_6 else _version_4(address)


def _version_4(address: str) -> bool:
    parts = address.split(".")
    return len(parts) == 4 and all(_integer(part, "0..255") for part in parts)


def _version_6(address: str) -> bool:
    """RFC 4291, section 2.2: eight groups, `::` for some of them, IPv4 for the last two."""
    head, double, tail = address.partition("::")
    groups = [part.split(":") if part else [] for part in (head, tail)]
    flat = groups[0] + groups[1]
    if flat and _version_4(flat[-1]):
        flat[-1:] = ["0", "0"]
    fits = len(flat) < 8 if double else len(flat) == 8
    return fits and all(0 < len(one) <= 4 and set(one) <= _HEXADECIMAL for one in flat)


def magnitude(limit: str) -> float:
    """How much a resource limit is, to compare a soft one with a hard one of the same kind.

    Raises:
        ValueError: it is no number, size or time span.
    """
    if limit == "infinity":
        return math.inf
    if limit.isdecimal():
        return int(limit)
    if limit[-1] in _BYTES:
        return float(limit[:-1]) * math.pow(1024, _BYTES.index(limit[-1]) + 1)
    return timespan_seconds(limit)


CHECKS: dict[str, Check] = {
    "bind-rule": _bind_rule,
    "boolean": _boolean,
    "calendar": _calendar,
    "cpu-range": _cpu_range,
    "credential": _credential,
    "dashed-path": _dashed_path,
    "environment": _environment,
    "exec": _text,
    "integer": _integer,
    "ip-prefix": _ip_prefix,
    "nice-limit": _nice_limit,
    "octal-mode": _octal_mode,
    "path": _path,
    "path-item": _path_item,
    "text": _text,
    "time-span": _time_span,
    "unit": _unit,
    "unit-name": _unit_name,
    "user": _user,
}
CLASSES = {
    "boolean-or": "token",
    "condition": "line",
    "integer": "token",
    "obsolete": "token",
    "unsupported": "token",
    "one-of": "token",
    "rlimit": "token",
    "unit": "line",
}
"""How the values of the grammars with an argument are written (see `escape_class`)."""
