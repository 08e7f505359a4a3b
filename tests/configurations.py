"""Configurations of borgmatic, and what comes of them."""

from pathlib import Path

from compiler.init.borgmatic import borgmatic
from compiler.init.draft import Draft
from compiler.init.root import Root
from compiler.init.settled import settled
from tests.read_back import read_back

BORG_FILE = Path("/root/.borg-passphrase")

FLAT = """\
source_directories: [/etc, /home, ~/notes]
repositories:
  - path: ssh://web1@vault.example.org/./web1
    label: vault
  - path: /mnt/disk
exclude_patterns: ['*.pyc', /home/*/.cache, '~/.cache']
compression: auto,zstd,9
encryption_passphrase: correct horse battery staple
ssh_command: ssh -i /root/.ssh/backup -p 2222
archive_name_format: 'x-{now}'
keep_daily: 7
keep_within: 2d
checks:
  - name: repository
    frequency: 2 weeks
  - name: data
    frequency: 2 weeks
before_backup: [echo secret-word, 'true']
postgresql_databases:
  - name: all
    username: backup
    password: geheim
healthchecks:
  ping_url: https://hc.example.org/ping/0b8e3f6a-1111-2222-3333-444455556666
  send_logs: false
ntfy:
  topic: hush-hush
  server: https://ntfy.example.org
  states: [fail, finish]
"""

SECTIONED = """\
location:
  source_directories:
    - /srv
  repositories:
    - /mnt/vault/web1
storage:
  encryption_passcommand: cat /root/.borg-passphrase
  umask: 0077
retention:
  keep_monthly: 6
consistency:
  checks:
    - repository
    - archives
hooks:
  on_error:
    - echo failed
  mysql_databases:
    - name: shop
  cronitor: https://cronitor.link/x
"""


def carried(text: str, root: Path) -> tuple[str, Draft]:
    """The manifest that comes of a configuration, and the draft with what is not in it."""
    draft = borgmatic(Root(str(root)), "config.yaml", text.encode())
    return settled(draft), draft


def backup(text: str, root: Path) -> dict[str, object]:
    """The section backup of what comes of a configuration."""
    return read_back(carried(text, root)[0])["backup"]


def left(text: str, root: Path) -> dict[str, int]:
    """The keys that are listed, with their lines."""
    return {one.source.key: one.source.line for one in carried(text, root)[1].unused}
