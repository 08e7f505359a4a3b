"""What a changed database adds to the repository: python benchmarks/growth.py, as root.

Each night 1 % of the rows of a PostgreSQL database of 150 MB change. Then it is dumped twice: by
the compiled dump (not compressed), and by `pg_dump -Fc` as the scripts do that this replaces. The
compiled borg create puts each dump into a repository of its own. Growth depends on where the rows
lie that changed, so that there are three cases. Says whether the batch is within its target, and
exits with 0 either way.
"""

import argparse
import random
import re
import sys
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from attrs import frozen  # noqa: E402

from compiler import compile_host  # noqa: E402
from schema.tree import Tree  # noqa: E402
from tests.boot import roots  # noqa: E402
from tests.boot.container import booted  # noqa: E402
from tests.boot.laboratory import CommandError, Host  # noqa: E402
from tests.boot.software import sql  # noqa: E402

ROWS = 400_000
BATCH = "a batch in the middle (a month is invoiced)"
TARGET = 0.1
MANIFEST = b"""
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/srv]
modules:
  postgresql:
"""
TABLE = """
CREATE TABLE orders (
    id bigint PRIMARY KEY, customer int, placed timestamp, status text, total numeric, token text,
    name text, address text, note text
);
COPY orders FROM '/var/tmp/rows';
CREATE INDEX ON orders (customer);
VACUUM ANALYZE orders;
"""
CHANGE = "UPDATE orders SET status = 'closed', total = total + 1 WHERE "
OURS, SEED = "/backup/postgresql", "/var/lib/postgresql/seed"


@frozen
class Night:
    """What changes before the dumps: a condition for rows that are updated, and how many new ones.

    Attributes:
        case: the case that it is a sample of.
    """

    case: str
    updated: str
    inserted: int = 0


