"""How an option is declared: type, default, help and example stand in its attrs field."""

from typing import Any

from attrs import NOTHING, field

HELP = "help"
EXAMPLE = "example"
COLLECTS = "collects"
NOT_EMPTY = "not_empty"


def option(
    *,
    help: str,  # noqa: A002 - the word every option system uses
    default: Any = NOTHING,
    example: str | None = None,
    not_empty: bool = False,
) -> Any:
    """An option of the manifest.

    Args:
        help: one sentence for the reference.
        default: the value when the manifest says nothing; without one the option is required.
        example: how it looks in YAML, for the reference.
        not_empty: whether an empty list is an error.
    """
    return field(default=default, metadata={HELP: help, EXAMPLE: example, NOT_EMPTY: not_empty})


def collected(*, help: str, example: str | None = None) -> Any:  # noqa: A002 - as in `option`
    """A mapping option that takes every key of its section that is not an option itself."""
    return field(
        factory=dict,
        metadata={HELP: help, EXAMPLE: example, NOT_EMPTY: False, COLLECTS: True},
    )
