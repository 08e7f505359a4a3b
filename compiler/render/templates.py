"""Text from templates: the one room with jinja2, which is imported only for one with markup."""

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import modules

if TYPE_CHECKING:
    import jinja2

_MARKUP = ("{{", "{%", "<#")


def render_template(name: str, values: Mapping[str, object]) -> str:
    """The text of a template of `modules/templates`, with `values` filled in.

    Templates compute nothing; `quote` is the filter for a word of a shell script.
    """
    source = _source(name)
    if not any(sign in source for sign in _MARKUP):
        return source
    return str(_environment().get_template(name).render(values))


@cache
def _source(name: str) -> str:
    folder = modules.PROGRAMS if name.endswith(".py") else modules.TEMPLATES
    with open(os.path.join(folder, name), encoding="utf-8") as template:
        return template.read()


@cache
def _environment() -> "jinja2.Environment":
    import shlex

    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - shell and configuration, not HTML
        keep_trailing_newline=True,
        comment_start_string="<#",  # the usual {# is the length of a variable to a shell
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["quote"] = lambda value: shlex.quote(str(value))
    return environment
