"""Manifests gone wrong: golden ones with bytes or nodes changed, and noise."""

import random
from collections.abc import Iterator
from functools import cache

from compiler.load import load
from schema.document import Mapping, Node, Scalar
from tests.strategies import Plain, yaml_text
from tests.support import GOLDEN, hosts

_PIECES = [
    *("\0", "\t", "\r", "\n", " ", "  ", "\n\n", "\ufeff", "\u2028", "🦀", "\x85", "\x1b[31m"),
    *(":", ": ", "- ", "? ", "[", "]", "{", "}", ",", "#", "|", ">", "|2-\n", '"', "'", "\\", "%"),
    *("---\n", "...\n", "%YAML 1.1\n", "%TAG ! tag:x,2000:\n", "<<: *a\n", "&a ", "*a", "*a ", "!"),
    *("!!str ", "!!int ", "!!python/object:os.system ", "!force ", "!default ", "!<tag:x> ", "~"),
    *("null", "yes", "True", "12:30", "0750", "0x1F", "0o17", "1e999", ".inf", ".nan", "-.5e-3"),
    *(
        "9" * 400,
        "[" * 40,
        "{a: " * 40,
        "a" * 5_000,
        '"\\ud800"',
        '"\\U00110000"',
        '"\\x00"',
        '"\\q"',
    ),
    *("modules", "backup", "units", "enable", "host", "re:(", "$(id)", "../..", "/", "::", "{now}"),
]
_ATOMS: list[Plain] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        5432,
        10**30,
        0.5,
        float("inf"),
        "",
        " ",
        "~",
        "yes",
        "null",
        "12:30",
    ),
    *(
        "/",
        "/srv",
        "relative",
        "a\nb",
        "\0",
        "\ud800",
        "\ufffe",
        "x" * 3_000,
        "%n $HOME",
        "ssh://a/b",
    ),
    *(
        [],
        {},
        [[]],
        [None],
        {"": None},
        {"enable": False},
        ["a", ["b", {"c": []}]],
        [{"a": 1, "b": 2}],
    ),
]


@cache
def corpus() -> tuple[bytes, ...]:
    """Every golden manifest, good ones first."""
    rejected = sorted(GOLDEN.glob("rejected/*/host.yaml"))
    files = [*(host / "host.yaml" for host in hosts()), *rejected]
    return tuple(found for file in files if len(found := file.read_bytes()) < 20_000)


@cache
def documents() -> tuple[Plain, ...]:
    """The golden hosts as plain data."""
    return tuple(_plain(load("", (host / "host.yaml").read_bytes()).root) for host in hosts())


def byte_mutants(chance: random.Random) -> Iterator[bytes]:
    """Endless manifests with bytes flipped, cut, doubled, spliced, put in; some are noise."""
    while True:
        content = bytearray(chance.choice(corpus()))
        if chance.random() < 0.1:
            content = bytearray(chance.randbytes(chance.randrange(200)))
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            _change_bytes(content, chance)
        yield bytes(content)


def _change_bytes(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content) + 1)
    end = min(len(content), start + chance.choice((0, 1, 1, 4, 40)))
    how = chance.randrange(5)
    if how == 0:
        content[start:end] = chance.randbytes(chance.randrange(4))
    elif how == 1:
        content[start:end] = chance.choice(_PIECES).encode("utf-8", "surrogatepass")
    elif how == 2:
        other = chance.choice(corpus())
        cut = chance.randrange(len(other) + 1)
        content[start:] = other[cut:]
    elif how == 3:
        content[end:end] = content[start:end] * chance.choice((1, 2, 50))
    elif start < len(content):
        content[start] ^= 1 << chance.randrange(8)


def structure_mutants(chance: random.Random) -> Iterator[bytes]:
    """Endless manifests that are YAML, and in which some nodes are not what they should be."""
    while True:
        plain = chance.choice(documents())
        for _ in range(chance.choice((1, 1, 2, 3, 6))):
            plain = _changed(plain, chance)
        yield yaml_text(plain).encode("utf-8", "surrogatepass")


def _changed(plain: Plain, chance: random.Random) -> Plain:
    """One node of the manifest changed; which one is decided on the way down."""
    if isinstance(plain, dict) and plain and chance.random() < 0.85:
        return _changed_mapping(plain, chance)
    if isinstance(plain, list) and plain and chance.random() < 0.7:
        place = chance.randrange(len(plain))
        if chance.random() < 0.2:
            return [*plain[:place], *plain[place + 1 :], *chance.choices(plain, k=2)]
        return [*plain[:place], _changed(plain[place], chance), *plain[place + 1 :]]
    if isinstance(plain, str) and chance.random() < 0.5:
        cut = chance.randrange(len(plain) + 1)
        return plain[:cut] + chance.choice(_PIECES) + plain[cut:]
    return chance.choice((chance.choice(_ATOMS), chance.choice(_ATOMS), [plain], {"a": plain}))


def _changed_mapping(plain: Plain, chance: random.Random) -> Plain:
    key = chance.choice(list(plain))
    how = chance.random()
    if how < 0.75:
        return {**plain, key: _changed(plain[key], chance)}
    if how < 0.85:
        return {name: value for name, value in plain.items() if name != key}
    if how < 0.95:
        other = chance.choice(chance.choice(_PIECES).split() or ["x"])
        return {**plain, chance.choice((other, f"{key}s", key.upper())): plain[key]}
    swapped = chance.choice(list(plain))
    return {**plain, key: plain[swapped], swapped: plain[key]}


def _plain(node: Node) -> Plain:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {entry.key: _plain(entry.node) for entry in node.entries}
    return [_plain(item) for item in node.items]
