"""The users of the machine, by number, and what a draft must say of those that Debian lacks."""

from compiler.init.draft import Draft
from compiler.init.root import Root
from schema.scalars import AbsolutePath, UserName
from schema.targets import TARGETS


def users(root: Root) -> dict[int, str]:
    """Names by number, as passwd(5) has them; of two names with one number, the first."""
    found: dict[int, str] = {}
    for line in (root.text("/etc/passwd") or "").split("\n"):
        fields = line.split(":")
        if (
            len(fields) == 7
            and fields[2].isascii()
            and fields[2].isdecimal()
            and len(fields[2]) < 12
        ):
            found.setdefault(int(fields[2]), fields[0])
    return found


def owner(root: Root, path: str, names: dict[int, str]) -> str | None:
    """The user that owns a file, where it has a name that a unit can run as."""
    status = root.status(path)
    name = names.get(status.st_uid) if status else None
    return name if name is not None and UserName.problem(name) is None else None


def bring(draft: Draft, user: str | None = None, folder: str | None = None) -> None:
    """Say that a user or a folder is there although no package of Debian's makes it."""
    target = TARGETS[str(draft.values(("target",))[0])]
    if user is not None and user not in target.users:
        draft.append(("external", "users"), user)
    if folder is not None and folder not in target.folders and not AbsolutePath.problem(folder):
        draft.append(("external", "paths"), folder)
