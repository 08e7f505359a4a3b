"""No command repeats a secret that stands in one of the files of a host, in whatever form."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler import cli
from compiler.report import report
from schema.diagnostics import Diagnostic, Mark, Related
from tests.support import compile_text

SECRET = "hunter2secret"  # noqa: S105 - the secret that the profiles give away
BASE = """\
host: web1
target: debian-12
imports: [a.yaml, b.yaml, {path: c.yaml, when: {host: nobody}}]
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/etc]
modules:
  healthchecks: {ping_key: /etc/credstore/ping-key}
  dump:
    wiki: {user: www-data, command: !force [/usr/local/bin/wiki-export]}
"""
PROFILES = {
    "passphrase": f"backup: {{passphrase: !default {SECRET}}}\n",
    "number": "backup: {passphrase: !default 4815162342}\n",
    "block": f"backup:\n  passphrase: !default |\n    one {SECRET}\n    {SECRET} three\n",
    "quotes": f"backup: {{passphrase: !default 'ab\"{SECRET}\"cd'}}\n",
    "no telling name": f"modules: {{ntfy: {{topic_file: !default {SECRET}}}}}\n",
    "ping key": f"modules: {{healthchecks: {{ping_key: !default {SECRET}}}}}\n",
    "address": f"backup: {{repository: !default 'ssh://a:{SECRET}@b/./c'}}\n",
    "long address": f"backup: {{repository: 'ssh://abc:{SECRET * 9}@b/./c'}}\n",
    "command": f"modules: {{dump: {{wiki: {{command: [/bin/x, --password, {SECRET}]}}}}}}\n",
    "option": f"modules: {{dump: {{wiki: {{command: [/usr/bin/mysqldump, -p{SECRET}]}}}}}}\n",
    "variable": f"modules: {{dump: {{wiki: {{environment: {{A_TOKEN: {SECRET}}}}}}}}}\n",
    "credential": f"units: {{backup.service: {{Service: {{SetCredential: 'a:{SECRET}'}}}}}}\n",
    "unit": f"units: {{backup.service: {{Service: {{Environment: [A_TOKEN={SECRET}]}}}}}}\n",
    "web address": f"modules: {{ntfy: {{server: 'https://a:{SECRET * 9}@b/'}}}}\n",
    "removed": "units: {backup.service: {Service: {Environment: "
    f"[!remove 'A_TOKEN=a\"{SECRET}']}}}}}}\n",
    "misspelt": f"backup: {{pasphrase: {SECRET}}}\n",
    "tag": f"backup: {{passphrase: !{SECRET} }}\n",
    "handle": f"backup: {{passphrase: !{SECRET}!x y}}\n",
    "anchor": f"backup: {{passphrase: *{SECRET} }}\n",
}
FORMATS = ("human", "json", "sarif", "github")
OPTIONS = {
    "passphrase": "backup.passphrase",
    "topic_file": "modules.ntfy.topic_file",
    "ping_key": "modules.healthchecks.ping_key",
    "repository": "backup.repository",
    "command": "modules.dump.wiki.command",
    "environment": "modules.dump.wiki.environment",
    "SetCredential": "units.backup.service.Service.SetCredential",
    "Environment": "units.backup.service.Service.Environment",
    "server": "modules.ntfy.server",
    "pasphrase": "backup",
}
each_profile = pytest.mark.parametrize("profile", PROFILES)


def said(*words: str) -> str:
    """All that a command writes."""
    outcome = cli.run(list(words))
    return outcome.text + outcome.errors


def write(tmp_path: Path, profile: str, place: str) -> str:
    """A host that imports a profile with a secret; the name of its manifest."""
    for name in ("a", "b", "c"):
        text = PROFILES[profile] if name in place else "tags: [one]\n"
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "host.yaml").write_text(BASE)
    return "host.yaml"


@each_profile
@pytest.mark.parametrize("place", ["a", "ab", "c"], ids=["losing", "twice", "inactive"])
def test_no_command_repeats_a_secret(
    profile: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a definition that wins, loses, or hangs on a condition that is not true."""
    monkeypatch.chdir(tmp_path)
    host = write(tmp_path, profile, place)
    texts = [said("compile", host, "--check", "--format", form) for form in FORMATS]
    texts += [said("show", host, "--origins"), said("fix", "--diff", "--all", host)]
    option = next(one for name, one in OPTIONS.items() if name in PROFILES[profile])
    texts += [said("explain", host, option, "--format", "json"), said("explain", host, option)]

    assert [text for text in texts if "Traceback" in text] == []
    assert [text for text in texts if SECRET[:6] in text or "48151" in text] == []


