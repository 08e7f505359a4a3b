"""What a secret looks like, inside the texts that reports show and trees must not hold.

Whole manifests with secrets in them stand in golden/rejected/secret-*.
"""

import pytest

from schema.secrets import is_secret_name, secrets_in

SECRET = "correct-horse"  # noqa: S105 - the secret that the examples give away


@pytest.mark.parametrize(
    "text",
    [
        f"  passphrase: {SECRET}",
        f"  pasphrase: {SECRET}",
        f"  passphrase: {SECRET}/staple",
        f"  passphrase: ~/{SECRET} staple",
        f'{{user: x, password: "{SECRET}", port: 1}}',
        f"--password={SECRET}",
        f"[/usr/bin/x, --pass, {SECRET}]",
        f"MYSQL_PWD={SECRET} mysqldump shop",
        f"mysql://shop:{SECRET}@localhost/shop",
        f"ssh://borg:{SECRET} '@vault/./web1",
        f"borg:{SECRET}@vault:web1",
        f'db_secret: "{SECRET}',
        f"-----BEGIN RSA PRIVATE KEY-----{SECRET}",
        f"[/usr/bin/mysqldump, -p{SECRET}, shop]",
        f"[/bin/sh, -c, \"mariadb-dump -p'{SECRET}' shop | gzip\"]",
        f"cd /srv && LANG=C mysql -p{SECRET} shop",
        f'the program "mysqldump -p{SECRET}" is no path',
        f"[/usr/bin/env, A=b, mysql, -p{SECRET}]",
        f"curl -sSfu borg:{SECRET} https://x/",
        f"curl --user=borg:{SECRET} https://x/",
        f"[/usr/bin/curl, -H, 'Authorization: Basic {SECRET}']",
        f"redis-cli -a {SECRET}",
        f"sshpass -p {SECRET} ssh x",
        f"ldapsearch -x -w {SECRET}",
        f"openssl enc -k {SECRET}",
        f"openssl enc -pass pass:{SECRET}",
        f"glpat-{SECRET}-staple",
        f"BORG_PASSCOMMAND: /bin/echo {SECRET}",
    ],
)
def test_secret_is_found_inside_a_text(text: str) -> None:
    """All of it, so that no report shows a part."""
    left = text
    for secret in sorted(secrets_in(text), key=lambda one: one.start, reverse=True):
        left = left[: secret.start] + left[secret.end :]

    assert "correct" not in left
    assert "horse" not in left


@pytest.mark.parametrize(
    "text",
    [
        "passphrase: /etc/credstore/borg-passphrase",
        "ssh_key: ~/.ssh/id_ed25519",
        "passphrase: ./borg-passphrase",
        "passphrase: etc/credstore/borg",
        "[/usr/bin/x, --password-file, secret.txt]",
        "ssh://borg@vault:22/web1",
        "ops@example.org",
        "schedule: {at: daily, jitter: 12:30}",
        "passphrase: |",
        "BORG_PASSCOMMAND=/bin/cat /run/x",
        "[/usr/bin/tar, -C, /var/lib/mysql, -pczf, '-']",
        "[/usr/bin/pg_dump, mysql, -px]",
        "mysqldump shop | pigz -p8",
        "mysqldump -p$PASSWORD --port=3306 shop",
        "sshpass -f /etc/p ssh -p 2222 x",
        "curl -n -u borg -H 'User-Agent: x' https://x:80/",
        "curl -H 'Authorization: $HEADER' https://x/",
        "redis-cli --rdb -",
        "openssl enc -kfile /etc/x",
    ],
)
def test_no_secret_is_seen_where_none_is(text: str) -> None:
    """A report that hides the culprit helps nobody."""
    assert list(secrets_in(text)) == []


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("password", True),
        ("PGPASSWORD", True),
        ("DB_PASSWORD", True),
        ("MYSQL_PWD", True),
        ("secret-key", True),
        ("api_key", True),
        ("auth_tokens", True),
        ("password_file", False),
        ("token-path", False),
        ("compass", False),
        ("tokenizer", False),
        ("key", False),
    ],
)
def test_secret_has_a_name(
    name: str,
    is_secret: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Names of secrets, and names that only look like them."""
    assert is_secret_name(name) == is_secret


@pytest.mark.parametrize(
    "text",
    [
        'corr: {user: mysql, command: "MYSQL_PWD=x mariadb-dump shop | gzip"}',
        "\"'" * 2000 + " mysql -psecret " + "'\"" * 2000,
    ],
    ids=["a quote in mid-word", "quotes within quotes"],
)
def test_looking_into_quotes_comes_to_an_end(text: str) -> None:
    """A word with a quoted part in it is not looked into as if it were a line of its own."""
    assert all(0 <= secret.start < secret.end <= len(text) for secret in secrets_in(text))
