"""`new module NAME`: a module of one's own that works, with its golden host, to be changed."""

import argparse
import os
from collections.abc import Mapping, Sequence

import modules
from compiler.render.templates import render_template
from compiler.verbs import Outcome
from modules.own import NAME_RULE, is_name
from schema.diagnostics import Diagnostic
from schema.scalars import UserName
from schema.targets import TARGETS

_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")
_EPILOG = """\
DIR/NAME.py becomes the module, and DIR/golden/NAME a host that uses it, with what it compiles to.
Nothing that exists is overwritten. docs/modules.md walks through what to change.

exit status: 0 done, 1 a file exists or cannot be written, 2 the command line is wrong, 3 a bug
"""
_NEXT = """\
{module}: the module, a copy of a folder with tar
{host}: a host that uses it
{tree}: what that host is compiled to

Change the module, then compile its host again and read the difference:

    compile {host} -o {tree}

A host of yours takes it with these two lines, the folder being relative to the manifest:

    module_path: [{folder}]
    modules: [{name}]
"""


def run(words: list[str]) -> Outcome:
    """Write a module and its golden host, and say what to do with them."""
    arguments = parser().parse_args(words)
    name, folder = arguments.name, arguments.modules
    if (problem := _name_problem(name)) is not None:
        return Outcome("", f'hostwright: "{name}" is no name for a module: {problem}\n', 2)
    golden = os.path.join(folder, "golden", name)
    files = {
        "module": os.path.join(folder, f"{name}.py"),
        "host": os.path.join(golden, "host.yaml"),
    }
    for path in (files["module"], golden):
        if os.path.lexists(path):
            return Outcome("", f"hostwright: {path} exists already; nothing was written\n", 1)
    try:
        _write(name, files)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Outcome("", f"hostwright: cannot write {files['module']}: {reason}\n", 1)
    tree = os.path.join(golden, "tree")
    if refused := _compiled(files["host"], tree):
        report = _reported(refused)
        _take_back(files, golden)
        return Outcome("", f"{report}hostwright: nothing was written\n", 1)
    return Outcome(_NEXT.format(**files, tree=tree, folder=folder, name=name))


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    found = argparse.ArgumentParser(
        prog="hostwright new",
        description="Write a module of your own that works, to be changed.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    found.add_argument("what", choices=["module"], help="what to write")
    found.add_argument("name", metavar="NAME", help="its name, which is its key in manifests")
    found.add_argument(
        "--modules",
        default="modules",
        metavar="DIR",
        help="the folder of modules; by default modules",
    )
    return found


def _name_problem(name: str) -> str | None:
    if not is_name(name):
        return NAME_RULE
    if name in modules.names():
        return "Hostwright has a module of this name"
    if UserName.problem(name) is not None:
        return "it is longer than 31 characters, and no user could be called so"
    return None


def _write(name: str, files: Mapping[str, str]) -> None:
    values = {
        "name": name,
        "unit": name.replace("_", "-"),
        "title": name.replace("_", " ").capitalize(),
        "class_name": _class_name(name),
        "target": list(TARGETS)[-1],
    }
    for kind, template in (("module", "module.py.j2"), ("host", "module_host.yaml.j2")):
        text = render_template(os.path.join(_TEMPLATES, template), values)
        os.makedirs(os.path.dirname(files[kind]) or ".", exist_ok=True)
        with open(files[kind], "x", encoding="utf-8") as file:
            file.write(text)


def _class_name(name: str) -> str:
    """A name in the spelling of classes, unless it means something else in the file."""
    from keyword import iskeyword

    camel = "".join(word.capitalize() for word in name.split("_"))
    with open(os.path.join(_TEMPLATES, "module.py.j2"), encoding="utf-8") as template:
        is_taken = camel in template.read().replace(",", " ").split()
    return f"{camel}Module" if iskeyword(camel) or is_taken else camel


def _compiled(host: str, tree: str) -> Sequence[Diagnostic]:
    from compiler.fleet import compile_fleet

    (result,) = compile_fleet([host], tree, strict=True)
    return result.diagnostics


def _reported(diagnostics: Sequence[Diagnostic]) -> str:
    from compiler.report.reported import reported, sources_of

    return reported(diagnostics, sources_of(diagnostics), "human")


def _take_back(files: Mapping[str, str], golden: str) -> None:
    for path in files.values():
        os.unlink(path)
    os.rmdir(golden)
