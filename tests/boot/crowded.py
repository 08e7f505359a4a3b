"""A host with one of everything that a restore could get wrong."""

import os

from tests.boot.laboratory import Host
from tests.boot.software import create_database, create_gitea, sql

ODD = "a b\"c'd%n$(x)"
"""The name of a database, with what shells, SQL and systemd would each take for something else."""

_GITEA = """\
[Service]
User=git
ExecStart=/usr/bin/tail --follow /var/lib/gitea/data/gitea.db

[Install]
WantedBy=multi-user.target
"""
_ROLES = """
CREATE ROLE clerk LOGIN PASSWORD 'open sesame';
CREATE ROLE staff;
GRANT staff TO clerk WITH ADMIN OPTION;
ALTER DATABASE shop OWNER TO clerk;
ALTER DATABASE shop SET work_mem = '8MB';
"""
_ROWS = """
CREATE TABLE "Odd table" (id bigserial, at timestamptz DEFAULT '2020-02-02', note text);
INSERT INTO "Odd table" (note) SELECT repeat(chr(1000 + i), 10) FROM generate_series(1, 2000) i;
GRANT SELECT ON "Odd table" TO staff;
CREATE VIEW seen AS SELECT count(*) FROM "Odd table";
"""
_SHELL = """
useradd --create-home --uid=5001 alice
cd /srv
install --mode=600 --owner=alice /dev/null letter
echo 'dear diary' > letter
ln letter second-name
ln --symbolic /nowhere dangling
truncate --size=40M sparse
printf end | dd of=sparse bs=1 seek=20M conv=notrunc status=none
install --mode=4755 --owner=alice /bin/true setuid
install --directory --mode=2775 --owner=alice --group=staff shared
setfacl --modify user:games:r letter
setfacl --modify default:group:mail:rwx shared
install --directory --mode=700 empty
setfattr --name=user.colour --value=blue letter
mkfifo pipe
touch "$(printf 'not\\nUTF-8: \\377')"
touch --date='1999-12-31 23:59:59.123456789' letter
"""
_RENUMBER = """
systemctl stop 'postgresql@*'
old=$(id -u postgres)
usermod --uid=555 postgres
find / -xdev -user "$old" -exec chown --no-dereference postgres {} +
systemctl restart postgresql
"""


def crowd(host: Host) -> None:
    """Fill a host with files of every kind, several databases, roles, and numbers of its own."""
    host.run("sh", "-euc", _RENUMBER)
    host.wait_for("pg_isready")
    create_gitea(host)
    host.run("sqlite3", "/var/lib/gitea/data/gitea.db", "INSERT INTO issue VALUES ('first');")
    host.run("sh", "-c", "chown git:git /var/lib/gitea/data/gitea.db*")
    host.write("/etc/systemd/system/gitea.service", _GITEA)
    host.run("systemctl", "enable", "--now", "gitea.service")
    create_database(host, "shop", "a row to keep")
    create_database(host, ODD, "an odd row to keep")
    sql(host, _ROLES)
    sql(host, _ROWS, "shop")
    host.run("sh", "-euc", _SHELL)
    # A capability of a file, as setcap would write it: cap_net_raw, permitted and effective.
    capability = bytes.fromhex("0100000200200000000000000000000000000000")
    os.setxattr(host.path("/srv/setuid"), "security.capability", capability)
