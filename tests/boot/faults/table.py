"""All faults, in the order of the page."""

from tests.boot.faults.dumps import DUMP_FAULTS
from tests.boot.faults.processes import PROCESS_FAULTS

GROUPS = (DUMP_FAULTS, PROCESS_FAULTS)
FAULTS = tuple(fault for group in GROUPS for fault in group.faults)
