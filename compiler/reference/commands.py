"""What can be typed behind `hostwright`, read out of the verbs' own parsers."""

import argparse
from collections.abc import Iterable
from typing import Protocol

from attrs import frozen

_KINDS = {
    "CODE": "code",
    "DIR": "folder",
    "FILE": "file",
    "OPTION": "option",
    "OUT": "folder",
    "TREE": "folder",
    "WHAT": "option",
}


class Verb(Protocol):
    """What this package knows of a verb."""

    @property
    def name(self) -> str:
        """What is typed."""

    @property
    def help(self) -> str:
        """A line about it."""

    @property
    def parser(self) -> argparse.ArgumentParser:
        """What reads the words behind it."""


@frozen
class Argument:
    """An option of a verb, or one of its other words.

    Attributes:
        flags: how an option is written, such as `-o` and `--output`; empty for another word.
        metavars: what stands for its values in a usage line; empty for a switch.
        help: half a sentence.
        choices: the only words that it can be, if there are only some.
        repeats: whether it may be given more than once.
    """

    flags: tuple[str, ...]
    metavars: tuple[str, ...]
    help: str
    choices: tuple[str, ...]
    repeats: bool


@frozen
class Command:
    """A verb, its description, and what may stand behind it."""

    name: str
    help: str
    description: str
    epilog: str
    usage: str
    options: tuple[Argument, ...]
    words: tuple[Argument, ...]


def commands(verbs: Iterable[Verb]) -> tuple[Command, ...]:
    """Every verb."""
    return tuple(map(_command, verbs))


def _command(verb: Verb) -> Command:
    parser = verb.parser
    arguments = [_argument(action) for action in parser._actions]  # noqa: SLF001 - no other way
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    return Command(
        verb.name,
        verb.help,
        parser.description or "",
        parser.epilog or "",
        usage,
        tuple(one for one in arguments if one.flags),
        tuple(one for one in arguments if not one.flags),
    )


def _argument(action: argparse.Action) -> Argument:
    choices = tuple(map(str, action.choices or ()))
    repeats = action.nargs in ("*", "+") or type(action).__name__ == "_AppendAction"
    text = (action.help or "").replace("%(default)s", str(action.default))
    return Argument(tuple(action.option_strings), _metavars(action), text, choices, repeats)


def _metavars(action: argparse.Action) -> tuple[str, ...]:
    """The names of the values that an argument takes."""
    if action.nargs == 0:
        return ()
    if isinstance(action.metavar, tuple):
        return action.metavar
    if action.metavar:
        return (action.metavar,)
    name = "|".join(map(str, action.choices)) if action.choices else action.dest.upper()
    return (name,) if not isinstance(action.nargs, int) else (name,) * action.nargs


def kind_of_word(metavar: str) -> str:
    """What a metavar stands for: manifest, folder, code, option, file; or nothing that is known."""
    names = metavar.split("|")
    if any(name.endswith(".yaml") for name in names):
        return "manifest" if len(names) == 1 else "file"
    return next((_KINDS[name] for name in names if name in _KINDS), "")
