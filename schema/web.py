"""Where notifiers send word: checked at the edge."""

from schema.scalars import Matched


class WebAddress(Matched):
    """The address of a server, without anything secret in it."""

    __slots__ = ()
    wanted = "a web address"
    example = "https://ntfy.example.org"
    expression = (
        r"https?://([A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[[0-9A-Fa-f:]{2,39}\])"
        r"(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*"
    )
    rule = (
        "is not a web address: https:// or http://, a host, perhaps a port and a path; "
        "no user, no password, no ? and no / at the end"
    )


class TopicName(Matched):
    """The name of a topic, as ntfy takes it."""

    __slots__ = ()
    wanted = "a topic"
    example = "backups"
    expression = r"[A-Za-z0-9_-]{1,64}"
    rule = "is not a topic: at most 64 of A-Z a-z 0-9 _ -"
