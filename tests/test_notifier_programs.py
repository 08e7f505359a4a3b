"""The notifiers that use the network: what they send to a real server, and what they never say."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.receiver import Answer, Receiver, receiving
from tests.stage import KEY, Stage, staged

TOPIC = "nobody-guesses-this"
TOKEN = "tk_s3cret"  # noqa: S105 - of nobody


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A host where a run has just succeeded."""
    with staged(tmp_path, monkeypatch) as stage:
        yield stage


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A web server."""
    with receiving() as receiver:
        yield receiver


def ping(
    stage: Stage, receiver: Receiver, event: str = "success", lines: int = 50
) -> tuple[int, str]:
    """Tell Healthchecks of the backup of web1."""
    return stage.tell("healthchecks", f"{receiver.url}/ping", "web1", str(lines), f"backup-{event}")


def publish(
    stage: Stage, receiver: Receiver, event: str, topic: str = "backups", lines: int = 50
) -> tuple[int, str]:
    """Tell ntfy of the backup of web1."""
    return stage.tell("ntfy", receiver.url, topic, "web1", str(lines), f"backup-{event}")


def message(receiver: Receiver) -> dict[str, Any]:
    """The one message that was published."""
    [request] = receiver.requests
    assert request.path == "/"
    return dict(json.loads(request.body))


def test_a_start_is_pinged(stage: Stage, receiver: Receiver) -> None:
    """Healthchecks hears that a run has begun; the check is made when there is none."""
    assert ping(stage, receiver, "start") == (0, "")
    [request] = receiver.requests
    assert request.method == "POST"
    assert request.path == f"/ping/{KEY}/web1-backup/start?create=1"
    assert request.body == ""


def test_a_success_is_pinged_with_the_log(stage: Stage, receiver: Receiver) -> None:
    """The text of the ping is a summary and what the run has logged."""
    assert ping(stage, receiver) == (0, "")
    [request] = receiver.requests
    assert request.path == f"/ping/{KEY}/web1-backup?create=1"
    assert request.body == (
        "backup.service on web1: success\nResult: success\nTook: 3 s\n\n"
        "2026-11-23T11:03:06+0000 borg: one\n"
        "2026-11-23T11:03:07+0000 borg: two\n"
        "2026-11-23T11:03:08+0000 borg: three"
    )


def test_a_failure_is_pinged_with_the_last_lines(stage: Stage, receiver: Receiver) -> None:
    """No more lines than were asked for, and the status of the command that failed."""
    stage.ended(SERVICE_RESULT="exit-code", EXIT_STATUS="2")
    assert ping(stage, receiver, "failure", lines=1) == (0, "")
    [request] = receiver.requests
    assert request.path == f"/ping/{KEY}/web1-backup/fail?create=1"
    assert "Result: exit-code, exit status of the last command: 2\n" in request.body
    assert request.body.endswith("\n\n2026-11-23T11:03:08+0000 borg: three")


def test_a_start_that_the_journal_has_lost_is_told(stage: Stage, receiver: Receiver) -> None:
    """All that systemd says, and all that is logged, is of the run before, which succeeded."""
    assert ping(stage, receiver, "failure") == (0, "")
    [request] = receiver.requests
    assert request.body == "backup.service on web1: FAILED\nResult: not-started"


def test_no_lines_are_no_log(stage: Stage, receiver: Receiver) -> None:
    """With no lines wanted, nothing of the journal leaves the host."""
    ping(stage, receiver, lines=0)
    assert receiver.requests[0].body.endswith("Took: 3 s")


def test_a_long_log_is_cut_at_its_beginning(stage: Stage, receiver: Receiver) -> None:
    """What fits into 10 kB of UTF-8 is sent: whole lines, and the summary above them."""
    stage.journal(*(f"{number} {'ä€😀' * 50}" for number in range(100)))
    ping(stage, receiver, lines=1000)
    body = receiver.requests[0].body
    assert 9_000 < len(body.encode()) <= 10_000
    assert body.startswith("backup.service on web1: success\n")
    assert [line[:5] for line in body.split("\n\n")[1].splitlines()] == ["2026-"] * body.count(
        "borg:"
    )
    assert body.endswith(f"99 {'ä€😀' * 50}")


def test_a_line_that_is_too_long_is_cut(stage: Stage, receiver: Receiver) -> None:
    """Of a single endless line, the end is sent."""
    stage.journal("€" * 9_000 + "the end")
    ping(stage, receiver)
    assert receiver.requests[0].body.endswith("€€the end")


def test_what_is_no_text_is_sent_as_text(stage: Stage, receiver: Receiver) -> None:
    """Control characters and broken UTF-8, which the journal keeps as bytes, harm nobody."""
    stage.journal([0x1B, 0x5B, 0x33, 0x31, 0x6D, 0xFF, 0xC3, 0xA4])
    ping(stage, receiver)
    assert receiver.requests[0].body.endswith("borg:  [31m\N{REPLACEMENT CHARACTER}ä")


def test_notifiers_are_not_in_the_log(stage: Stage, receiver: Receiver) -> None:
    """What systemd logs about the start of a notifier is no part of the run."""
    stage.journal("Starting", UNIT="backup-ntfy@backup-success.service")
    ping(stage, receiver)
    assert receiver.requests[0].body.endswith("Took: 3 s")


def test_a_slug_is_what_healthchecks_takes(stage: Stage) -> None:
    """Small letters, digits, hyphens and underscores."""
    slug = stage.program("healthchecks").slug
    assert slug("Web_1.Example.ORG", "backup-check") == "web_1-example-org-backup-check"
    assert slug("web1", r"backup-x\x2dy") == "web1-backup-x-x2dy"


def test_a_server_in_trouble_is_asked_again(stage: Stage, receiver: Receiver) -> None:
    """The third try may be the one that succeeds."""
    receiver.answers = [Answer(503), Answer(0), Answer()]
    assert ping(stage, receiver) == (0, "")
    assert len(receiver.requests) == 3


def test_three_tries_are_enough(stage: Stage, receiver: Receiver) -> None:
    """A server that stays in trouble is a failure, in one line that names it."""
    receiver.answers = [Answer(500, "out of order")]
    status, said = ping(stage, receiver)
    assert status == 1
    assert said.startswith(f"healthchecks: {receiver.url} did not take it: 500 ")
    assert "out of order" in said
    assert said.count("\n") == 1
    assert len(receiver.requests) == 3


def test_a_refusal_is_final_and_does_not_tell_the_key(stage: Stage, receiver: Receiver) -> None:
    """The server's words are shown without the ping key, which it may repeat."""
    receiver.answers = [Answer(404, f"/ping/{KEY}/web1-backup\x1b[31m\nnot found")]
    status, said = ping(stage, receiver)
    assert status == 1
    assert len(receiver.requests) == 1
    assert "404 Not Found: /ping/***/web1-backup [31m not found; is the ping key" in said
    assert KEY not in said


