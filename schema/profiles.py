"""What a manifest says of the files that it shares with others."""

from attrs import frozen

from schema.conditions import When
from schema.option import option
from schema.scalars import Matched, Text


class HostTag(Matched):
    """A word that conditions ask for."""

    __slots__ = ()
    wanted = "a word"
    example = "staging"
    expression = "[a-z0-9][a-z0-9_.-]*"
    rule = "is not a word of lower-case letters, digits, dots, hyphens and underscores"


@frozen(eq=False, repr=False)
class Import:
    """Another file whose definitions are merged in."""

    path: Text = option(
        help="a file, or a folder of *.yaml files; relative to the importing file",
        example="../profiles/base.yaml",
        merge="whole",
        since="0.2",
    )
    when: When | None = option(
        default=None,
        help="what must be true of the host for the import to count",
        example="{tags: [staging]}",
        merge="whole",
        since="0.2",
    )
