"""`show HOST.yaml`: the merged manifest, as YAML that compiles to the same tree."""

import argparse

from compiler.verbs import Outcome, add_modules_option


def run(words: list[str]) -> Outcome:
    """Print what the manifest and everything that it imports say together."""
    from compiler import compile_host
    from compiler.contents import contents
    from compiler.digest import digest
    from compiler.module_path import collection
    from compiler.report.human import printable
    from compiler.report.reported import reported, sources_of
    from compiler.show import show
    from schema.diagnostics import has_errors

    arguments = parser().parse_args(words)
    try:
        content = contents(arguments.manifest)
    except OSError as error:
        reason = error.strerror or str(error)
        return Outcome(
            "", f"hostwright: cannot read {printable(arguments.manifest)}: {reason}\n", 1
        )
    result = compile_host(arguments.manifest, content, modules=arguments.modules, explained=True)
    found = list(result.diagnostics)
    report = reported(found, sources_of(found), "human")
    if has_errors(found) or result.document is None:
        return Outcome("", report, 1)
    if arguments.digest:
        return Outcome(f"sha256:{digest(result.document)}\n", report)
    known = collection((result.document,), arguments.modules).find
    shown = show(result.document, known, origins=arguments.origins, modules=arguments.modules)
    return Outcome(shown, report)


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    found = argparse.ArgumentParser(
        prog="hostwright show",
        description="Print the merged manifest, as YAML that compiles to the same tree. Folders of "
        "module_path are seen from the manifest's own folder: keep the output beside it.",
        allow_abbrev=False,
    )
    found.add_argument("manifest", metavar="HOST.yaml", help="the manifest")
    found.add_argument(
        "--origins", action="store_true", help="say of each line which file and line it comes from"
    )
    found.add_argument(
        "--digest",
        action="store_true",
        help="print the digest of its keys and values instead, as a tree and its package name it",
    )
    add_modules_option(found)
    return found
