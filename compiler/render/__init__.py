"""Configuration -> Tree: the text of every file, escaped by the class of each value.

Units are written directive by directive, in the order of the man pages; scripts are templates.
"""

from collections.abc import Iterable, Iterator

from compiler import escape
from compiler.render.files import Line, header, text_file
from compiler.render.templates import render_template
from compiler.render.units import unit_file
from schema.directives import directive_rules
from schema.host import Manifest
from schema.layout import library
from schema.tree import Entry, File, Link, Origin, Tree
from schema.units import Account, Configuration, Data, Folder, Script, Wants

SCRIPT_MODE = 0o755


def render(manifest: Manifest, configuration: Configuration) -> Tree:
    """Write every resource as text.

    Raises:
        ValueError: a value that `check` let through cannot be written: a bug of Hostwright.
    """
    return Tree(_entries(manifest, configuration))


def _entries(manifest: Manifest, configuration: Configuration) -> Iterator[tuple[str, Entry]]:
    root = library(manifest.layout)[1:]
    system = f"{root}/systemd/system"
    rules = directive_rules(manifest.target.systemd)
    for unit in configuration.units:
        yield f"{system}/{unit.name}", unit_file(manifest, unit, rules)
    for dropin in configuration.dropins:
        yield f"{system}/{dropin.unit}.d/{dropin.name}.conf", unit_file(manifest, dropin, rules)
    for wants in configuration.wants:
        yield f"{system}/{wants.by}.wants/{wants.unit}", _link(wants)
    if configuration.folders:
        yield f"{root}/tmpfiles.d/backup.conf", _tmpfiles(manifest, configuration.folders)
    if configuration.accounts:
        yield f"{root}/sysusers.d/backup.conf", _sysusers(manifest, configuration.accounts)
    for script in configuration.scripts:
        yield f"{root}/hostwright/{script.name}", _script(manifest, script)
    for data in configuration.data:
        yield f"{root}/hostwright/{data.name}", _data(manifest, data)


def _link(wants: Wants) -> Link:
    return Link(f"../{wants.unit}", wants.origin)


def _tmpfiles(manifest: Manifest, folders: Iterable[Folder]) -> File:
    lines = header(manifest, "Folders of the backup (tmpfiles.d): created, never emptied.")
    lines.append(("", None))
    for folder in folders:
        path = escape.tmpfiles_path(folder.path)
        line = f"d {path} {folder.mode:04o} {folder.user} {folder.group} -"
        lines.append((line, folder.origin))
    return text_file(lines, Origin("backup", ("backup",), "folders that the units write to"))


def _sysusers(manifest: Manifest, accounts: Iterable[Account]) -> File:
    lines = header(manifest, "Users and groups of the backup (sysusers.d).")
    lines.append(("", None))
    for account in accounts:
        description = escape.sysusers_word(account.description)
        home = escape.sysusers_word(account.home)
        lines.append((f"u {account.name} - {description} {home}", account.origin))
    return text_file(lines, Origin("backup", ("backup",), "users that the units run as"))


def _script(manifest: Manifest, script: Script) -> File:
    text = render_template(script.template, {"host": manifest.host, "target": manifest.target})
    shebang, _, body = text.partition("\n")
    lines: list[Line] = [(shebang, script.origin)]
    lines += header(manifest)
    lines.append(("#", None))
    lines += [(line, script.origin) for line in body.rstrip("\n").split("\n")]
    return text_file(lines, script.origin, SCRIPT_MODE)


def _data(manifest: Manifest, data: Data) -> File:
    lines = header(manifest, f"{data.name}: read by the backup.")
    lines += [(line, data.origin) for line in data.lines]
    return text_file(lines, data.origin)
