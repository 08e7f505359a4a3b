"""What `hostwright VERB` can do: one file per verb, imported when it is asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from argparse import ArgumentParser


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

    @property
    def parser(self) -> "ArgumentParser":
        """What reads the words behind the verb."""
        function: Callable[[], ArgumentParser]
        function = import_module(f"compiler.verbs.{self.name}").parser
        return function()


VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("compile", "compile manifests into a tree: compile HOST.yaml... -o OUT"),
        Verb("deb", "make Debian packages of trees: deb OUT -o DIR"),
        Verb("repo", "publish packages in an apt repository: repo add DIR PACKAGE.deb..."),
        Verb("verify", "check a tree, or a manifest, with systemd's own parser"),
        Verb("preflight", "would the next backup of this machine go well: preflight TREE"),
        Verb("init", "write a first manifest, from what can be seen: init -o HOST.yaml"),
        Verb("show", "print the merged manifest: what it and all that it imports say together"),
        Verb("explain", "where a line or value comes from: explain HOST.yaml backup.service:14"),
        Verb("options", "list the options of a manifest, or describe one: options backup.keep"),
        Verb("codes", "list the diagnostics, or explain one: codes HW012"),
        Verb("fix", "write renamed options under their new names, in place: fix HOST.yaml..."),
        Verb("new", "write a module of your own that works: new module redis"),
        Verb("schema", "print a JSON Schema of manifests, for editors"),
        Verb("completion", "print a script that completes command lines: completion bash"),
    )
}


def add_format_option(parser: "ArgumentParser") -> None:
    """Let a verb that reports diagnostics take --format."""
    formats = ("human", "json", "sarif", "github")
    parser.add_argument(
        "--format", choices=formats, default="human", help="how diagnostics are written"
    )


def add_modules_option(parser: "ArgumentParser") -> None:
    """Let a verb take --modules DIR, which may be given more than once."""
    parser.add_argument(
        "--modules",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder with modules of your own, one Python file each",
    )


def add_version_option(parser: "ArgumentParser") -> None:
    """Let a verb that makes packages take --package-version V."""
    parser.add_argument(
        "--package-version",
        metavar="V",
        help="version of the packages (default: date of SOURCE_DATE_EPOCH, digest of the tree)",
    )
