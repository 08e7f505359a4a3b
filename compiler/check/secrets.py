"""No secret can reach the tree, which everybody who can read the packages can read."""

from collections.abc import Iterator, Sequence

from schema.catalog import Catalog
from schema.diagnostics import Diagnostic, ManifestPath
from schema.resources import Dump
from schema.secret_options import secret_words
from schema.secrets import has_token, is_printed, is_secret, is_secret_name, secrets_in
from schema.units import Configuration, Directive, Expanded

_ADVICE = "put it into a file on the host that only its user can read, and name the file"


def secrets(catalog: Catalog, configuration: Configuration) -> Iterator[Diagnostic]:
    """Secrets by the names and shapes they go by, in commands and environments of the manifest."""
    for module, dump in catalog.of(Dump):
        path: ManifestPath = ("modules", module, *dump.path)
        for variable, value in dump.environment:
            yield from _variable((*path, "environment", variable), variable, value)
        for step, words in dump.commands:
            yield from _command((*path, *step), words)
    for unit in configuration.units:
        for directive in unit.directives:
            if directive.origin.source == "units" and not isinstance(directive.value, Expanded):
                yield from _directive(directive)


def _directive(directive: Directive) -> Iterator[Diagnostic]:
    path, name, value = directive.origin.path, directive.name, directive.value
    if name in ("SetCredential", "SetCredentialEncrypted") and value:
        yield _secret(path, f"{name}= holds a secret itself", "use LoadCredential=NAME:/PATH")
    elif name == "Environment" and isinstance(value, str):
        variable, _, content = value.partition("=")
        yield from _variable(path, variable, content)
    elif name.startswith("Exec"):
        yield from _command(path, getattr(value, "words", ()))
    elif isinstance(value, str) and has_token(value):
        yield _secret(path, f"{name}= holds a token", _ADVICE)


def _variable(path: ManifestPath, name: str, value: str) -> Iterator[Diagnostic]:
    is_known = is_secret(name, value) or is_printed(name, value)
    what = "a secret" if is_known else _what(value)
    if what:
        yield _secret(path, f"the variable {name} holds {what}", _ADVICE)


def _command(path: ManifestPath, words: Sequence[str]) -> Iterator[Diagnostic]:
    by_option = {index for index, _ in secret_words(words)}
    for index, word in enumerate(words):
        what = _what(word)
        option = words[index - 1] if index else ""
        if not what and index in by_option:
            what = "a secret (an option of the program)"
        if not what and _is_secret_option(option) and not word.startswith(("-", "/")):
            what = f"a secret ({option})"
        if what:
            yield _secret((*path, index), f"the command holds {what}", _ADVICE)


def _is_secret_option(word: str) -> bool:
    return word.startswith("--") and "=" not in word and is_secret_name(word.lstrip("-"))


def _what(text: str) -> str | None:
    return next((secret.what for secret in secrets_in(text)), None)


def _secret(path: ManifestPath, message: str, fix: str) -> Diagnostic:
    return Diagnostic("HW019", f"{message}, and a tree is no place for one", path, fix)
