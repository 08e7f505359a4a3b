"""`hostwright init --from borgmatic`, of anything: it compiles, and all is accounted for."""

import re
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from compiler.init.borgmatic import borgmatic
from compiler.init.draft import sources
from compiler.init.root import Root
from compiler.init.settled import settled
from compiler.init.text import scalar
from tests.support import compile_text

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["/", "/etc", "/backup", "/srv/*", "~", "*", "re:(", "sh:[", "pp:/backup", "h:p", "/mnt/v",
         "ssh://a/b", "null", "7", "-1", "yes", "all", "localhost", "{hostname}", "${X}", "data"]
    ),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(-1, 99), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "path", "port", "hostname", "frequency", "ping_url", "topic",
                             "server", "states", "access_token", "send_logs", "label", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)  # fmt: skip
OPTIONS = st.sampled_from(
    ["location", "storage", "hooks", "constants", "source_directories", "repositories", "patterns",
     "exclude_patterns", "working_directory", "compression", "encryption_passphrase", "keep_daily",
     "encryption_passcommand", "ssh_command", "chunker_params", "keep_within", "keep_secondly",
     "checks", "skip_actions", "postgresql_databases", "mariadb_databases", "sqlite_databases",
     "healthchecks", "ntfy", "archive_name_format", "before_backup", "umask", "zfs", "other"]
)  # fmt: skip


def yaml(value: object, indent: str = "") -> str:
    """A value as YAML, each scalar on a line of its own."""
    if isinstance(value, dict) and value:
        entries = ((scalar(key), yaml(one, f"{indent} ")) for key, one in value.items())
        return "".join(f"\n{indent}{key}: {text}" for key, text in entries)
    if isinstance(value, list) and value:
        return "".join(f"\n{indent}- {yaml(one, indent + ' ')}" for one in value)
    if value is None or value in ({}, []):
        return {"None": "null", "{}": "{}", "[]": "[]"}[str(value)]
    assert isinstance(value, str | int)
    return scalar(value)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(config=st.dictionaries(OPTIONS, VALUES, min_size=1, max_size=5))
@example(config={"source_directories": ["/"], "repositories": ["/mnt/v"]})
def test_whatever_a_configuration_holds_compiles_or_is_listed(
    config: dict[str, object], tmp_path: Path
) -> None:
    """Any strings at any keys: the manifest compiles, and no key is dropped unseen."""
    text = yaml(config).lstrip("\n") + "\n"
    draft = borgmatic(Root(str(tmp_path)), "config.yaml", text.encode())
    manifest = settled(draft)
    assert compile_text(manifest).tree is not None
    listed = {one.source.key for one in draft.unused} | {one.key for one in sources(draft.root)}
    for key, value in leaves(config):
        is_listed = any(key == one or key.startswith((f"{one}.", f"{one}[")) for one in listed)
        is_there = scalar("" if value is None else value) in manifest
        assert is_listed or is_there or SAME.search(key), key


SAME = re.compile(
    r"(^|[.])(skip_actions|checks|umask|keep_\w+|zfs|states|port|hostname|name|send_logs)([.\[]|$)"
)
"""Options of which some values come to the same without an option here."""


def leaves(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """The scalars of a configuration, by their keys; empty collections hold nothing."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from leaves(one, f"{key}[{number}]")
    else:
        yield key, value
