"""`completion SHELL`: a script that completes command lines."""

import argparse

import modules
from compiler.reference.completion import SHELLS, completion
from compiler.verbs import VERBS, Outcome

_EPILOG = """\
To have it in every new shell:

    hostwright completion bash > ~/.local/share/bash-completion/completions/hostwright
    hostwright completion zsh > ~/.zfunc/_hostwright        (a folder of $fpath)
    hostwright completion fish > ~/.config/fish/completions/hostwright.fish

To have it in this one: source <(hostwright completion bash)
"""


def run(words: list[str]) -> Outcome:
    """Print the script for a shell."""
    return Outcome(completion(parser().parse_args(words).shell, VERBS.values(), modules))


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    parser = argparse.ArgumentParser(
        prog="hostwright completion",
        description="Print a script that completes hostwright and compile in a shell.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("shell", choices=list(SHELLS), help="the shell")
    return parser
