"""Configuration -> Tree: the text of every file, escaped by the class of each value.

Units are written directive by directive, in the order of the man pages; scripts are templates.
"""

import os
from collections.abc import Iterable, Iterator

from compiler import escape
from compiler.render.files import FILE_MODE, Line, header, text_file
from compiler.render.templates import render_template
from compiler.render.units import unit_file
from schema.directives import directive_rules
from schema.host import Manifest
from schema.layout import library
from schema.tree import Entry, File, Link, Origin, Tree
from schema.units import Account, Configuration, Data, Script, Shortcut, Wants

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
    yield f"{root}/tmpfiles.d/backup.conf", _tmpfiles(manifest, configuration)
    if configuration.accounts:
        yield f"{root}/sysusers.d/backup.conf", _sysusers(manifest, configuration.accounts)
    for script in configuration.scripts:
        yield f"{root}/hostwright/{script.name}", _script(manifest, script)
    for shortcut in configuration.shortcuts:
        yield shortcut.path[1:], _shortcut(manifest, shortcut)
    for data in configuration.data:
        yield f"{root}/hostwright/{data.name}", _data(manifest, data)


def _link(wants: Wants) -> Link:
    return Link(f"../{wants.unit}", wants.origin)


def _shortcut(manifest: Manifest, shortcut: Shortcut) -> Link:
    script = f"{library(manifest.layout)}/hostwright/{shortcut.script}"
    return Link(os.path.relpath(script, os.path.dirname(shortcut.path)), shortcut.origin)


def _tmpfiles(manifest: Manifest, configuration: Configuration) -> File:
    origin = Origin("backup", ("backup",), "folders that the units write to")
    purpose = "Folders of the backup (tmpfiles.d): created, never emptied."
    lines = header(manifest, origin, purpose)
    lines.append(("", None))
    for kind, entries in (("d", configuration.folders), ("f", configuration.files)):
        for entry in entries:
            path = escape.tmpfiles_path(entry.path)
            line = f"{kind} {path} {entry.mode:04o} {entry.user} {entry.group} -"
            lines.append((line, entry.origin))
    for leftover in configuration.leftovers:
        lines.append((f"R! {escape.tmpfiles_path(leftover.pattern)}", leftover.origin))
    return text_file(lines, origin)


def _sysusers(manifest: Manifest, accounts: Iterable[Account]) -> File:
    origin = Origin("backup", ("backup",), "users that the units run as")
    lines = header(manifest, origin, "Users and groups of the backup (sysusers.d).")
    lines.append(("", None))
    for account in accounts:
        description = escape.sysusers_word(account.description)
        home = escape.sysusers_word(account.home)
        lines.append((f"u {account.name} - {description} {home}", account.origin))
    return text_file(lines, origin)


def _script(manifest: Manifest, script: Script) -> File:
    text = render_template(script.template, {"host": manifest.host, "target": manifest.target})
    lines: list[Line] = []
    if text.startswith("#!"):
        shebang, _, text = text.partition("\n")
        lines.append((shebang, script.origin))
    lines += header(manifest, script.origin)
    lines.append(("#", script.origin) if text.startswith("#") else ("", None))
    lines += [(line, script.origin) for line in text.rstrip("\n").split("\n")]
    mode = FILE_MODE if script.name.endswith(".py") else SCRIPT_MODE
    return text_file(lines, script.origin, mode)


def _data(manifest: Manifest, data: Data) -> File:
    lines = header(manifest, data.origin, f"{data.name}: {data.purpose}.")
    lines += data.lines
    return text_file(lines, data.origin)
