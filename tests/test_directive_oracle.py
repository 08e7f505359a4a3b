"""The directives' rules against systemd itself: `systemd-analyze verify` says what it drops.

One unit holds one line per value, in the order of the manual; systemd names the line of every value
that it cannot parse. The release judged is that of the systemd-analyze on PATH.
"""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from compiler.written import written
from schema.directives import RELEASES, DirectiveRule, directive_rules, value_problem
from schema.grammars import escape_class, grammar_words
from tests.directive_samples import DATA, bad_values, good_values

ANALYZE = shutil.which("systemd-analyze")
SYSTEMD = "/usr/lib/systemd/systemd"
HEADS = {
    "Unit": ("oracle.service", "[Service]\nExecStart=/bin/true\n[Unit]"),
    "Service": ("oracle.service", "[Service]\nExecStart=/bin/true"),
    "Timer": ("oracle.timer", "[Timer]\nOnCalendar=daily"),
    "Install": ("oracle.service", "[Service]\nExecStart=/bin/true\n[Install]"),
}
OF_THE_MACHINE = {"Personality"}
"""Takes the architectures of the machine that it runs on only."""

MERELY_ADVISED_AGAINST = [("KillMode", "none")]
"""systemd takes it, and says at length that it is a bad idea."""

EMPTY_SINCE_257 = {"PrivateMounts"}
"""252 refuses an empty value."""

SWALLOWED = {"CapabilityBoundingSet", "AmbientCapabilities", "SecureBits"}
"""systemd leaves out words that it does not know without saying so."""

POOL = (Path(__file__).parent / "directive_pool.txt").read_text().splitlines()
"""Some hundred texts: good ones of other grammars, and what comes close to them."""

Line = tuple[str, str]
"""A directive and its value, as a line of a unit file has it."""


def release_of(program: str) -> int:
    ran = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    number = re.match(r"systemd (\d+)", ran.stdout)
    return int(number[1]) if number else 0


@cache
def release() -> int:
    """The release that systemd-analyze is of."""
    return release_of(ANALYZE) if ANALYZE else 0


pytestmark = [
    pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed"),
    pytest.mark.skipif(
        ANALYZE is not None and release() not in RELEASES,
        reason=f"the rules are those of systemd {RELEASES}, and this is another",
    ),
]


def rules(section: str) -> list[DirectiveRule]:
    every = directive_rules(release())
    return sorted((every[key] for key in every if key[0] == section), key=lambda one: one.order)


def complaints(folder: Path, section: str, lines: list[Line]) -> dict[int, str]:
    """What systemd says, by the position of the line that it says it of.

    A few errors end its reading of a unit: what follows them is read in another one.
    """
    found: dict[int, str] = {}
    start = 0
    while start < len(lines):
        said = read_once(folder, section, lines[start:])
        if not said:
            break
        found |= {start + position: message for position, message in said.items()}
        start += max(said) + 1
    return found


def read_once(folder: Path, section: str, lines: list[Line]) -> dict[int, str]:
    name, head = HEADS[section]
    (folder / "oracle.service").write_text("[Service]\nExecStart=/bin/true\n")
    text = "".join(f"{directive}={value}\n" for directive, value in lines)
    (folder / name).write_text(f"{head}\n{text}")
    arguments = ["verify", "--man=no", "--recursive-errors=no", str(folder / name)]
    ran = subprocess.run([str(ANALYZE), *arguments], capture_output=True, text=True, check=False)
    first = head.count("\n") + 2
    said = re.findall(rf"{name}:(\d+): (.*)", ran.stderr)
    return {int(number) - first: message for number, message in said if int(number) >= first}


def refused(folder: Path, section: str, lines: list[Line]) -> list[tuple[Line, str]]:
    return [(lines[at], said) for at, said in complaints(folder, section, lines).items()]


