"""Manifests with hostile texts in every string, as plain data, and as the YAML that says just that.

Texts that are legal at their place come everywhere; in about half of the manifests one place holds
anything at all.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.texts import Texts

Plain = Any
"""A manifest before it is text: dicts, lists, strings, numbers."""

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBunQZ0vLu5BQwkqIES8AAf0xa+2MqZ3JuN+AZ7CLCaV"
"""The public key of a server."""

BYTES = 500
"""More than the texts of a manifest take."""


def manifests(target: str = "debian-12") -> st.SearchStrategy[Plain]:
    """Manifests in which every option that takes a text has one."""
    return st.binary(min_size=BYTES, max_size=BYTES).map(lambda data: _manifest(data, target))


def _manifest(data: bytes, target: str) -> Plain:
    texts = Texts(data)
    switches = texts.number(63)
    chosen = {texts.number(len(SETTINGS) - 1) for _ in range(texts.number(5))}
    writable = [texts.path(f"/srv/writable{index}") for index in range(2)]
    return {
        "host": texts.fixed("web1"),
        "target": texts.fixed(target),
        "layout": texts.fixed("etc" if switches & 1 else "usr"),
        "backup": _backup(texts, ssh=bool(switches & 2), mail=bool(switches & 4)),
        "modules": _modules(texts, writable, switches),
        "external": {"paths": [*writable, "/srv/here"], "users": [texts.fixed("wiki")]},
        "units": _units(texts, [list(SETTINGS)[number] for number in sorted(chosen)], writable),
    }


def _backup(texts: Texts, *, ssh: bool, mail: bool) -> Plain:
    backup = {
        "passphrase": texts.bare_path("/etc/credstore", without=": \\"),
        "paths": [texts.path(f"/srv/{index}") for index in range(3)],
        "exclude": [
            texts.line("pp:/srv/x"),
            texts.line("-x"),
            texts.pattern(),
        ],
        "home": texts.fixed("/var/lib/borg"),
        "compression": texts.fixed("zstd,7"),
        "encryption": texts.fixed("repokey-blake2"),
        "schedule": {"at": texts.fixed("*-*-* 02:30"), "jitter": texts.fixed("1h")},
    }
    if mail:
        backup["mail"] = texts.fixed("ops+backup@example.org")
    if not ssh:
        backup["repository"] = texts.bare_path("/mnt", without=":{}")
        return backup
    backup["repository"] = texts.served()
    backup["ssh_key"] = texts.bare_path("/etc/credstore.encrypted", without=": \\")
    backup["known_hosts"] = [texts.line(f"[vault.example.org]:2222 {KEY} ")]
    return backup


def _modules(texts: Texts, writable: list[str], switches: int) -> Plain:
    names = [name for index in range(3) if (name := _database(texts, index))]
    job = {
        "user": texts.fixed("wiki"),
        "command": [texts.path("/opt/x"), *(texts.word() for _ in range(5))],
        "output": texts.fixed("folder" if switches & 8 else "stdout"),
        "environment": {texts.fixed(f"VALUE_{index}"): texts.word() for index in range(3)},
        "needs": {"write": writable},
        "timeout": texts.fixed("15min"),
    }
    return {
        texts.fixed("postgresql"): {"exclude": names} if switches & 16 else {"databases": names},
        "gitea": {
            "user": texts.fixed("git"),
            "data": texts.path("/var/lib/gitea"),
            "config": texts.path("/etc/gitea"),
        },
        "dump": {texts.fixed("wiki"): job},
    }


def _database(texts: Texts, index: int) -> str:
    name = f"{index}{texts.word()}"
    while len(name.encode("utf-8", "replace")) > 63:
        name = name[: len(name) // 2]
    return name


SETTINGS: dict[str, Callable[[Texts, list[str]], Plain]] = {
    "Unit Description": lambda texts, _: texts.line(),
    "Unit RequiresMountsFor": lambda texts, _: [
        texts.bare_path("/srv/m"),
        texts.bare_path("/srv/o"),
    ],
    "Service Environment": lambda texts, _: [f"{name}={texts.word()}" for name in "ABC"],
    "Service ExecCondition": lambda texts, _: [
        texts.program(),
        texts.word(),
    ],
    "Service ExecStartPost": lambda texts, _: [
        [texts.program(prefix), texts.word(), texts.word()]
        for prefix in ("", "-", "+", "!", ":", "-:")
    ],
    "Service ExecPaths": lambda texts, _: [texts.bare_path("/opt/x"), texts.bare_path("-/opt/x")],
    "Service InaccessiblePaths": lambda texts, _: [
        texts.bare_path("/opt/x"),
        texts.bare_path("-+/opt/x"),
    ],
    "Service LoadCredential": lambda texts, _: [f"own:{texts.bare_path('/etc/x', without=':')}"],
    "Service LogExtraFields": lambda texts, _: [f"FIELD={texts.word()}"],
    "Service NoExecPaths": lambda texts, _: texts.bare_path("/opt/x"),
    "Service ReadOnlyPaths": lambda texts, _: [
        texts.bare_path("/opt/x"),
        texts.bare_path("/opt/y"),
    ],
    "Service ReadWritePaths": lambda _, writable: writable,
    "Service RootDirectory": lambda texts, _: texts.bare_path("/srv/root"),
    "Service SyslogIdentifier": lambda texts, _: texts.line(),
    "Service WorkingDirectory": lambda _, writable: writable[0],
    "Service EnvironmentFile": lambda texts, _: [
        texts.bare_path("-/etc/x"),
        texts.bare_path("-/etc/y"),
    ],
    "Service PassEnvironment": lambda texts, _: [texts.fixed("LANG")],
    "Service StandardError": lambda texts, _: texts.bare_path("append:/var/log"),
}
"""What `units` may set on backup-check.service: section and directive to a strategy."""


def _units(texts: Texts, chosen: list[str], writable: list[str]) -> Plain:
    sections: dict[str, Plain] = {}
    for setting in chosen:
        section, name = setting.split(" ")
        sections.setdefault(section, {})[name] = SETTINGS[setting](texts, writable)
    return {texts.fixed("backup-check.service"): sections} if sections else {}


def yaml_text(plain: Plain) -> str:
    """A manifest as YAML: flow style, every string in double quotes (YAML 1.2.2, section 7.3.1)."""
    if isinstance(plain, dict):
        pairs = (f"{_quoted(str(key))}: {yaml_text(value)}" for key, value in plain.items())
        return "{" + ",\n ".join(pairs) + "}"
    if isinstance(plain, list):
        return "[" + ", ".join(map(yaml_text, plain)) + "]"
    if isinstance(plain, str):
        return _quoted(plain)
    return "null" if plain is None else str(plain).lower().replace("inf", ".inf")


def _quoted(text: str) -> str:
    return '"' + "".join(map(_character, text)) + '"'


def _character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )
