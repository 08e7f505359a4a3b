"""A file system of somebody else's in the way: one that refuses to answer, or never does."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.boot.faults.lab import Lab

# A kernel's FUSE without its program: nothing ever answers. To anybody but its own user the kernel
# itself refuses every access, as it does with a folder that a user has mounted with sshfs.
_MOUNT = """
import ctypes, os, sys
where, user = sys.argv[1].encode(), int(sys.argv[2])
if not os.path.exists("/dev/fuse"):
    os.mknod("/dev/fuse", 0o20600, os.makedev(10, 229))
device = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={device},rootmode=40000,user_id={user},group_id={user}".encode()
libc = ctypes.CDLL(None, use_errno=True)
assert libc.mount(b"sshfs", where, b"fuse", 0, options) == 0, os.strerror(ctypes.get_errno())
print("mounted", flush=True)
sys.stdin.read()
libc.umount2(where, 2)
"""


@contextmanager
def mounted_by(lab: Lab, user: str, where: str) -> Iterator[None]:
    """Have a file system of a user's mounted in a folder, whose program never answers."""
    number = lab.host.run("id", "--user", user).stdout.strip()
    lab.host.run("mkdir", where)
    words = ("python3", "-c", _MOUNT, where, number)
    with lab.host.running(*words, user="root") as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "mounted\n"
        yield
    lab.host.run("rmdir", where)
