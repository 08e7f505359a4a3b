"""Each class of values, written and read back by systemd itself: what arrives is what was meant."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from compiler import escape
from tests import systemd_library
from tests.support import give_up, need
from tests.systemd import Systemd
from tests.systemd_library import Read

PRINTABLE = (
    "plain",
    "with blank",
    "two  blanks",
    "100%",
    "%n %h %d %% %",
    "%%",
    "$HOME",
    "${HOME} $$ $",
    "it's",
    'say "yes"',
    '"\'"',
    "back\\slash",
    "\\x25n \\n \\t \\u0041",
    "semi;colon",
    ";",
    "#",
    "# number",
    "-",
    "-dash --dash",
    "@:+!|",
    "{now} {{x}}",
    "[a-z]*?",
    "`id` $(id) & | < >",
    "~ ~/x",
    "a=b,c:d",
    "grüße 日本語",
    "🦀 \N{FAMILY}\N{ZERO WIDTH JOINER}",
    "e\N{COMBINING ACUTE ACCENT}",
    "x" * 240,
)
"""Texts that every class can say."""

CONTROL = (
    "",
    " ",
    " around ",
    "ends in a backslash\\",
    "\\",
    "new\nline",
    "\n",
    "tab\tand\rreturn",
    "\x01\x1b[31m\x7f",
    "\x85 and \N{LINE SEPARATOR} and \N{PARAGRAPH SEPARATOR}",
    "[Service]\nExecStart=/bin/sh",
)
"""Texts that only the classes with C escapes can say."""

_ANY = (*PRINTABLE, *CONTROL)
_PATHS = (*PRINTABLE, " around ", "ends in a backslash\\", "\\", "\\\\")


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """What systemd understands of a unit for each text, of every class in which it can be said."""
    if not systemd_library.is_installed():
        give_up("systemd's libraries are not installed")
    folder = tmp_path_factory.mktemp("units")
    for name, lines in _units():
        (folder / name).write_text("\n".join(("[Service]", *lines, "")), encoding="utf-8")
    with Systemd() as systemd:
        return systemd.read(folder)


def _units() -> Iterator[tuple[str, list[str]]]:
    for text in _ANY:
        environment = escape.environment(f"NAME={text}")
        word = escape.exec_word(text)
        yield (
            _unit("words", text),
            [
                "Type=oneshot",
                f"ExecStart=/bin/true {word} last",
                f"Environment={environment} LAST=",
            ],
        )
    for text in _PATHS:
        item = escape.path_item(f"/srv/{text}")
        yield _unit("paths", text), [f"ReadWritePaths={item} /last", "ExecStart=/bin/true"]
    for text in PRINTABLE:
        path = escape.line(f"/srv/{text}")
        secret = escape.line(f"name:/etc/{text.replace(':', '')}")
        program = escape.exec_path(f"/opt/p{_program(text)}")
        yield (
            _unit("lines", text),
            [
                f"WorkingDirectory={path}",
                f"EnvironmentFile={path}",
                f"LoadCredential={secret}",
                f"ExecStart={program} last",
            ],
        )


def _unit(kind: str, text: str) -> str:
    texts = {"words": _ANY, "paths": _PATHS, "lines": PRINTABLE}[kind]
    return f"{kind}-{texts.index(text)}.service"


def _program(text: str) -> str:
    """What a program's path can hold of a text: no quote, backslash or $ (`string_is_safe`)."""
    return "".join(character for character in text if character not in "\"'\\$")


@pytest.mark.parametrize("text", _ANY)
def test_argument_arrives(read: Read, text: str) -> None:
    """An argument of Exec*= is one word of the argv, whatever is in it."""
    command = read[_unit("words", text)]["ExecStartEx"][0]
    assert command["words"] == ["/bin/true", text, "last"]


@pytest.mark.parametrize("text", _ANY)
def test_variable_arrives(read: Read, text: str) -> None:
    """A variable of Environment= has exactly its value; a dollar sign is one."""
    assert read[_unit("words", text)]["Environment"] == [f"NAME={text}", "LAST="]


@pytest.mark.parametrize("text", _PATHS)
def test_path_in_a_list_arrives(read: Read, text: str) -> None:
    """An item of a list of paths is one path, in a class without C escapes."""
    assert read[_unit("paths", text)]["ReadWritePaths"] == [f"/srv/{text}", "/last"]


