"""How an option is declared: type, default, help and example stand in its attrs field."""

from typing import Any, Literal

from attrs import NOTHING, field

HELP = "help"
EXAMPLE = "example"
SINCE = "since"
MERGE = "merge"
COLLECTS = "collects"
NOT_EMPTY = "not_empty"

MergeRule = Literal["equal", "append", "keys", "whole"]
"""How definitions from several files become one value.

- `equal`: the strongest wins; of equal strength, all must say the same.
- `append`: a list of the items of all definitions, the default's included; only a `!force` drops
  the weaker ones.
- `keys`: a mapping, each key of which is merged by a rule of its own.
- `whole`: a list or mapping that is never mixed from two definitions: as `equal`.
"""


def option(  # noqa: PLR0913 - what is known of an option, in one place
    *,
    help: str,  # noqa: A002 - the word every option system uses
    default: Any = NOTHING,
    example: str | None = None,
    not_empty: bool = False,
    merge: MergeRule | None = None,
    since: str = "0.1",
) -> Any:
    """An option of the manifest.

    Args:
        help: one sentence for the reference.
        default: the value when the manifest says nothing; without one the option is required.
        example: how it looks in YAML, for the reference.
        not_empty: whether an empty list is an error.
        merge: how definitions are merged; by default `append` for lists, `keys` for mappings and
            sections, and `equal` for everything else.
        since: the version of Hostwright that first had it.
    """
    return field(
        default=default,
        metadata={
            HELP: help,
            EXAMPLE: example,
            NOT_EMPTY: not_empty,
            MERGE: merge,
            SINCE: since,
        },
    )


def collected(
    *,
    help: str,  # noqa: A002 - as in `option`
    example: str | None = None,
    since: str = "0.1",
) -> Any:
    """A mapping option that takes every key of its section that is not an option itself."""
    return field(
        factory=dict,
        metadata={
            HELP: help,
            EXAMPLE: example,
            NOT_EMPTY: False,
            MERGE: None,
            SINCE: since,
            COLLECTS: True,
        },
    )
