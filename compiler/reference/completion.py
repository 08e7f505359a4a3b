"""Scripts that complete command lines, one for each shell."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from compiler.reference.commands import Argument, Command, commands, kind_of_word
from compiler.reference.commands import Verb as VerbLike
from compiler.reference.search import every_section
from compiler.reference.sections import Modules, module_sections
from compiler.render.templates import render_template
from schema.codes import RULES

_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")

SHELLS: Mapping[str, str] = {
    "bash": "hostwright.bash",
    "zsh": "_hostwright",
    "fish": "hostwright.fish",
}
"""The shells, and the name that a script has where each of them looks for it."""

_ZSH = {
    "manifest": '_files -g "*.yaml(-.)"',
    "file": "_files",
    "folder": "_files -/",
    "code": "_hostwright_codes",
    "option": "_hostwright_options",
}
_FISH = {
    "manifest": "-k -a '(__fish_complete_suffix .yaml)'",
    "file": "-F",
    "folder": "-a '(__fish_complete_directories)'",
    "code": "-a '(__hostwright_codes)'",
    "option": "-a '(__hostwright_options)'",
}


@frozen
class Place:
    """A word of a verb: its number, `*` for all that follow, and what it can be."""

    number: str
    kind: str
    choices: tuple[str, ...]


@frozen
class Completed:
    """A verb as the templates need it."""

    name: str
    help: str
    flags: tuple[str, ...]
    valued: tuple[Argument, ...]
    places: tuple[Place, ...]
    zsh: tuple[str, ...]
    fish: tuple[str, ...]


def completion(shell: str, verbs: Iterable[VerbLike], modules: Modules) -> str:
    """The script of a shell: it completes `hostwright` and `compile`.

    Args:
        shell: one of `SHELLS`.
        verbs: every verb.
        modules: whose options are completed.
    """
    values = {
        "verbs": [_completed(command) for command in commands(verbs)],
        "kind_of": lambda argument: kind_of_word(argument.metavars[0]),
        "codes": [(rule.code, _quoted(rule.title)) for rule in RULES.values()],
        "options": list(_options(modules)),
        "cases": lambda verb, option: " | ".join(f"{verb.name}:{flag}" for flag in option.flags),
    }
    return render_template(os.path.join(_TEMPLATES, f"completion.{shell}.j2"), values)


def _options(modules: Modules) -> Iterator[str]:
    """What `hostwright options` takes; not where names of one's own are part of it."""
    paths = [entry.path for section in every_section(modules) for entry in section.entries]
    paths += [section.path for section in module_sections(modules)]
    for path in sorted(paths):
        if not any(step.isupper() for step in path):
            yield ".".join(path)


def _completed(command: Command) -> Completed:
    return Completed(
        command.name,
        _quoted(command.help),
        tuple(flag for option in command.options for flag in option.flags),
        tuple(option for option in command.options if option.metavars),
        tuple(_places(command.words)),
        tuple(_zsh(command)),
        tuple(_fish(command)),
    )


def _places(words: Sequence[Argument]) -> Iterator[Place]:
    metavars = [(metavar, word) for word in words for metavar in word.metavars]
    for number, (metavar, word) in enumerate(metavars):
        kind = "" if word.choices else kind_of_word(metavar)
        yield Place("*" if word.repeats else str(number), kind, word.choices)


def _zsh(command: Command) -> Iterator[str]:
    """The specifications that `_arguments` takes, each quoted."""
    for option in command.options:
        text = _zsh_text(option.help)
        values = "".join(_zsh_value(metavar, option) for metavar in option.metavars)
        alike = " ".join(option.flags)
        for flag in option.flags:
            start = f"*{flag}" if option.repeats else f"({alike}){flag}"
            yield f"'{start}[{text}]{values}'"
    for word in command.words:
        start = "*" if word.repeats else ""
        for metavar in word.metavars:
            yield f"'{start}{_zsh_value(metavar, word)}'"


def _zsh_value(metavar: str, argument: Argument) -> str:
    if argument.choices:
        return f":{_zsh_text(metavar)}:({' '.join(argument.choices)})"
    return f":{_zsh_text(metavar)}:{_ZSH.get(kind_of_word(metavar), ' ')}"


def _zsh_text(text: str) -> str:
    for sign in "\\[]:":
        text = text.replace(sign, f"\\{sign}")
    return _quoted(text)


def _fish(command: Command) -> Iterator[str]:
    """What stands behind `complete -c COMMAND -n CONDITION`."""
    for option in command.options:
        parts = [*map(_fish_flag, option.flags), f"-d '{_fish_text(option.help)}'"]
        if option.metavars:
            parts += ["-r", _fish_values(option.metavars[0], option)]
        yield " ".join(filter(None, parts))
    for word in command.words:
        if (values := _fish_values(word.metavars[0], word)) != "-f":
            yield values


def _fish_flag(flag: str) -> str:
    return f"-{'l' if flag.startswith('--') else 's'} {flag.lstrip('-')}"


def _fish_values(metavar: str, argument: Argument) -> str:
    if argument.choices:
        return f"-f -a '{' '.join(argument.choices)}'"
    values = _FISH.get(kind_of_word(metavar), "")
    return values if values.startswith("-F") else f"-f {values}".strip()


def _fish_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _quoted(text: str) -> str:
    """A text between single quotes of bash or zsh."""
    return text.replace("'", "'\\''")
