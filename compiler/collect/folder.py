"""The files of a folder that is imported, and what of it would be left out unseen."""

import os


def folder(path: str) -> tuple[list[str], list[str]]:
    """List a folder.

    Args:
        path: the folder.

    Returns:
        The names of its files to import, sorted, and what is wrong with the rest. Hidden entries,
        and those that are not called like YAML, are nobody's concern.

    Raises:
        OSError: it cannot be read.
    """
    files: list[str] = []
    problems: list[str] = []
    with os.scandir(path) as entries:
        visible = sorted((one for one in entries if not one.name.startswith(".")), key=_name)
    for entry in visible:
        name = entry.name
        if entry.is_dir():
            said = f"the folder {name} in it would be left out: import it by its own line"
            problems.append(said)
        elif name.endswith(".yaml"):
            files.append(name)
        elif name.lower().endswith((".yaml", ".yml")):
            said = f"{name} would be left out: rename it, files to import end in .yaml"
            problems.append(said)
    if not files and not problems:
        problems.append("the folder has no file that ends in .yaml")
    return files, problems


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name
