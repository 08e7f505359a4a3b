"""borgmatic's configuration -> Draft: the options of Debian 12's and 13's versions, and newer ones.

Everything that is read is accounted for: it is in the manifest, comes to the same without, or is
listed with its line. What the options mean was read from the schema of borgmatic 1.7.7 and 1.9.14.
"""

import os

from compiler.init.borgmatic.databases import databases
from compiler.init.borgmatic.keep import check, keep
from compiler.init.borgmatic.notifiers import notifiers
from compiler.init.borgmatic.reader import Reader
from compiler.init.borgmatic.reasons import SAME
from compiler.init.borgmatic.what import what
from compiler.init.borgmatic.where import where
from compiler.init.draft import Draft
from compiler.init.identity import identity
from compiler.init.root import Root
from compiler.init.survey import also, closed
from schema.document import Scalar


def borgmatic(root: Root, file: str, content: bytes) -> Draft:
    """Carry a configuration over, to the machine that is looked at.

    Raises:
        RejectedError: the file cannot be read as YAML at all.
    """
    name = os.path.basename(file)
    draft = Draft(
        f"Carried over from {name} of borgmatic by hostwright init. Read it once; what has no "
        "place in a manifest is listed at the end. Lines below CHANGE need a hand.",
        name,
    )
    identity(root, draft)
    reader = Reader(content, draft)
    where(reader, root)
    what(reader)
    keep(reader)
    check(reader)
    databases(reader, root)
    notifiers(reader)
    _same(reader)
    reader.finish()
    also(root, draft)
    closed(root, draft)
    return draft


def _same(reader: Reader) -> None:
    """Take what comes to the same without an option."""
    for name, values in SAME.items():
        given = reader.option(name)
        if given is not None and isinstance(given.node, Scalar):
            is_same = any(
                given.node.value == value and type(given.node.value) is type(value)
                for value in values
            )
            if is_same:
                reader.take(given)
