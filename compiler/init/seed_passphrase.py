"""The passphrase of the repository that the seed's script writes to."""

import re
from collections.abc import Iterable

from compiler.init.draft import Draft
from compiler.init.hints import PASSPHRASE, of_existing

_AT = ("backup", "passphrase")
_GIVEN = re.compile(r"\bBORG_PASS(PHRASE|COMMAND)=(?![\"']*(?:\s|$))")


def seed_passphrase(draft: Draft, lines: Iterable[tuple[int, str]]) -> None:
    """Give `backup.passphrase`: that of the repository, wherever the script has it from.

    A literal one comes before a command, as it does for borg (borg-help, Environment Variables).
    """
    where: dict[str, int] = {}
    for number, line in lines:
        found = None if line.startswith("#") else _GIVEN.search(line)
        if found:
            where[found[1]] = number
    if number := where.get("PHRASE", 0):
        said = of_existing(f"which line {number} of {draft.origin} has")
    elif draft.get(_AT) is not None:
        return
    elif number := where.get("COMMAND", 0):
        said = of_existing(f"which the command in line {number} of {draft.origin} prints")
    else:
        said = of_existing()
    draft.put(_AT, PASSPHRASE, said)
