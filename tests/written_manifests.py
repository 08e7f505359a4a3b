"""Manifests as people write them: comments, quotes, brackets and blank lines at every place."""

from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import strategies as st

SECTIONS = {
    "alpha": ("old", "far", "deep", "kept", "other"),
    "beta": ("up", "kept", "other"),
    "gamma": ("old", "kept"),
}
"""Sections, and the options that may stand in them; none is the new name of another."""

SINGLE = ("7", "!force 7", "plain text", "a,b", "'quoted: #'", '"double"', "", "~", "/etc", "0750")
BRACKETS = ("[1, two]", "{one: 1, two: [x]}", "!override 10 [1]", "[]", "{}")
BLOCKS = (
    "|\n  first\n    second\n\n  # no comment",
    ">-\n  folded\n  text",
    "plain\n  that goes on",
    '"double\n  that goes on"',
    "\n- one\n- two  # {}",
    "\n  - one\n  # {}\n  - two",
    "\n  one: 1  # {}\n  two:\n    three: 3",
    "!before\n  # {}\n  - one",
)
Draw = Callable[[st.SearchStrategy[Any]], Any]


class _Writer:
    """Writes lines; every comment is another one."""

    def __init__(self, draw: Draw, *, plainly: bool) -> None:
        self.draw = draw
        self.plainly = plainly
        self.lines: list[str] = []
        self._numbers = count(1)

    def chance(self, most: int = 3) -> bool:
        return bool(self.draw(st.integers(0, most)) == 0)

    def comment(self) -> str:
        return f"# c{next(self._numbers)}."

    def around(self, indent: int) -> None:
        """What may stand above an option."""
        if self.chance():
            self.lines.append("")
        for _ in range(self.draw(st.integers(0, 2))):
            self.lines.append(f"{' ' * indent}{self.comment()}")

    def option(self, key: str, indent: int) -> None:
        self.around(indent)
        values = (*SINGLE, *BRACKETS, *BLOCKS)
        value = self.draw(st.sampled_from(values))
        while "{}" in value and "\n" in value:
            value = value.replace("{}", self.comment()[2:], 1)
        first, *rest = value.split("\n")
        behind = f"  {self.comment()}" if self.chance() and (not rest or not first) else ""
        self.lines.append(f"{' ' * indent}{self.key(key)}: {first}".rstrip() + behind)
        self.lines += [f"{' ' * indent}{line}" if line else "" for line in rest]

    def key(self, key: str) -> str:
        quote = self.draw(st.sampled_from(("", "", "", "'", '"')))
        return f"{quote}{key}{quote}"

    def section(self, name: str, keys: list[str], step: int) -> None:
        self.around(0)
        behind = f" {self.comment()}" if self.chance() else ""
        if not self.plainly and self.chance():
            mark = self.draw(st.sampled_from(("", "&mark ", "!force ")))
            inside = (self.inside(key) for key in keys)
            self.lines.append(f"{self.key(name)}: {mark}{{{', '.join(inside)}}}{behind}")
            return
        self.lines.append(f"{self.key(name)}:{behind}")
        for key in keys:
            self.option(key, step)
        if self.chance():
            self.lines.append(f"{' ' * step}{self.comment()}")

    def inside(self, key: str) -> str:
        values = [one for one in (*SINGLE, *BRACKETS) if one != "a,b"]
        return f"{self.key(key)}: {self.draw(st.sampled_from(values))}".rstrip()


@st.composite
def written_manifests(draw: Draw, *, plainly: bool = False) -> str:
    """A text of sections; `plainly` leaves out brackets around sections, tags and anchors there."""
    writer = _Writer(draw, plainly=plainly)
    step = draw(st.sampled_from((2, 2, 4)))
    names = draw(
        st.lists(st.sampled_from(("alpha", "beta", "gamma", "top")), min_size=1, unique=True)
    )
    for name in names:
        if name == "top":
            writer.option(name, 0)
            continue
        keys = draw(st.lists(st.sampled_from(SECTIONS[name]), min_size=1, unique=True))
        writer.section(name, keys, step)
    newline = draw(st.sampled_from(("\n", "\n", "\r\n")))
    is_block = writer.lines[-1].strip() in ("# no comment", "text")  # its last newline is its own
    end = newline if is_block else draw(st.sampled_from((newline, newline, "")))
    return newline.join(writer.lines) + end
