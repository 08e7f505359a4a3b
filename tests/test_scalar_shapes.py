"""The kinds of texts: their examples, and their shapes, which editors check while one types."""

import re

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

import modules
from compiler.reference.value_schemas import text_schema
from schema.borg import REPOSITORY_SHAPE, parse_repository
from schema.scalars import Checked

EXAMPLES = 60


def every_scalar() -> list[type[Checked]]:
    """Every kind of checked text of ours, those that only a module has as well."""
    for name in modules.names():
        modules.find(name)
    found, waiting = [], [Checked]
    while waiting:
        kinds = waiting.pop().__subclasses__()
        waiting += kinds
        found += [
            kind
            for kind in kinds
            if hasattr(kind, "example") and kind.__module__.startswith("schema.")
        ]
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", every_scalar())
def test_example_of_a_scalar_is_good(kind: type[Checked]) -> None:
    """What a report shows as an example must be taken."""
    assert kind.problem(kind.example) is None


@pytest.mark.parametrize("kind", every_scalar())
def test_shape_of_a_scalar_refuses_nothing_good(kind: type[Checked]) -> None:
    """Texts of the characters that the rules are about, and the type's own example."""
    pattern = text_schema(kind).get("pattern", "")
    texts = st.text("aZ0.-_/~:,@ \\%é\n") | st.sampled_from(
        ["daily", "02:30", "1h 30min", "zlib,09"]
    )

    @seed(15)
    @settings(max_examples=EXAMPLES, database=None, deadline=None)
    @given(texts.flatmap(lambda text: st.sampled_from([text, "/" + text, kind.example + text])))
    def fits(text: str) -> None:
        if kind.problem(text) is None:
            assert re.search(pattern, text)

    fits()
    assert re.search(pattern, kind.example)


@pytest.mark.parametrize(
    "text",
    [
        "/mnt/vault/web1",
        "/",
        "ssh://vault/srv/web1",
        "ssh://borg@vault.example.org:2222/./web1",
        "ssh://[2001:db8:0:0:0:0:0:1]/~/x",
        "[2001:db8:0:0:0:0:0:1]:web1",
        "borg@vault:web1",
        "vault:/srv/x",
        "0:~",
    ],
)
def test_shape_of_a_repository_refuses_no_good_one(text: str) -> None:
    """Every form that a repository can have."""
    assert parse_repository(text)
    assert re.search(REPOSITORY_SHAPE, text)
