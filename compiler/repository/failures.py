"""What keeps a repository from being changed."""


class FailedError(Exception):
    """The text says, to a person, what is wrong and what to do; nothing was changed."""


class SenselessError(FailedError):
    """What was asked for makes no sense of this repository: the command line is to blame."""