def test_a_redirect_is_not_followed(stage: Stage, receiver: Receiver) -> None:
    """It would hand the key to whoever it names."""
    with receiving() as other:
        receiver.answers = [Answer(307, location=f"{other.url}/{KEY}")]
        status, said = ping(stage, receiver)
        assert other.requests == []
    assert status == 1
    assert len(receiver.requests) == 1
    assert f"it redirects to {other.url}/***;" in said


def test_a_server_that_is_down_does_not_tell_the_key(stage: Stage) -> None:
    """Nobody listens: the error names the server, and neither path nor key."""
    with receiving() as gone:
        pass
    status, said = ping(stage, gone)
    assert status == 1
    assert said.startswith(f"healthchecks: {gone.url} did not take it: [Errno 111]")
    assert KEY not in said


@pytest.mark.parametrize("text", ["", "two words", "two\nlines", "schlüssel"])
def test_a_credential_is_one_word(stage: Stage, receiver: Receiver, text: str) -> None:
    """Anything else in its file is refused before it is sent, without being shown."""
    stage.credential("ping_key", text)
    status, said = ping(stage, receiver)
    assert status == 1
    assert "the credential ping_key is not one word" in said
    assert receiver.requests == []


def test_without_its_credential_nothing_is_sent(stage: Stage, receiver: Receiver) -> None:
    """Started by hand, it says how to start it."""
    (stage.folder / "credentials" / "ping_key").unlink()
    status, said = ping(stage, receiver)
    assert (status, receiver.requests) == (1, [])
    assert "start this by its unit" in said


def test_a_success_is_published_quietly(stage: Stage, receiver: Receiver) -> None:
    """Low priority, a tick, and no log."""
    assert publish(stage, receiver, "success") == (0, "")
    assert message(receiver) == {
        "topic": "backups",
        "title": "web1: backup success",
        "message": "backup.service on web1: success\nResult: success\nTook: 3 s",
        "priority": 2,
        "tags": ["white_check_mark"],
    }


def test_a_failure_is_published_loudly(stage: Stage, receiver: Receiver) -> None:
    """High priority and the end of the log, in any language."""
    stage.ended(SERVICE_RESULT="timeout")
    stage.journal("Gerät 'Süd' läßt sich nicht öffnen ☠")
    stage.failed_units("backup.service", "backup-motd.service", "backup-ntfy@backup-start.service")
    publish(stage, receiver, "failure")
    sent = message(receiver)
    assert (sent["title"], sent["priority"]) == ("web1: backup FAILED", 4)
    assert sent["message"].endswith("Gerät 'Süd' läßt sich nicht öffnen ☠")
    assert "\nUnits that have failed: backup-motd.service\n" in sent["message"]


def test_a_warning_is_published_as_one(stage: Stage, receiver: Receiver) -> None:
    """A success in which borg warned is told as such, neither loudly nor quietly."""
    stage.journal("terminating with warning status, rc 1")
    publish(stage, receiver, "success")
    sent = message(receiver)
    assert (sent["title"], sent["priority"]) == ("web1: backup success with warnings", 3)


def test_a_message_fits_into_4096_bytes(stage: Stage, receiver: Receiver) -> None:
    """A longer one would arrive as an attachment, or not at all."""
    stage.ended(SERVICE_RESULT="timeout")
    stage.journal(*['"ä"' * 100] * 100)
    publish(stage, receiver, "failure", lines=100)
    assert 3_000 < len(receiver.requests[0].body.encode()) < 8_192
    assert len(message(receiver)["message"].encode()) <= 4_096


def test_the_token_is_sent_and_never_shown(stage: Stage, receiver: Receiver) -> None:
    """Neither it nor a topic that is secret appears in an error."""
    stage.credential("token", TOKEN)
    stage.credential("topic", TOPIC)
    receiver.answers = [Answer(403, f"{TOKEN} may not write to {TOPIC}")]
    status, said = publish(stage, receiver, "success", topic="-")
    assert status == 1
    assert message(receiver)["topic"] == TOPIC
    assert receiver.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert "403 Forbidden: *** may not write to ***; is the token right" in said
