"""`schema [--profile]`: a JSON Schema of manifests, for editors."""

import argparse

from compiler.reference.json_schema import json_schema
from compiler.verbs import Outcome, add_modules_option
from compiler.verbs.options import known_modules

_EPILOG = """\
An editor with yaml-language-server completes and explains options, and shows most errors, in a
manifest whose first line is

    # yaml-language-server: $schema=host.schema.json
"""


def run(words: list[str]) -> Outcome:
    """Print the schema of manifests, or of what they import."""
    arguments = parser().parse_args(words)
    modules, broken = known_modules(arguments.modules)
    if broken:
        return Outcome("", broken, 1)
    return Outcome(json_schema(modules, profile=arguments.profile))


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    parser = argparse.ArgumentParser(
        prog="hostwright schema",
        description="Print a JSON Schema (2020-12) of manifests, for editors.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--profile", action="store_true", help="of files that others import: nothing is required"
    )
    add_modules_option(parser)
    return parser
