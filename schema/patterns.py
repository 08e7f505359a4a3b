"""What borg's exclude patterns match (borg help patterns), for checks over the manifest.

Exact for the styles pf, pp and re; fm and sh are translated as borg translates them. Nothing here
decides what is archived, borg does: a check that warns of a swallowed dump must know, though.
"""

import re
from fnmatch import translate
from functools import lru_cache
from math import comb

_MOST_STEPS = 10_000_000
"""About a second. What takes longer is not known here; borg takes the time for each file."""


@lru_cache(maxsize=1024)
def matches(pattern: str, path: str) -> bool:
    """Whether an exclude pattern takes out a path, or a folder that the path lies in."""
    parts = path.split("/")
    above = ["/".join(parts[:count]) or "/" for count in range(2, len(parts) + 1)]
    return any(_matches_one(pattern, one) for one in above)


def _matches_one(pattern: str, path: str) -> bool:
    style, _, rest = pattern.partition(":") if pattern[2:3] == ":" else ("fm", "", pattern)
    bare = path.strip("/")
    if style == "pf":
        return bare == rest.strip("/")
    if style == "pp":
        return f"{bare}/".startswith(f"{rest.strip('/')}/")
    expression = _expression(style, rest)
    if style in ("re", "sh") and _steps(expression.pattern, len(bare)) > _MOST_STEPS:
        return False
    return expression.search(f"{bare}/" if style != "re" else bare) is not None


@lru_cache(maxsize=1024)
def _steps(expression: str, length: int) -> int:
    """In how many ways an expression can lie on a path, at worst: `a*a*a*a*b` on many a's."""
    from schema.expressions import open_ends  # noqa: PLC0415 - few patterns need it

    parts = open_ends(expression) + 1
    return comb(length + parts, parts)


@lru_cache(maxsize=256)
def _expression(style: str, pattern: str) -> "re.Pattern[str]":
    from schema.expressions import compiled  # noqa: PLC0415 - few patterns need it

    if style == "re":
        return compiled(pattern)
    if style == "sh":
        return compiled(_shell(pattern.strip("/")))
    tail = "*" if pattern.endswith("/") else "/*"
    return compiled(translate(pattern.lstrip("/") + tail))


def _shell(pattern: str) -> str:
    """`**/` is any folders, `*` and `?` stay within one name; the rest of the path may follow."""
    out = []
    for piece in re.findall(r"\*\*/|\*\*|\*|\?|\[!?[^\]]+\]|.", pattern, re.DOTALL):
        if piece == "**/":
            out.append(r"(?:[^/]*/)*")
        elif piece == "**":
            out.append(".*")
        elif piece in "*?":
            out.append("[^/]" + ("*" if piece == "*" else ""))
        elif piece.startswith("[") and len(piece) > 2:
            out.append(piece.replace("[!", "[^").replace("\\", "\\\\"))
        else:
            out.append(re.escape(piece))
    return r"\A" + "".join(out) + "/"
