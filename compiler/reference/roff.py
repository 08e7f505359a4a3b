"""Text -> the macros of man(7), for groff and mandoc alike."""

import re
from itertools import groupby
from textwrap import dedent, wrap

_WIDTH = 78
_SIGNS = {"\\": "\\e", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}
_OPTION = re.compile(r"(?<![A-Za-z0-9])-|-(?=-)")


def prose(text: str) -> str:
    """A text in lines short enough for a reader of the source; a hyphen of an option stays one."""
    escaped = _OPTION.sub(lambda _: "\\-", _signs(text))
    lines = wrap(escaped, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(map(_safe, lines)) + "\n"


def code(text: str) -> str:
    """A text that can be copied out of the page as it is."""
    return _signs(text).replace("-", "\\-").replace("'", "\\(aq")


def bold(text: str) -> str:
    """A word that is typed."""
    return f"\\fB{code(text)}\\fR"


def italic(text: str) -> str:
    """A word that stands for another one."""
    return f"\\fI{code(text)}\\fR"


def paragraphs(text: str) -> str:
    """Paragraphs, in which lines that are indented stand as they are."""
    return "".join(
        _paragraph("\n".join(lines), is_example=is_example)
        for paragraph in text.split("\n\n")
        for is_example, lines in groupby(paragraph.splitlines(), _is_indented)
    )


def example(text: str) -> str:
    """Lines that stand as they are."""
    lines = "\n".join(_safe(code(line)) for line in dedent(text).strip("\n").split("\n"))
    return f".PP\n.in +4n\n.EX\n{lines}\n.EE\n.in\n"


def _is_indented(line: str) -> bool:
    return line.startswith("  ")


def _paragraph(text: str, *, is_example: bool) -> str:
    return example(text) if is_example else f".PP\n{prose(text)}"


def _signs(text: str) -> str:
    return "".join(_SIGNS.get(sign, sign) for sign in text)


def _safe(line: str) -> str:
    """A line that begins with no request."""
    return f"\\&{line}" if line.startswith((".", "'")) else line