def main() -> None:
    """Measure and print."""
    arguments = _parser().parse_args()
    if reason := roots.missing():
        sys.exit(f"growth: {reason}")
    with booted(roots.root("bookworm"), "web1") as init:
        shop = Shop(Host(init), arguments.chunker_params)
        print(shop.describe())
        first = shop.grow()
        print(
            f"\n  {'1 % of the rows each night':<44}{'compiled':>11}{'pg_dump -Fc':>14}{'ratio':>8}"
        )
        _say("the first archive", [first])
        grown: dict[str, list[tuple[int, int]]] = {}
        for night in _nights():
            shop.change(night)
            grown.setdefault(night.case, []).append(shop.grow())
        for case, samples in grown.items():
            _say(case, samples, TARGET if case == BATCH else None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--chunker-params", help="of borg create, for both (borg's default)")
    return parser


def _nights() -> Iterator[Night]:
    """1 % of the rows each, at several places: borg's pieces begin where the data has it."""
    hundredth = ROWS // 100
    for place in (25, 50, 75):
        first = hundredth * place
        batch = f"id BETWEEN {first + 1} AND {first + hundredth}"
        yield Night(BATCH, batch)
    old = hundredth * 4 // 5
    for newest in (ROWS, ROWS + hundredth - old):
        yield Night(
            "the newest rows (a fifth of them new)",
            f"id > {newest - old}",
            hundredth - old,
        )
    yield Night("every 100th row, spread evenly", "id % 100 = 7")


def _say(name: str, samples: list[tuple[int, int]], target: float | None = None) -> None:
    ours, seeds = (sum(sizes) / len(sizes) / 1e6 for sizes in zip(*samples, strict=True))
    ratio = ours / seeds
    verdict = (
        "" if target is None else f", target {target}: {'PASS' if ratio <= target else 'over'}"
    )
    print(f"  {name:<44}{ours:8.2f} MB{seeds:11.2f} MB{ratio:8.3f}{verdict}")


class Shop:
    """A booted host with the database, and a repository for the dumps of either kind."""

    def __init__(self, host: Host, chunker_params: str | None) -> None:
        self._host = host
        self._rows = _rows()
        host.install(compile_host("host.yaml", MANIFEST).tree or Tree(()))
        started = host.show("backup.service", "ExecStart")
        create, name = re.findall(r"argv\[\]=(\S+/borg create .*?) (::\S+) ", started)[0]
        more = [f"--chunker-params={chunker_params}"] if chunker_params else []
        self._create = (*create.split(), *more, name)
        host.run("install", "-d", "-o", "postgres", SEED)
        for dump in (OURS, SEED):
            self._borg(dump, "/usr/bin/borg", "init", "--encryption=repokey-blake2")
        sql(host, "CREATE DATABASE shop TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        self._write(ROWS)
        sql(host, TABLE, "shop")

    def describe(self) -> str:
        """The versions, the options, and how large it is."""
        tools = (("pg_dump", "--version"), ("borg", "--version"))
        versions = (self._host.run(*tool).stdout.strip() for tool in tools)
        size = int(sql(self._host, "SELECT pg_database_size('shop')")) / 1e6
        options = " ".join(word for word in self._create if word.startswith(("--comp", "--chun")))
        return f"{', '.join(versions)}, {options}\n{ROWS:,} rows, a database of {size:.0f} MB"

    def change(self, night: Night) -> None:
        """Change the rows, as the shop does during a day."""
        sql(self._host, CHANGE + night.updated, "shop")
        self._write(night.inserted)
        sql(self._host, "COPY orders FROM '/var/tmp/rows'", "shop")

    def grow(self) -> tuple[int, int]:
        """Dump and archive both ways; the bytes that either repository has grown by."""
        words = ("pg_dump", "--format=custom", f"--file={SEED}/shop.dump", "shop")
        with self._host.running(*words, user="postgres") as dump:
            self._host.run("systemctl", "start", "backup-postgresql.service")
        if dump.returncode != 0:
            raise CommandError(f"{words} failed")
        return self._archive(OURS), self._archive(SEED)

    def _archive(self, dump: str) -> int:
        before = self._size(dump)
        self._borg(dump, *self._create, dump)
        return self._size(dump) - before

    def _size(self, dump: str) -> int:
        return int(self._host.run("du", "-sb", f"/root{dump}/data").stdout.split()[0])

    def _borg(self, dump: str, *command: str) -> None:
        repository, base = f"BORG_REPO=/root{dump}", f"BORG_BASE_DIR=/root{dump}.base"
        self._host.path(f"/root{dump}").parent.mkdir(parents=True, exist_ok=True)
        self._host.run("env", repository, base, "BORG_PASSPHRASE=x", *command)

    def _write(self, count: int) -> None:
        """Put the next rows where PostgreSQL reads them."""
        with self._host.path("/var/tmp/rows").open("w") as file:
            file.writelines(next(self._rows) for _ in range(count))


def _rows() -> Iterator[str]:
    """Orders without end, 330 bytes each; words as frequent as in a language, tokens as random."""
    source = random.Random(1)  # noqa: S311 - the same rows each time
    syllables = "ka to mi ren sol ver da lin pra ost ul ne gar bel che ri mon te sta fu".split()  # noqa: SIM905
    words = ["".join(source.choices(syllables, k=source.randint(1, 4))) for _ in range(4_000)]
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    spoken = source.choices(words, cum_weights=weights, k=1 << 16)
    number = 0
    while True:
        number += 1
        text = source.choices(spoken, k=30)
        day, second = divmod(number * 200, 86_400)
        placed = f"20{24 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}"
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        yield (
            f"{number}\t{source.randrange(40_000)}\t{placed} {clock}.{source.randrange(10**6):06}\t"
            f"{source.choice(('paid', 'sent', 'returned'))}\t{source.randrange(10**5) / 100}\t"
            f"{source.getrandbits(128):032x}\t{' '.join(text[:2]).title()}\t"
            f"{' '.join(text[2:5])} {source.randrange(100)}\t{' '.join(text[5:])}\n"
        )


if __name__ == "__main__":
    main()
