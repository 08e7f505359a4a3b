"""Independent jobs, over as many processes as there are processors, when there are many of them."""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_WORTH_PROCESSES = 32
"""From this many jobs on, a second process earns more than it costs to start."""


def mapped(work: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
    """Give what `work` makes of each job, in their order.

    Forked processes take a share each and end by themselves when this one is killed; what a pool
    of `multiprocessing` starts would stay for ever.

    Raises:
        RuntimeError: a job failed in another process; with its traceback.
    """
    processes = min(len(os.sched_getaffinity(0)), 8)
    if len(jobs) < _WORTH_PROCESSES or processes == 1:
        return [work(job) for job in jobs]
    first = work(jobs[0])  # imports everything, once for all processes
    rest = jobs[1:]
    shares = _forked(work, [rest[share::processes] for share in range(processes)])
    return [first, *(shares[place % processes][place // processes] for place in range(len(rest)))]


def _forked(
    work: Callable[[Job], Result], shares: Sequence[Sequence[Job]]
) -> list[Sequence[Result]]:
    children: dict[int, int] = {}
    try:
        for share in shares:
            reader, writer = os.pipe()
            if (child := os.fork()) == 0:
                _serve(work, share, writer)
            os.close(writer)
            children[child] = reader
        return [_received(reader) for reader in children.values()]
    finally:
        for child, reader in children.items():
            os.close(reader)  # a child that still writes ends at that
            os.waitpid(child, 0)


def _serve(work: Callable[[Job], Result], share: Sequence[Job], writer: int) -> None:
    """Work off a share in a child, and end it."""
    import pickle

    try:
        answer = pickle.dumps((None, [work(job) for job in share]))
    except Exception:  # noqa: BLE001 - whatever it is, the parent raises it
        import traceback

        answer = pickle.dumps((traceback.format_exc(), []))
    except BaseException:  # noqa: BLE001 - an interrupt reaches the parent as well
        os._exit(1)
    try:
        with open(writer, "wb") as pipe:
            pipe.write(answer)
    finally:
        os._exit(0)


def _received(reader: int) -> Sequence[Result]:
    import pickle

    with open(reader, "rb", closefd=False) as pipe:
        answer = pipe.read()
    if not answer:
        raise RuntimeError("a process ended without an answer")
    failure, results = pickle.loads(answer)  # noqa: S301 - from our own child
    if failure:
        raise RuntimeError(failure)
    return results  # type: ignore[no-any-return]
