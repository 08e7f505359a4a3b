"""What keeps a repository from being changed."""


class FailedError(Exception):
    """The text says, to a person, what is wrong and what to do; nothing was changed."""
