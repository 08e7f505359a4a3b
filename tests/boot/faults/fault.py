"""A fault: what is done to a host, and what the host is expected to do."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import Enum

from attrs import frozen

from tests.boot.faults.lab import Lab


class Outcome(Enum):
    """How a run ends, in the words of the mail's subject."""

    FAILED = "FAILED"
    NOTED = "success with warnings"
    SUCCESS = "success"


class Archive(Enum):
    """What there is in the repository of a run."""

    NONE = "none"
    REST = "of the rest"
    COMPLETE = "complete"


class Told(Enum):
    """How somebody hears of it. The values are read in the table, behind the mail's subject."""

    MAIL = "mail"
    LATER = "mail, delivered when the fault is gone"
    SYSTEMD = "nobody by mail; `systemctl --failed` shows it"


@frozen
class Mend:
    """What a human has to do before the next run can succeed.

    Attributes:
        words: the same as a phrase of the table, such as `put the file back`.
        act: does it.
    """

    words: str
    act: Callable[[Lab], object]


@frozen(kw_only=True)
class Fault:
    """One row of the table, and the test of it.

    Attributes:
        name: the test's id, words joined by `-`.
        what: a sentence: what went wrong.
        did: a sentence: what the host did. `said` and the assertions of the test back it.
        inject: has the fault in place while a run is started within the context.
        unit: what runs, without `.service`.
        outcome: how the run ends.
        archive: what is in the repository of it.
        lacks: with an archive of the rest: a path that is not in it.
        told: how somebody hears of it.
        shown: a unit that systemd shows as failed while the fault is in place.
        said: what the mail says, besides its subject; or the journal, when nobody is told by mail.
        mend: what a human has to do afterwards, if anything.
        proof: more that must hold when the fault is gone and mended, before the next run.
        next_run: how the next run ends; it is always a success.
        others: the subjects of further mails, of other units, that arrive with it.
    """

    name: str
    what: str
    did: str
    inject: Callable[[Lab], AbstractContextManager[object]]
    unit: str = "backup"
    outcome: Outcome = Outcome.FAILED
    archive: Archive = Archive.NONE
    lacks: str | None = None
    told: Told = Told.MAIL
    shown: str | None = None
    said: str
    mend: Mend | None = None
    proof: Callable[[Lab], bool] | None = None
    next_run: Outcome = Outcome.SUCCESS
    others: tuple[str, ...] = ()

    @property
    def stamps(self) -> bool:
        """Whether the run moves /backup.last."""
        return self.unit == "backup" and self.outcome is not Outcome.FAILED

    @property
    def has_to_recover(self) -> bool:
        """Whether anything is wrong with the host after the run: it failed, or is to be mended."""
        is_whole = self.outcome is not Outcome.FAILED and self.next_run is Outcome.SUCCESS
        return not is_whole or self.mend is not None

    @property
    def subject(self) -> str:
        """The subject of the mail."""
        return f"web1: {self.unit} {self.outcome.value}"


@frozen
class Group:
    """A chapter of the table."""

    title: str
    faults: tuple[Fault, ...]