def test_the_dump_is_what_systemd_prints() -> None:
    """`systemd --dump-configuration-items` of this machine is the file of its release."""
    if not Path(SYSTEMD).exists() or release_of(SYSTEMD) not in RELEASES:
        pytest.skip(f"{SYSTEMD} of one of the releases {RELEASES} is not installed")
    command = [SYSTEMD, "--dump-configuration-items"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    stored = (Path(DATA) / f"systemd-{release_of(SYSTEMD)}.items").read_text()

    assert printed == stored


@pytest.mark.parametrize("section", HEADS)
def test_systemd_takes_every_good_value(tmp_path: Path, section: str) -> None:
    """Every word of every directive's manual, and a sample of what else it takes."""
    lines = [
        (rule.name, written(value, rule))
        for rule in rules(section)
        if rule.name not in OF_THE_MACHINE
        for value in good_values(rule)
        if rule.section != "Install" and (rule.name, value) not in MERELY_ADVISED_AGAINST
    ]

    assert refused(tmp_path, section, lines) == []


@pytest.mark.parametrize("section", ["Unit", "Service", "Timer"])
def test_systemd_refuses_every_bad_value(tmp_path: Path, section: str) -> None:
    """The bad samples of every grammar that is not open: systemd logs them and drops them.

    The exceptions it drops without a word: units that cannot be, words of `SWALLOWED`. What a
    condition compares with it looks at when it tests the condition, except for paths.
    """
    lines = [
        (rule.name, value)
        for rule in rules(section)
        if rule.name not in SWALLOWED
        and (section, rule.grammar) != ("Unit", "unit")
        and (not rule.grammar.startswith("condition:") or rule.grammar == "condition:path")
        for value in bad_values(rule)
    ]
    heard = complaints(tmp_path, section, lines)

    assert [line for at, line in enumerate(lines) if at not in heard] == []


def test_systemd_says_nothing_of_words_that_it_leaves_out(tmp_path: Path) -> None:
    """Why a check of our own is needed: hardening can vanish without a line in any log."""
    lines = [
        (rule.name, value)
        for rule in rules("Service")
        if rule.name in SWALLOWED
        for value in bad_values(rule)
    ]

    assert refused(tmp_path, "Service", lines) == []
    assert len(lines) == len(SWALLOWED)


@pytest.mark.parametrize("section", ["Unit", "Service", "Timer"])
def test_an_empty_value_is_good_where_systemd_takes_it(tmp_path: Path, section: str) -> None:
    """Systemd takes just the lines that `clearable` says, and those of dependencies, to no end."""
    asked = [rule for rule in rules(section) if not rule.grammar.startswith("obsolete:")]
    heard = complaints(tmp_path, section, [(rule.name, "") for rule in asked])
    silent = {rule.name for at, rule in enumerate(asked) if at not in heard}
    never_cleared = {rule.name for rule in asked if rule.repeatable and not rule.clearable}

    assert silent - never_cleared - EMPTY_SINCE_257 == {
        rule.name for rule in asked if rule.clearable
    }


@pytest.mark.parametrize("section", ["Unit", "Service", "Timer"])
def test_systemd_takes_whatever_the_check_takes(tmp_path: Path, section: str) -> None:
    """Every text of the pool for every directive: each is wrong for most of them."""
    asked = [
        (rule, text)
        for rule in rules(section)
        if rule.grammar != "exec" and rule.name not in OF_THE_MACHINE
        for text in POOL
        if value_problem(rule, text) is None and (rule.name, text) not in MERELY_ADVISED_AGAINST
    ]
    lines = [(rule.name, written(text, rule)) for rule, text in asked]

    assert refused(tmp_path, section, lines) == []


def test_systemd_knows_every_word_of_every_list(tmp_path: Path) -> None:
    """System calls and their groups are too many to be choices, yet each must be one."""
    calls = grammar_words("words system-call", release())
    groups = grammar_words("words system-call-group", release())
    lines = [("SystemCallFilter", word) for word in (*calls, *(f"@{group}" for group in groups))]

    assert refused(tmp_path, "Service", lines) == []


@pytest.mark.parametrize("section", ["Unit", "Service"])
def test_systemd_expands_specifiers_in_the_classes_that_double_a_percent_sign(
    tmp_path: Path, section: str
) -> None:
    """`%Z` is no specifier: a value with it is refused where there are any, and taken elsewhere."""
    asked = [
        (rule, f"{good_values(rule)[-1]}%Z")
        for rule in rules(section)
        if rule.grammar not in {"exec", "obsolete"} and good_values(rule)
    ]
    asked = [(rule, text) for rule, text in asked if value_problem(rule, text) is None]
    heard = complaints(tmp_path, section, [(rule.name, text) for rule, text in asked])
    expands = {rule.name for at, (rule, _) in enumerate(asked) if at in heard}

    assert expands == {rule.name for rule, _ in asked if escape_class(rule.grammar) != "raw"}


def test_systemctl_refuses_every_bad_name_in_the_install_section(tmp_path: Path) -> None:
    """[Install] is read by `systemctl enable` only, which then enables nothing."""
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    enabled = []
    for rule in rules("Install"):
        unit = "oracle@.service" if rule.name == "DefaultInstance" else "oracle.service"
        lines = f"{rule.name}={bad_values(rule)[0]}"
        (units / unit).write_text(f"[Service]\nExecStart=/bin/true\n[Install]\n{lines}\n")
        command = ["systemctl", f"--root={tmp_path}", "enable", unit]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            enabled.append(rule.name)

    assert enabled == []
