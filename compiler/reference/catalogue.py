"""docs/codes.md: every diagnostic."""

import os
from collections.abc import Mapping

from attrs import frozen

from compiler.render.templates import render_template
from schema.codes import RULES, Rule

_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")


@frozen
class Example:
    """A manifest that breaks a rule, and the report on it."""

    manifest: str
    report: str
    is_recipe: bool = False


def catalogue(examples: Mapping[str, Example]) -> str:
    """Every rule, with an example by code where a manifest can break it."""
    rules: list[tuple[Rule, Example | None]] = [
        (rule, examples.get(code)) for code, rule in RULES.items()
    ]
    return render_template(os.path.join(_TEMPLATES, "codes.md.j2"), {"rules": rules})