@pytest.mark.parametrize("text", PRINTABLE)
def test_line_arrives(read: Read, text: str) -> None:
    """A single path is the rest of its line, blanks and quotes included."""
    unit = read[_unit("lines", text)]
    assert unit["WorkingDirectory"] == f"/srv/{text}"
    assert unit["EnvironmentFiles"] == [[f"/srv/{text}", 0]]


@pytest.mark.parametrize("text", PRINTABLE)
def test_credential_arrives(read: Read, text: str) -> None:
    """The path of a credential is the rest of its line."""
    expected = [["name", f"/etc/{text.replace(':', '')}"]]
    assert read[_unit("lines", text)]["LoadCredential"] == expected


@pytest.mark.parametrize("text", PRINTABLE)
def test_program_arrives(read: Read, text: str) -> None:
    """The program of Exec*= is found under its own name."""
    command = read[_unit("lines", text)]["ExecStartEx"][0]
    assert command["path"] == f"/opt/p{_program(text)}"


@pytest.mark.parametrize("text", _PATHS)
def test_tmpfiles_path_arrives(tmp_path: Path, text: str) -> None:
    """systemd-tmpfiles makes the folder that was meant."""
    need("systemd-tmpfiles")
    lines = f"d {escape.tmpfiles_path(f'/srv/{text}')} 0755 - - -\n"
    _run("systemd-tmpfiles", tmp_path, "tmpfiles.d", lines, "--create")
    made = [path for path in (tmp_path / "srv").rglob("*") if not any(path.iterdir())]
    assert made == [tmp_path / "srv" / text]


@pytest.mark.parametrize("text", [text for text in _PATHS if ":" not in text])
def test_sysusers_home_arrives(tmp_path: Path, text: str) -> None:
    """systemd-sysusers writes the home that was meant into /etc/passwd."""
    need("systemd-sysusers")
    (tmp_path / "etc").mkdir()
    line = f"u borg - {escape.quoted('Borg backup')} {escape.sysusers_word(f'/srv/{text}')}\n"
    _run("systemd-sysusers", tmp_path, "sysusers.d", line)
    passwd = (tmp_path / "etc" / "passwd").read_text(encoding="utf-8")
    assert passwd.split(":")[4:6] == ["Borg backup", f"/srv/{text}"]


@pytest.mark.parametrize(
    ("write", "text"),
    [
        (escape.exec_path, "relative/program"),
        (escape.exec_path, "/opt/$HOME"),
        (escape.exec_path, "/opt/it's"),
        (escape.exec_path, '/opt/"'),
        (escape.exec_path, "/opt/back\\slash"),
        (escape.exec_path, "/opt/new\nline"),
        (escape.exec_word, "x" * 100_001),
        (escape.path_item, "/srv/new\nline"),
        (escape.path_item, ""),
        (escape.line, "ends in a backslash\\"),
        (escape.line, " leading"),
        (escape.line, "trailing "),
        (escape.line, "new\nline"),
        (escape.line, ""),
        (escape.raw, "ends in a backslash\\"),
        (escape.raw, "new\nline"),
        (escape.token, "100 %n"),
        (escape.token, "'quoted'"),
        (escape.token, "back\\slash"),
        (escape.token, "new\nline"),
        (escape.tmpfiles_path, "/srv/new\nline"),
        (escape.sysusers_word, "/srv/a:b"),
        (escape.sysusers_word, "/srv/new\nline"),
    ],
)
def test_what_a_class_cannot_say_is_refused(write: Callable[[str], str], text: str) -> None:
    """A writer never writes something else instead: it says what it cannot write."""
    with pytest.raises(ValueError, match=r"^[a-z].* "):
        write(text)


def test_raw_keeps_a_percent_sign() -> None:
    """Where systemd takes no specifiers, a doubled percent sign would arrive as two."""
    assert escape.raw("/var/cache:size=50%") == "/var/cache:size=50%"


def test_token_keeps_a_percentage() -> None:
    """The percent sign of CPUQuota=50% is part of the number."""
    assert escape.token("50%") == "50%"


def _run(tool: str, root: Path, folder: str, lines: str, *words: str) -> None:
    (root / "usr" / "lib" / folder).mkdir(parents=True)
    (root / "usr" / "lib" / folder / "test.conf").write_text(lines, encoding="utf-8")
    answer = subprocess.run(
        [tool, *words, f"--root={root}"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
