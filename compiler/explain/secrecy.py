"""No secret is repeated: what the checks call one, what is named like one, what looks like one."""

from collections.abc import Iterable

from compiler.explain.declared import declared_at
from compiler.merge.shape import holds_secret
from compiler.reference.sections import Entry, Modules
from schema.diagnostics import Diagnostic, ManifestPath
from schema.secrets import HIDDEN, is_path, is_secret_path, without_secrets

_SECRET = "HW019"  # noqa: S105 - the code of "a secret stands in the manifest"
_NOTHING = ("", "null", "''", '""', "[]", "{}")


class Veil:
    """Hides the values of options that hold a secret."""

    def __init__(self, diagnostics: Iterable[Diagnostic], modules: Modules) -> None:
        self._paths = {one.path for one in diagnostics if one.code == _SECRET}
        self._modules = modules

    def over(self, path: ManifestPath, text: str) -> str:
        """The text of a value, without what is secret in it."""
        if text in _NOTHING:
            return text
        if self._is_secret(path):
            return text if _is_path(text) else HIDDEN
        if any(one[: len(path)] == path or path[: len(one)] == one for one in self._paths):
            return HIDDEN
        key = f"{path[-1]}: " if path else ""
        return without_secrets(f"{key}{text}").removeprefix(key)

    def _is_secret(self, path: ManifestPath) -> bool:
        """Whether the option is named like a secret, or takes the file of one."""
        if is_secret_path(path):
            return True
        declared = declared_at(path, self._modules)
        return isinstance(declared, Entry) and holds_secret(declared.value_type)


def _is_path(text: str) -> bool:
    """Whether a value only says where a secret lies; what is odd about one is in quotes."""
    return is_path(text.strip("\"'"))
