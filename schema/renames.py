"""The options that had another name, or are no more, by the version of the manifest.

So far no version has renamed or removed one. An entry is written

    from schema.renaming import Removed, Renamed

    Renamed(old="backup.prune", new="backup.keep", since="0.2", until="0.3")
    Removed(old="backup.lock", reason="borg has its own", fix="take the line out", since="0.2")

and stays here when its time is over: the error then still says the new name, and `hostwright fix`
still writes it. What a module renames among its own options stands in the module (`renames`).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schema.renaming import Rename

RENAMES: "tuple[Rename, ...]" = ()
"""All of them; the types are imported with the first one, since every compile reads this."""
