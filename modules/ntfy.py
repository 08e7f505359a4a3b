"""ntfy: a push message when a run has failed and, if you like, when it has succeeded."""

from collections.abc import Iterator

from attrs import frozen

from schema.bounded import LineCount
from schema.diagnostics import Diagnostic
from schema.module import Host, Module
from schema.option import option
from schema.resources import Notifier, Resource
from schema.scalars import SecretFile
from schema.web import TopicName, WebAddress


@frozen(eq=False, repr=False, kw_only=True)
class Ntfy(Module):
    """A topic of a ntfy server."""

    server: WebAddress = option(
        default=WebAddress.known("https://ntfy.sh"),
        help="the server",
        example="https://ntfy.example.org",
    )
    topic: TopicName | None = option(
        default=None,
        help="the topic; on a public server its name is the password, so use topic_file there",
        example="backups",
    )
    topic_file: SecretFile | None = option(
        default=None,
        help="the file on the host that holds the topic, which becomes a systemd credential",
        example="/etc/credstore/ntfy-topic",
    )
    token: SecretFile | None = option(
        default=None,
        help="the file on the host that holds an access token, which becomes a systemd credential",
        example="/etc/credstore/ntfy-token",
    )
    success: bool = option(
        default=False, help="whether a success of the backup, the check or the drill is told, too"
    )
    log_lines: LineCount = option(
        default=LineCount(10),
        help="how many of the last lines of the log of a failed run are sent along; 0: none",
        example="0",
    )

    def check(self, host: Host) -> Iterator[Diagnostic]:
        if (self.topic is None) == (self.topic_file is None):
            what = "neither is there" if self.topic is None else "both are there"
            yield Diagnostic(
                "HW031",
                f"the topic comes from topic or from topic_file, and {what}",
                ("topic_file",) if self.topic else ("topic",),
                "for example: topic_file: /etc/credstore/ntfy-topic",
            )

    def declare(self, host: Host) -> Iterator[Resource]:
        secrets = (("topic", self.topic_file, "topic_file"), ("token", self.token, "token"))
        yield Notifier(
            name="ntfy",
            description="Push the outcome of a run",
            program="ntfy",
            command=(self.server, self.topic or "-", host.name, str(self.log_lines)),
            successes=self.success,
            network=True,
            packages=("ca-certificates",),
            credentials=tuple((name, file, at) for name, file, at in secrets if file is not None),
            options={"command": ("server", "topic", "log_lines"), "successes": ("success",)},
        )
