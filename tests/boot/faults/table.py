"""All faults, in the order of the page."""

from tests.boot.faults.clock import CLOCK_FAULTS
from tests.boot.faults.credentials import CREDENTIAL_FAULTS
from tests.boot.faults.damage import DAMAGE_FAULTS
from tests.boot.faults.disks import DISK_FAULTS
from tests.boot.faults.dumps import DUMP_FAULTS
from tests.boot.faults.files import FILE_FAULTS
from tests.boot.faults.host import HOST_FAULTS
from tests.boot.faults.postgresql import POSTGRESQL_FAULTS
from tests.boot.faults.processes import PROCESS_FAULTS
from tests.boot.faults.repository import REPOSITORY_FAULTS
from tests.boot.faults.timing import TIMING_FAULTS

GROUPS = (
    DUMP_FAULTS,
    POSTGRESQL_FAULTS,
    DISK_FAULTS,
    REPOSITORY_FAULTS,
    DAMAGE_FAULTS,
    CREDENTIAL_FAULTS,
    PROCESS_FAULTS,
    FILE_FAULTS,
    CLOCK_FAULTS,
    TIMING_FAULTS,
    HOST_FAULTS,
)
FAULTS = tuple(fault for group in GROUPS for fault in group.faults)
