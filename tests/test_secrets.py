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
        f'{{user: x, password: "{SECRET}", port: 1}}',
        f"--password={SECRET}",
        f"[/usr/bin/x, --pass, {SECRET}]",
        f"MYSQL_PWD={SECRET} mysqldump shop",
        f"mysql://shop:{SECRET}@localhost/shop",
        f"ssh://borg:{SECRET} '@vault/./web1",
        f"borg:{SECRET}@vault:web1",
        f'db_secret: "{SECRET}',
        f"-----BEGIN RSA PRIVATE KEY-----{SECRET}",
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
        "[/usr/bin/x, --password-file, secret.txt]",
        "ssh://borg@vault:22/web1",
        "ops@example.org",
        "schedule: {at: daily, jitter: 12:30}",
        "passphrase: |",
        "BORG_PASSCOMMAND=/bin/cat /run/x",
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
