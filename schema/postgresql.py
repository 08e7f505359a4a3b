"""What PostgreSQL allows as a name."""

from schema.scalars import Checked, text_problem


class DatabaseName(Checked):
    """A database's name: any text of 1 to 63 bytes (NAMEDATALEN), without NUL."""

    __slots__ = ()
    wanted = "the name of a database"
    example = "wiki"
    shape = r"^[\s\S]{1,63}$"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """Blanks, quotes, newlines and everything else are legal in a name."""
        if not text:
            return "is empty"
        if len(text.encode("utf-8", "replace")) > 63:
            return "is longer than 63 bytes, the most that PostgreSQL keeps of a name"
        return text_problem(text)
