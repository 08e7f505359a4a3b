"""What a person should hear who has just made a manifest: what to change, and what is missing."""

from compiler.init.draft import Draft
from compiler.init.text import unused_line
from compiler.report.human import printable


def report(draft: Draft) -> str:
    """Everything that was not carried over, by line; empty when there is nothing to say."""
    if not draft.unused:
        return ""
    title = f"Not carried over from {printable(draft.origin) or 'the machine'}:\n"
    return title + "".join(f"  {unused_line(one)}\n" for one in draft.unused)
