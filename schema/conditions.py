"""Conditions on facts of the manifest: what must be true for a profile or module entry to count."""

from attrs import frozen

from schema.option import option
from schema.scalars import Text


@frozen(eq=False, repr=False)
class Facts:
    """All of these must be true. Each takes one word, or a list of them."""

    host: tuple[Text, ...] = option(
        default=(),
        help="the host's name is one of these; * and ? stand for any characters and any one",
        example='"db*"',
        merge="whole",
        since="0.2",
    )
    target: tuple[Text, ...] = option(
        default=(),
        help="the target is one of these",
        example="debian-13",
        merge="whole",
        since="0.2",
    )
    modules: tuple[Text, ...] = option(
        default=(),
        help="all of these modules are enabled",
        example="[postgresql, gitea]",
        merge="whole",
        since="0.2",
    )
    tags: tuple[Text, ...] = option(
        default=(),
        help="the host has all of these tags",
        example="[staging]",
        merge="whole",
        since="0.2",
    )


@frozen(eq=False, repr=False)
class When(Facts):
    """What must be true of the host: all of it, and nothing of `unless`."""

    unless: Facts | None = option(
        default=None,
        help="and these must not all be true",
        example="{tags: [staging]}",
        merge="whole",
        since="0.2",
    )
