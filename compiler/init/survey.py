"""The machine -> Draft: what runs on it, what it holds, and what only its keeper can know."""

from compiler.init.clusters import clusters
from compiler.init.database_files import database_files
from compiler.init.draft import Draft, Section
from compiler.init.folders import folders
from compiler.init.gitea import gitea
from compiler.init.hints import hints
from compiler.init.identity import identity
from compiler.init.mariadb import mariadb
from compiler.init.root import Root
from schema.layout import lies_in


def survey(root: Root) -> Draft:
    """Look at everything that can be seen; the same root gives the same draft."""
    draft = Draft(
        "Written by hostwright init, which looked at the machine and asked nothing. Read it once; "
        "the lines below CHANGE are guesses at what it could not see."
    )
    identity(root, draft)
    hints(root, draft)
    folders(root, draft)
    local_clusters = clusters(root, draft)
    mariadb(root, draft)
    covered = gitea(root, draft, has_postgresql=local_clusters)
    database_files(root, draft, covered)
    closed(root, draft)
    return draft


def closed(root: Root, draft: Draft) -> None:
    """Say what could not be looked into."""
    unseen = {path: why for path, why in root.unseen.items() if not _lies_in_another(path, root)}
    if unseen:
        draft.notes.append("")
        draft.notes.append("Could not look into these; run it as root to see what is there:")
        draft.notes += [f"  {path} ({reason})" for path, reason in sorted(unseen.items())]


def also(root: Root, draft: Draft) -> None:
    """Say which software the machine has that an imported file says nothing of."""
    seen = survey(root)
    known = {"dump", *_names(draft)}
    if names := [name for name in _names(seen) if name not in known]:
        said = (
            f"{draft.origin} says nothing of what else was found on this machine: "
            f"{', '.join(names)}. hostwright init without --from writes the lines for it."
        )
        draft.notes += ["", said]


def _names(draft: Draft) -> list[str]:
    """The modules of a draft, and the jobs of the module dump."""
    nodes = (draft.get(("modules",)), draft.get(("modules", "dump")))
    return [name for node in nodes if isinstance(node, Section) for name in node.entries]


def _lies_in_another(path: str, root: Root) -> bool:
    return any(path != other and lies_in(path, other) for other in root.unseen)
