"""What hostwright-restore asks of a program that restores a dump: a JSON file."""

import json
from dataclasses import dataclass
from pathlib import Path


class RequestError(Exception):
    """The request cannot be fulfilled; the text says what to ask instead."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        part: the one part of the dump that is wanted, such as a database; None is all of it.
        new_name: the name that it is to have; None is its own.
        replace: whether what has that name now may go.
    """

    part: str | None = None
    new_name: str | None = None
    replace: bool = False


def read(file: Path) -> Request:
    """Read a request: {"part": null, "as": null, "replace": false}.

    Raises:
        RequestError: it is something else.
    """
    try:
        facts = json.loads(file.read_text("utf-8", "surrogateescape"))
        part, new_name, replace = facts["part"], facts["as"], facts["replace"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RequestError(f"{file} is no request ({error}); use hostwright-restore") from None
    if not isinstance(replace, bool) or not _are_texts(part, new_name):
        raise RequestError(f"{file} is no request; use hostwright-restore")
    return Request(part, new_name, replace)


def _are_texts(*values: object) -> bool:
    return all(value is None or (isinstance(value, str) and value) for value in values)
