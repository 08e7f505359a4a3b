"""Texts, numbers and booleans: strict, nothing is taken for what it is not."""

import re
from typing import Any, TypeVar, get_args

from compiler.structure.advice import MEANT, text_fix
from compiler.structure.value import Value, asked, for_example, kind, nearest, quoted, short
from schema.borg import LocalRepository, SshRepository, parse_repository
from schema.bounded import Bounded
from schema.diagnostics import Mark
from schema.document import Scalar
from schema.scalars import Checked, SecretFile, text_problem
from schema.secrets import is_path, is_secret_name, secrets_in
from schema.targets import TARGETS, Target
from schema.times import TimeSpan

C = TypeVar("C", bound=Checked)

_CODENAMES = {"bookworm": "debian-12", "trixie": "debian-13"}
_REPOSITORIES = "/mnt/vault/web1 or ssh://web1@vault.example.org/./web1"
_IN_A_FILE = "put it into a file on the host that only its user can read, and name the file"


def structure_checked(value: Value, type_: type[Checked]) -> Checked:
    """A text that keeps the rule of its type."""
    if issubclass(type_, SecretFile):
        return _secret_file(value, type_)
    return checked(value, text_of(value, type_.wanted, type_), type_, value.place)


def checked(value: Value, text: str, type_: type[C], mark: Mark) -> C:
    """A text as a checked scalar.

    Raises:
        UnfitError: it breaks the rule, and that was reported.
    """
    try:
        return type_(text)
    except ValueError as error:
        message = f'{value.name}: "{short(text)}" {error}'
        raise value.refuse("HW014", message, text_fix(value, text, type_), mark) from None


def text_of(value: Value, wanted: str, type_: type[Checked] | None = None) -> str:
    """The text of a scalar that YAML takes for one.

    Raises:
        UnfitError: it is a number, a boolean, null or a collection, or no text systemd could read.
    """
    node = value.node
    if isinstance(node, Scalar) and isinstance(node.value, str):
        if (problem := text_problem(node.value)) is not None:
            raise value.refuse("HW014", f"{value.name} {problem}", "take it out")
        return node.value
    fix = _text_instead(value, type_) if type_ else for_example(value.example)
    raise value.refuse("HW013", f"{value.name} takes {wanted}, not {kind(node)}", fix)


def _text_instead(value: Value, type_: type[Checked]) -> str | None:
    """What to write instead of what YAML takes for no text."""
    text = value.node.text if isinstance(value.node, Scalar) else ""
    if text and is_secret_name(str(value.path[-1])):
        return _IN_A_FILE
    if issubclass(type_, TimeSpan):
        fits = text.isdigit() and int(text) and type_.problem(f"{text}m") is None
        return (
            f"add a unit: {text}m"
            if fits
            else f"add a unit, for example: {value.example or type_.example}"
        )
    if text and type_.problem(text) is None:
        return f'quote it: "{text}"'
    return for_example(value.example or quoted(type_.example))


def _secret_file(value: Value, type_: type[SecretFile]) -> SecretFile:
    node = value.node
    if isinstance(node, Scalar) and isinstance(node.value, str) and is_path(node.value):
        return checked(value, node.value, type_, node.mark)
    raise value.refuse(
        "HW019",
        f"{value.name} is not an absolute path, and a secret must not stand in a manifest: "
        "whoever can read the tree could read it",
        f"put it into a file on the host and name that: {_named_file(value)}",
    )


def _named_file(value: Value) -> str:
    name = str(value.path[-1])
    owner = "borg" if value.path[0] == "backup" else value.path[-2]
    return f"{name}: /etc/credstore/{owner}-{name.replace('_', '-')}"


def structure_number(value: Value, type_: type[Bounded]) -> Bounded:
    """A whole number within the bounds of its type."""
    node = value.node
    number = node.value if isinstance(node, Scalar) else None
    if isinstance(number, bool) or not isinstance(number, int) or not isinstance(node, Scalar):
        is_quoted = isinstance(number, str) and number.isdigit()
        raise value.refuse(
            "HW013",
            f"{value.name} takes a whole number, not {kind(node)}",
            "take the quotes off" if is_quoted else for_example(value.example),
        )
    try:
        return type_(number)
    except ValueError as error:
        raise value.refuse("HW014", f"{value.name}: {short(node.text)} {error}") from None


def structure_boolean(value: Value, _: Any) -> bool:
    """True or false, and no other word."""
    node = value.node
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    word = node.text if isinstance(node, Scalar) else ""
    meant = MEANT.get(word.lower())
    fix = f"write {meant}: in YAML 1.2, {word} is a text" if meant else "write true or false"
    if word in ("true", "false"):
        fix = "take the quotes off"
    raise value.refuse("HW013", f"{value.name} takes true or false, not {kind(node)}", fix)


def structure_choice(value: Value, type_: Any) -> str:
    """One of a few words."""
    return choice(value, get_args(type_))


def choice(value: Value, choices: tuple[str, ...]) -> str:
    """The text of a scalar that must be one of a few words.

    Raises:
        UnfitError: it is none of them, and that was reported.
    """
    wanted = ", ".join(choices)
    text = text_of(value, choices[0] if len(choices) == 1 else f"one of {wanted}")
    if text not in choices:
        rule = f'{value.name}: "{short(text)}" is not one of: {wanted}'
        raise value.refuse("HW015", rule, asked(nearest(text, choices)))
    return text


def structure_target(value: Value, _: Any) -> Target:
    """The name of a Debian release -> what is known of it."""
    text = value.node.text if isinstance(value.node, Scalar) else ""
    if text not in TARGETS and (meant := _release(text)) in TARGETS:
        rule = f'{value.name}: "{short(text)}" is not one of: {", ".join(TARGETS)}'
        raise value.refuse("HW015", rule, asked(meant))
    return TARGETS[choice(value, tuple(TARGETS))]


def _release(text: str) -> str | None:
    """The release that a codename, or a number alone, stands for."""
    number = re.fullmatch(r"(?:debian)?[ _-]?([0-9]+)(?:\.[0-9]+)?", text.lower())
    return f"debian-{number[1]}" if number else _CODENAMES.get(text.lower())


def structure_repository(value: Value, _: Any) -> LocalRepository | SshRepository:
    """A repository's location -> one of its two kinds."""
    text = text_of(value.or_else(_REPOSITORIES), "a repository")
    try:
        return parse_repository(text)
    except ValueError as error:
        if next(secrets_in(text), None):
            raise value.refuse(
                "HW019",
                f"{value.name} holds a password, which everybody could read in the tree",
                "log in with a key: ssh_key: /etc/credstore/borg-ssh-key",
            ) from None
        message = f'{value.name}: "{short(text)}" {error}'
        raise value.refuse("HW014", message, for_example(_REPOSITORIES)) from None
