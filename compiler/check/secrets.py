"""No secret can reach the tree, which everybody who can read the packages can read."""

import re
from collections.abc import Iterator

from schema.catalog import Catalog
from schema.diagnostics import Diagnostic, ManifestPath
from schema.resources import Dump
from schema.units import Configuration, Expanded

_SECRET_NAME = re.compile(
    r"pass(word|phrase|wd)?$|pass(word|phrase)|pwd$|secret|token|api_?key|private_?key|access_?key",
    re.IGNORECASE,
)
_NAMES_A_FILE = re.compile(r"_?(file|path|dir|command|cmd|fd)$|passcommand$", re.IGNORECASE)
_OPTION = re.compile(r"--?(?P<name>[A-Za-z][A-Za-z0-9_-]*)=(?P<value>.+)", re.DOTALL)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/@:\s]*:[^/@\s]+@")
_ADVICE = "put it into a file on the host that only its user can read, and name the file"


def secrets(catalog: Catalog, configuration: Configuration) -> Iterator[Diagnostic]:
    """Secrets by the names and shapes they go by, in commands and environments of the manifest."""
    for module, dump in catalog.of(Dump):
        path: ManifestPath = ("modules", module, *dump.path)
        for variable, value in dump.environment:
            yield from _variable((*path, "environment", variable), variable, value)
        for index, word in enumerate(dump.command):
            yield from _word((*path, "command", index), word)
    for unit in configuration.units:
        for directive in unit.directives:
            if directive.origin.source == "units" and not isinstance(directive.value, Expanded):
                yield from _directive(directive.origin.path, directive.name, directive.value)


def _directive(path: ManifestPath, name: str, value: object) -> Iterator[Diagnostic]:
    if name in ("SetCredential", "SetCredentialEncrypted") and value:
        yield _secret(path, f"{name}= holds a secret itself", "use LoadCredential=NAME:/PATH")
    elif name == "Environment" and isinstance(value, str):
        variable, _, content = value.partition("=")
        yield from _variable(path, variable, content)
    elif name.startswith("Exec"):
        for word in getattr(value, "words", ()):
            yield from _word(path, word)


def _variable(path: ManifestPath, name: str, value: str) -> Iterator[Diagnostic]:
    if _is_secret(name, value):
        yield _secret(path, f"{name} looks like a secret", _ADVICE)
    elif _URL.search(value):
        yield _secret(path, f"{name} holds an address with a password in it", _ADVICE)


def _word(path: ManifestPath, word: str) -> Iterator[Diagnostic]:
    found = _OPTION.fullmatch(word)
    if found and _is_secret(found["name"].replace("-", "_"), found["value"]):
        yield _secret(path, f"--{found['name']} looks like a secret", _ADVICE)
    elif _URL.search(word):
        yield _secret(path, "the command holds an address with a password in it", _ADVICE)
    elif "PRIVATE KEY-----" in word:
        yield _secret(path, "the command holds a private key", _ADVICE)


def _is_secret(name: str, value: str) -> bool:
    if not value or value.startswith("/") or _NAMES_A_FILE.search(name):
        return "PRIVATE KEY-----" in value
    return _SECRET_NAME.search(name) is not None or "PRIVATE KEY-----" in value


def _secret(path: ManifestPath, message: str, fix: str) -> Diagnostic:
    return Diagnostic("HW019", f"{message}, and a tree is no place for one", path, fix)
