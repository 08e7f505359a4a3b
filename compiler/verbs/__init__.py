"""What `hostwright VERB` can do: one file per verb, imported when it is asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module

from attrs import frozen


@frozen(eq=False, repr=False)
class Outcome:
    """What a verb has to say on standard output and standard error, and its exit status."""

    text: str
    errors: str = ""
    status: int = 0


@frozen(eq=False, repr=False)
class Verb:
    """A verb: a line for `--help`, and the room that runs it."""

    name: str
    help: str

    @property
    def run(self) -> Callable[[list[str]], Outcome]:
        """The verb's function, from the file of its name."""
        function: Callable[[list[str]], Outcome] = import_module(f"compiler.verbs.{self.name}").run
        return function


VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("compile", "compile manifests into a tree: compile HOST.yaml... -o OUT"),
        Verb("verify", "check a tree, or a manifest, with systemd's own parser"),
        Verb("codes", "list the diagnostics, or explain one: codes HW012"),
    )
}
