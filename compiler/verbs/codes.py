"""`codes [CODE...]`: list the diagnostics, or explain why a rule is there and how to keep it."""

import argparse
from textwrap import fill, indent

from compiler.verbs import Outcome
from schema.codes import RULES, Rule

_WIDTH = 80


def run(words: list[str]) -> Outcome:
    """List every rule, or explain those that were asked for."""
    codes = [_full(code) for code in parser().parse_args(words).code]
    unknown = [code for code in codes if code not in RULES]
    if unknown:
        return Outcome("", "".join(map(_unknown, unknown)), 2)
    if not codes:
        return Outcome("".join(f"{rule.code}  {rule.title}\n" for rule in RULES.values()))
    return Outcome("\n".join(_explained(RULES[code]) for code in codes))


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    parser = argparse.ArgumentParser(
        prog="hostwright codes",
        description="List the diagnostics by their codes, or explain some of them.",
        allow_abbrev=False,
    )
    parser.add_argument("code", nargs="*", metavar="CODE", help="a code of a report, such as HW012")
    return parser


def _explained(rule: Rule) -> str:
    paragraphs = (
        f"{rule.code}: {rule.title}",
        fill(rule.explanation, _WIDTH),
        fill(f"To fix it: {rule.fix}", _WIDTH),
        f"For example, this breaks it:\n\n{indent(rule.example, '    ')}",
    )
    return "\n\n".join(paragraphs) + "\n"


def _full(code: str) -> str:
    """A code as reports write it: 12 and hw12 are HW012."""
    number = code.upper().removeprefix("HW")
    full = f"HW{int(number):03}" if number.isascii() and number.isdecimal() else code
    return full if full in RULES else code


def _unknown(code: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(code.upper(), list(RULES), n=1, cutoff=0.81)
    hint = f'did you mean "{near[0]}"?' if near else "`hostwright codes` lists them"
    return f'hostwright: there is no code "{code}"; {hint}\n'
