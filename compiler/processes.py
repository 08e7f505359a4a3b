"""Independent jobs, over as many processes as there are processors, when there are many of them."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
Counter = Callable[[int], None]
"""Is told how many jobs more are done."""

_WORTH_PROCESSES = 32
"""From this many jobs on, a second process earns more than it costs to start."""

_CHUNK = 1 << 16


def mapped(
    work: Callable[[Job], Result], jobs: Sequence[Job], done: Counter | None = None
) -> list[Result]:
    """Give what `work` makes of each job, in their order.

    Forked processes take a share each and end by themselves when this one is killed; what a pool
    of `multiprocessing` starts would stay for ever.

    Raises:
        RuntimeError: a job failed in another process; with its traceback.
    """
    processes = min(len(os.sched_getaffinity(0)), 8)
    counted = _counted(work, done) if done else work
    if len(jobs) < _WORTH_PROCESSES or processes == 1:
        return [counted(job) for job in jobs]
    first = counted(jobs[0])  # imports everything, once for all processes
    rest = jobs[1:]
    shares = _forked(work, [rest[share::processes] for share in range(processes)], done)
    return [first, *(shares[place % processes][place // processes] for place in range(len(rest)))]


def _counted(work: Callable[[Job], Result], done: Counter) -> Callable[[Job], Result]:
    def counted(job: Job) -> Result:
        result = work(job)
        done(1)
        return result

    return counted


def _forked(
    work: Callable[[Job], Result], shares: Sequence[Sequence[Job]], done: Counter | None
) -> list[Sequence[Result]]:
    children: dict[int, int] = {}
    counting, counter = os.pipe()
    try:
        for share in shares:
            reader, writer = os.pipe()
            if (child := os.fork()) == 0:
                _close(counting, reader, *children.values())
                _serve(_counted(work, partial(_tick, counter)), share, writer)
            os.close(writer)
            children[child] = reader
        answers = _answers([*children.values()], counting, done)
        return [_received(answers[reader]) for reader in children.values()]
    finally:
        os.close(counting)
        os.close(counter)
        for child, reader in children.items():
            os.close(reader)  # a child that still writes ends at that
            os.waitpid(child, 0)


def _close(*readers: int) -> None:
    # A pipe that a child could read itself never breaks: it would wait for ever to be heard.
    for reader in readers:
        os.close(reader)


def _tick(counter: int, count: int) -> None:
    """Count, even if nobody cares: who hears that the pipe is broken does not begin another job."""
    os.write(counter, b"." * count)


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


def _answers(
    readers: Sequence[int], counting: int, done: Counter | None
) -> Mapping[int, bytearray]:
    """What each child writes, to its end; meanwhile the jobs that are done are counted."""
    from selectors import EVENT_READ, DefaultSelector

    answers = {reader: bytearray() for reader in readers}
    with DefaultSelector() as heard:
        for pipe in (counting, *readers):
            heard.register(pipe, EVENT_READ)
        while len(heard.get_map()) > 1:
            for key, _ in heard.select():
                text = os.read(key.fd, _CHUNK)
                if key.fd == counting:
                    done(len(text)) if done else None
                elif text:
                    answers[key.fd] += text
                else:
                    heard.unregister(key.fd)
    return answers


def _received(answer: bytearray) -> Sequence[Result]:
    import pickle

    if not answer:
        raise RuntimeError("a process ended without an answer")
    failure, results = pickle.loads(answer)  # noqa: S301 - from our own child
    if failure:
        raise RuntimeError(failure)
    return results  # type: ignore[no-any-return]
