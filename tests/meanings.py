"""What a manifest of tests/strategies.py means to systemd, worked out from the manifest alone.

Each function yields triples: a place, what the manifest says, and what systemd understands there.
"""

from collections.abc import Iterator
from typing import Any

from tests.strategies import Plain
from tests.systemd_library import Read

Meaning = tuple[str, Any, Any]


def meanings(plain: Plain, read: Read) -> Iterator[Meaning]:
    """Every text of the manifest that systemd reads, beside what it reads."""
    scripts = "/etc/hostwright" if plain["layout"] == "etc" else "/usr/lib/hostwright"
    for name, properties in read.items():
        yield f"{name} LoadState", "loaded", properties["LoadState"]
    yield from _repository(plain["backup"], read)
    yield from _archive(plain, read["backup.service"])
    yield from _postgresql(plain["modules"]["postgresql"], scripts, read)
    yield from _gitea(plain["modules"]["gitea"], read["backup-gitea.service"])
    for name, job in plain["modules"]["dump"].items():
        yield from _job(name, job, scripts, read[f"backup-{name}.service"])
    for unit, sections in plain["units"].items():
        for section in sections.values():
            for name, value in section.items():
                yield f"{unit} {name}", *_setting(name, value, read[unit])


def _repository(backup: Plain, read: Read) -> Iterator[Meaning]:
    local = backup["repository"].startswith("/")
    repository = _normal(backup["repository"]) if local else backup["repository"]
    home = _normal(backup["home"])
    state = [f"{home}/.cache/borg", f"{home}/.config/borg"]
    passphrase = ["passphrase", _normal(backup["passphrase"])]
    for name in ("backup.service", "backup-check.service"):
        unit = read[name]
        if unit["LoadState"] != "loaded":
            continue
        variables = _variables(unit["Environment"])
        yield f"{name} BORG_REPO", repository, variables["BORG_REPO"]
        yield f"{name} BORG_BASE_DIR", home, variables["BORG_BASE_DIR"]
        written = [repository, *state] if local else state
        yield f"{name} ReadWritePaths", written, unit["ReadWritePaths"][: len(written)]
        yield f"{name} passphrase", True, passphrase in unit["LoadCredential"]
        if local:
            yield f"{name} mounts", True, repository in unit["RequiresMountsFor"]
        else:
            key = [["ssh_key", _normal(backup["ssh_key"])]]
            yield f"{name} ssh_key", key, unit["LoadCredentialEncrypted"]


def _archive(plain: Plain, unit: dict[str, Any]) -> Iterator[Meaning]:
    words = unit["ExecStartEx"][0]["words"]
    archive = f"::{plain['host']}-{{now:%Y-%m-%dT%H:%M:%S}}"
    gitea = plain["modules"]["gitea"]
    paths = [*plain["backup"]["paths"], gitea["config"], gitea["data"], "/backup"]
    paths = [_normal(path) for path in paths]
    yield "archived", [archive, *paths], words[words.index(archive) :]
    excluded = [word[10:] for word in words if word.startswith("--exclude=")]
    own = plain["backup"]["exclude"]
    yield "excluded", own, excluded[: len(own)]
    data = _normal(gitea["data"])
    modules = [f"pp:{data}/data/indexers", f"pp:{data}/data/gitea.db"]
    yield "modules' excludes", modules, [one for one in modules if one in excluded]


def _postgresql(options: Plain, scripts: str, read: Read) -> Iterator[Meaning]:
    chosen = [f"--database={name}" for name in options.get("databases", ())]
    chosen = chosen or ["--all", *(f"--exclude={name}" for name in options["exclude"])]
    how = ["--shrink-limit=50", "folder"]
    meant = [f"{scripts}/dump", *how, f"{scripts}/postgresql", "--globals", *chosen]
    unit = read["backup-postgresql.service"]
    yield "databases", [meant], [one["words"] for one in unit["ExecStartEx"]]


def _gitea(options: Plain, unit: dict[str, Any]) -> Iterator[Meaning]:
    data = f"{_normal(options['data'])}/data"
    yield "gitea's database", True, f"{data}/gitea.db" in unit["ExecStartEx"][0]["words"]
    writable = ["/backup/gitea", data]
    yield "gitea's folders", writable, unit["ReadWritePaths"]


def _job(name: str, job: Plain, scripts: str, unit: dict[str, Any]) -> Iterator[Meaning]:
    how = ["folder"] if job["output"] == "folder" else ["stdout", f"{name}.dump"]
    command = [f"{scripts}/dump", "--shrink-limit=50", *how, *job["command"]]
    yield "job's command", [command], [one["words"] for one in unit["ExecStartEx"]]
    variables = _variables(unit["Environment"])
    meant = {"LANG": "C.UTF-8", **job["environment"]}
    yield "job's environment", meant, variables
    writable = [f"/backup/{name}", *map(_normal, job["needs"]["write"])]
    yield "job's folders", writable, unit["ReadWritePaths"]
    yield "job's folder", f"/backup/{name}", unit["WorkingDirectory"]
    yield "job's user", job["user"], unit["User"]


def _setting(name: str, value: Plain, unit: dict[str, Any]) -> tuple[Any, Any]:
    """What `units` says, and what systemd has: of a list, its last items."""
    if name.startswith("Exec") and not name.endswith("Paths"):
        commands = value if isinstance(value[0], list) else [value]
        return [_command(words) for words in commands], unit[f"{name}Ex"]
    if name == "StandardError":
        return value.partition(":")[0], unit[name]
    read = unit[name.replace("EnvironmentFile", "EnvironmentFiles")]
    if isinstance(value, str) and isinstance(read, str):
        return value, read if value else ""
    items = [value] if isinstance(value, str) else value
    cleared = "" in items
    if cleared:
        items = items[len(items) - items[::-1].index("") :]
    if name == "EnvironmentFile":
        return [[one.removeprefix("-"), one.startswith("-")] for one in items], read
    if name == "RequiresMountsFor":
        return items, [one for one in items if one in read]
    if name == "LoadCredential":
        return [one.split(":", 1) for one in items], [one for one in read if one[0] == "own"]
    if name == "LogExtraFields":
        items = [list(item.encode()) for item in items]
    return items, read if cleared else read[-len(items) :]


def _command(words: list[str]) -> dict[str, Any]:
    flags = {"-": "ignore-failure", ":": "no-env-expand", "+": "privileged", "!": "no-setuid"}
    prefix = words[0][: words[0].index("/")]
    program = words[0].removeprefix(prefix)
    return {
        "path": program,
        "words": [program, *words[1:]],
        "flags": [flag for sign, flag in flags.items() if sign in prefix],
    }


def _normal(path: str) -> str:
    """A path without doubled and trailing slashes: the same file."""
    return "/" + "/".join(part for part in path.split("/") if part)


def _variables(environment: list[str]) -> dict[str, str]:
    return dict(item.split("=", 1) for item in environment)
