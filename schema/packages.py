"""What Debian packages say of themselves: relations, versions, maintainers."""

from schema.scalars import Checked, Matched, line_problem

_NAME = r"[a-z0-9][a-z0-9+.-]+"
_VERSION = r"([0-9]+:)?[0-9][A-Za-z0-9.+~-]*"
_ONE = rf"{_NAME}( \((<<|<=|=|>=|>>) {_VERSION}\))?"


class PackageRelation(Matched):
    """A package that another one depends on, as the field Depends has it (Debian Policy 7.1)."""

    __slots__ = ()
    wanted = "a package, as the field Depends names it"
    example = "redis-tools"
    shape = r"^[a-z0-9]"
    expression = rf"{_ONE}( \| {_ONE})*"
    rule = (
        "is not a package as the field Depends names it: a name, if need be with a version or an "
        'alternative: "borgbackup (>= 1.2.4)", "exim4 | postfix"'
    )


class PackageVersion(Matched):
    """The version of a native package (Debian Policy 5.6.12): without an epoch and a revision."""

    __slots__ = ()
    wanted = "a version"
    example = "1.4.2"
    shape = r"^[0-9]"
    expression = r"[0-9][A-Za-z0-9.+~]{0,99}"
    rule = "is not a version: a digit, then at most 99 letters, digits and . + ~"


class Maintainer(Checked):
    """Who answers for a package: a name, and a mail address (Debian Policy 5.6.2)."""

    __slots__ = ()
    wanted = "a name and a mail address"
    example = "Operations <ops@example.org>"
    shape = r"^[^<>,]+ <[^<>,@ ]+@[^<>,@ ]+>$"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """A name without what has a meaning in the field, and one address in angle brackets."""
        name, _, rest = text.partition(" <")
        user, _, domain = rest.removesuffix(">").partition("@")
        parts = (name, user, domain)
        is_one_word = len(f"{user}{domain}".split()) == 1
        if f"{name} <{user}@{domain}>" != text or not (is_one_word and all(map(_is_part, parts))):
            return 'is not a name and an address, such as "Operations <ops@example.org>"'
        return line_problem(text)


def _is_part(text: str) -> bool:
    return text.strip() == text != "" and not set(text) & set("<>,@")