@pytest.mark.parametrize("form", FORMATS)
def test_notes_are_without_secrets_too(form: str) -> None:
    """What is hidden in a message would otherwise stand in the note below it."""
    related = Related(f'"{SECRET}" is given here', Mark(1, 1, 2, "a.yaml"))
    one = Diagnostic("HW024", "two", ("backup", "passphrase"), related=(related,), file="a.yaml")

    assert SECRET not in report([one], {}, form)


def test_conflict_of_paths_shows_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path says only where a secret lies."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("backup: {passphrase: /etc/one}\n")
    manifest = "imports: [a.yaml]\nbackup: {passphrase: /etc/two}\n"

    found = [one.message for one in compile_text(manifest).diagnostics if one.code == "HW024"]

    told = "backup.passphrase has two values of the same strength: "
    assert found == [f'{told}"/etc/two" here, and "/etc/one" in a.yaml:1:22']


def test_secret_that_lost_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, and at its own place; what won is good."""
    monkeypatch.chdir(tmp_path)
    host = write(tmp_path, "ping key", "a")

    diagnostics = compile_text((tmp_path / host).read_text()).diagnostics

    assert [(one.code, one.file, one.path) for one in diagnostics] == [
        ("HW019", "a.yaml", ("modules", "healthchecks", "ping_key"))
    ]


def test_explain_hides_what_lost_and_shows_the_path_that_won(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path is what somebody asks for."""
    monkeypatch.chdir(tmp_path)
    host = write(tmp_path, "no telling name", "a")
    (tmp_path / "b.yaml").write_text("modules: {ntfy: {topic_file: /etc/credstore/topic}}\n")

    lines = [" ".join(one.split()) for one in said("explain", host, "ntfy.topic_file").split("\n")]

    assert "modules.ntfy.topic_file = /etc/credstore/topic" in lines
    assert "a.yaml:1:39 !default 1000 *** loses: b.yaml:1:30 is stronger" in lines


@pytest.mark.parametrize("verb", [("show", "--origins"), ("explain", "backup.mail")])
def test_odd_name_of_a_file_cannot_steer_the_terminal(
    verb: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a newline in it end a comment."""
    monkeypatch.chdir(tmp_path)
    host = write(tmp_path, "passphrase", "")
    (tmp_path / "b.yaml").unlink()
    odd = "b\n\x1b[31m.yaml"
    (tmp_path / odd).write_text("backup: {mail: ops@example.org}\n")
    (tmp_path / host).write_text(BASE.replace("b.yaml", '"b\\n\\e[31m.yaml"'))

    text = said(verb[0], host, verb[1])

    assert "b\\n\\x1b[31m.yaml:1:16" in text
    assert "\x1b" not in text


def test_diff_hides_secrets_in_the_lines_around_a_change(tmp_path: Path) -> None:
    """On all lines of a block, too, and where only the type says that it is one."""
    manifest = tmp_path / "host.yaml"
    manifest.write_text(
        "host: web1\nbackup:\n  passphrase: |\n"
        f"    one-{SECRET}\n    {SECRET}-two\n  path: [/etc]\n"
        f"modules:\n  ntfy: {{topic_file: {SECRET}}}\n"
    )

    text = said("fix", "--all", "--diff", str(manifest))

    assert "-  path: [/etc]\n+  paths: [/etc]\n" in text
    assert SECRET not in text


@given(st.sampled_from("!&*%@`|>'\"[{?:-,#~"), st.sampled_from(["", " ", "!", ":", "'", '"', "+"]))
def test_secret_that_begins_with_a_sign_of_yaml_is_not_repeated(sign: str, then: str) -> None:
    """Such a passphrase is a tag, an anchor, an alias, or no YAML at all."""
    for value in (f"{sign}{SECRET}{then}x", f"{sign}x{then}{SECRET}", f"{sign}{sign}{SECRET}"):
        text = f"host: web1\nbackup:\n  passphrase: {value}\n  paths: [/etc]\n"
        diagnostics = compile_text(text).diagnostics

        assert SECRET not in report(diagnostics, {"host.yaml": text.split("\n")})
