"""What became of an import: whether the file counts on this host, and why not."""

from attrs import frozen

from schema.diagnostics import Mark


@frozen
class Imported:
    """One file that another one imports.

    Attributes:
        file: its name, as reports write it.
        mark: where it is imported.
        by: the place of the file that imports it among the sources.
        of: its own place among them.
        when: the conditions behind the import and at the top of the file, in a few words.
        why: why it does not count over this import; empty when it does.
    """

    file: str
    mark: Mark
    by: int
    of: int
    when: str = ""
    why: str = ""
