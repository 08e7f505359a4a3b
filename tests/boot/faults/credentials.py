"""Faults of the secrets."""

from tests.boot.faults.fault import Fault, Group
from tests.boot.faults.injections import away
from tests.boot.faults.lab import PASSPHRASE_FILE as FILE

CREDENTIAL_FAULTS = Group(
    "A secret",
    (
        Fault(
            name="the-passphrase-is-missing",
            what="The file with the passphrase is missing.",
            did="Did not start the run.",
            inject=lambda lab: away(lab, FILE),
            said="status=243/CREDENTIALS",
        ),
        Fault(
            name="the-passphrase-is-empty",
            what="The file with the passphrase is empty.",
            did="Ended the run before any dump was made.",
            inject=lambda lab: away(lab, FILE, f": >{FILE}"),
            said="the passphrase file is empty",
        ),
        Fault(
            name="the-passphrase-is-wrong",
            what="The file holds another passphrase.",
            did="Ended the run before any dump was made.",
            inject=lambda lab: away(lab, FILE, f"echo wrong >{FILE}"),
            said="is incorrect",
        ),
    ),
)
