"""argv and exit codes: the only room that prints, and the only one that exits.

Exit status: 0 done, 1 the manifest (or tree) is wrong, 2 the command line is wrong, 3 a bug.
"""

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn, TextIO

from compiler.version import VERSION

if TYPE_CHECKING:
    from compiler.verbs import Outcome

_HELP = """\
hostwright: compile a short manifest into everything that backs up a Debian host

usage: hostwright VERB ...      (hostwright VERB --help explains one)
       hostwright --version

{verbs}

exit status: 0 done, 1 the manifest is wrong, 2 the command line is wrong, 3 a bug in Hostwright
"""


_BUG = """\
hostwright: this is a bug in Hostwright, not in your manifest.
Please report it with the lines above and the manifest that caused it.
"""


def main() -> None:
    """Run `hostwright VERB ...`."""
    _open_closed_streams()
    _leave(run(sys.argv[1:]))


def compile_main() -> None:
    """Run `compile HOST.yaml... -o OUT`, which is `hostwright compile`."""
    _open_closed_streams()
    _leave(run(["compile", *sys.argv[1:]]))


def _open_closed_streams() -> None:
    """Have all three streams, as after `2>&-`: else the next file that is opened is number 2."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - stays


def run(words: Sequence[str]) -> "Outcome":
    """Do what a command line says; print nothing, exit nowhere."""
    import gc

    gc.disable()  # a compile makes no garbage worth collecting, and looking for it takes its time
    from compiler.verbs import VERBS, Outcome

    if not words or words[0] in ("-h", "--help", "help"):
        return Outcome(_help(), status=0 if words else 2)
    if words[0] == "--version":
        return Outcome(f"hostwright {VERSION}\n")
    verb = VERBS.get(words[0])
    if verb is None:
        known = ", ".join(VERBS)
        return Outcome("", f'hostwright: there is no verb "{words[0]}"; there are: {known}\n', 2)
    return _guarded(verb.run, list(words[1:]))


def _help() -> str:
    from compiler.verbs import VERBS

    lines = (f"  {name:<12}{verb.help}" for name, verb in VERBS.items())
    return _HELP.format(verbs="\n".join(lines))


def _guarded(verb: "Callable[[list[str]], Outcome]", words: list[str]) -> "Outcome":
    """A bug is a traceback and exit status 3, so that nobody takes it for a wrong manifest."""
    from compiler.verbs import Outcome

    try:
        return verb(words)
    except KeyboardInterrupt:
        return Outcome("", "hostwright: interrupted; nothing was changed\n", 130)
    except SystemExit as leaving:  # argparse has printed its own message
        return Outcome("", "", leaving.code if isinstance(leaving.code, int) else 2)
    except Exception:  # noqa: BLE001 - whatever it is, it is a bug and is reported as one
        import traceback

        return Outcome("", f"{traceback.format_exc()}\n{_BUG}", 3)


def _leave(outcome: "Outcome") -> NoReturn:
    """Print and exit, without the interpreter's tidying up, which costs as much as a compile."""
    status = outcome.status
    try:
        _print(outcome.text, sys.stdout)
        _print(outcome.errors, sys.stderr)
    except BrokenPipeError:
        pass  # the reader (head, less) has seen enough
    except OSError as error:
        status = 1
        os.write(2, f"hostwright: cannot print: {error.strerror}\n".encode())
    os._exit(status)


def _print(text: str, stream: TextIO) -> None:
    if text:
        encoding = stream.encoding or "utf-8"
        print(text.encode(encoding, "backslashreplace").decode(encoding), end="", file=stream)
    stream.flush()
