"""Pieces of manifests with tags, as text: what profiles and hosts say about a few options."""

from typing import Any

from attrs import frozen
from hypothesis import strategies as st

PRIORITIES = {"": 100, "!default": 1000, "!force": 50, "!override:60": 60, "!override:900": 900}
ORDERS = {"": 1000, "!before": 500, "!after": 1500, "!order:700": 700}
PATHS = ("/etc", "/home", "/root", "/srv", "/usr/local", "/var/www")
WORDS = ("alpha", "beta", "gamma")


@frozen
class Say:
    """What one file says about an option."""

    value: Any
    tag: str = ""
    priority: int = 100
    order: int = 1000

    def __str__(self) -> str:
        text = f"[{', '.join(self.value)}]" if isinstance(self.value, tuple) else str(self.value)
        return f"{self.tag} {text}"


def written(name: str, said: Say) -> str:
    """A manifest that says one thing, about an option of backup."""
    return f"backup:\n  {name}: {said}\n"


def scalars() -> st.SearchStrategy[Say]:
    """A word, with some priority or none."""
    return st.builds(
        lambda value, tag: Say(value, tag, PRIORITIES[tag]),
        st.sampled_from([f"{word}@example.org" for word in WORDS]),
        st.sampled_from(sorted(PRIORITIES)),
    )


def lists() -> st.SearchStrategy[Say]:
    """Different paths, with some priority and place or none."""
    return st.builds(
        _list,
        st.lists(st.sampled_from(PATHS), unique=True, max_size=3),
        st.sampled_from(sorted(PRIORITIES)),
        st.sampled_from(sorted(ORDERS)),
    )


def fragments() -> st.SearchStrategy[str]:
    """A manifest that says a few things."""
    options: dict[str, st.SearchStrategy[Any]] = {
        "mail": scalars(),
        "paths": lists(),
        "exclude": lists(),
        "initialize": _tagged("true", "false"),
        "compression": _tagged("lz4", "none"),
        "drill": _tagged("monthly", "null"),
        "keep": _tagged("{daily: 7}", "{monthly: 6, daily: 7}", "{daily: 7, monthly: 6}"),
        "schedule": _tagged("daily", "{at: weekly}", "{jitter: 1h}", "{at: daily, jitter: 2h}"),
        "check": _section(at=_tagged("weekly", "monthly"), verify_data=_tagged("true", "false")),
    }
    job = _section(
        user=_tagged("wiki", "www-data"),
        command=_tagged("[/bin/true]", "[/bin/true, --all]"),
        environment=_section(LANG=_tagged("C", "de"), HOME=_tagged("/srv")),
    )
    modules = {
        "postgresql": _section(
            enable=_tagged("true", "false"),
            databases=_tagged("all", "[shop]", "[wiki, shop]"),
            port=_tagged("5432", "0x1538", "5433"),
        ),
        "gitea": st.just("") | _section(user=_tagged("git")),
        "dump": _section(wiki=job, redis=job),
    }
    directives = _section(
        Nice=_tagged("5", "19", "null"), ReadWritePaths=_tagged("[/srv]", "[/srv, /opt]", "/opt")
    )
    sections = {
        "backup": _section(**options),
        "modules": _section(**modules),
        "units": _section(**{"backup.service": _section(Service=directives)}),
    }
    return st.fixed_dictionaries({}, optional=sections).map(
        lambda said: "".join(f"{key}: {value}\n" for key, value in said.items()) or "{}"
    )


def _list(items: list[str], priority: str, order: str) -> Say:
    tag = priority + order.replace("!", "+") if priority and order else priority or order
    return Say(tuple(items), tag, PRIORITIES[priority], ORDERS[order])


def _tagged(*values: str) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tag, value: f"{tag} {value}",
        st.sampled_from(sorted(PRIORITIES)),
        st.sampled_from(values),
    )


def _section(**options: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    """Some of the options, on one line; about one in five with a tag in front of all of them."""
    return st.builds(
        lambda tag, said: (
            f"{tag} {{{', '.join(f'{key}: {value}' for key, value in said.items())}}}"
        ),
        st.sampled_from(["", "", "", "", "", "", "!default", "!force"]),
        st.fixed_dictionaries({}, optional=options),
    )
