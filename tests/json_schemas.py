"""The JSON Schema, and what it has against a manifest."""

import json
from functools import cache

from jsonschema import Draft202012Validator

from compiler.load import load
from compiler.module_path import collection
from compiler.reference.json_schema import json_schema
from compiler.reference.plain import plain
from tests.manifests import manifest


@cache
def validator(*folders: str, profile: bool = False) -> Draft202012Validator:
    """The schema, ready to be asked; with the modules of some folders."""
    known = collection((), folders)
    return Draft202012Validator(json.loads(json_schema(known, profile=profile)))


def complaints(text: bytes, *folders: str, profile: bool = False) -> list[str]:
    """What the schema has against a manifest."""
    data = plain(load("host.yaml", text).root)
    return [error.message for error in validator(*folders, profile=profile).iter_errors(data)]


def written(*lines: str) -> bytes:
    """A good manifest and a few lines more."""
    return manifest(more="\n".join(lines)).replace("modules: {}\n", "").encode()
