"""What there is to say, as values: the terminal and JSON say the same."""

from attrs import frozen


@frozen
class Said:
    """What one place says about an option.

    Attributes:
        value: in YAML.
        place: file:line:column, or where the default is declared.
        priority: the lower number wins.
        strength: the priority in a word, as it is written in a manifest.
        order: where its items stand in a list; empty where that says nothing.
        when: the condition that it hangs on; empty without one.
        won: whether it is (a part of) the value.
        why: why not, in a few words.
        verdict: what to say instead of whether it wins; empty to say that.
    """

    value: str
    place: str
    priority: int
    strength: str
    order: str = ""
    when: str = ""
    won: bool = True
    why: str = ""
    verdict: str = ""


@frozen
class Watch:
    """A check that would complain if it were otherwise.

    Attributes:
        code: what `hostwright codes` explains.
        title: what it complains of.
        detail: which values, and why, where that is known; otherwise empty.
    """

    code: str
    title: str
    detail: str = ""


@frozen
class OptionAnswer:
    """An option of the manifest.

    Attributes:
        name: its path.
        value: in YAML; empty when nothing can be said of it.
        said: every definition, the one that won first.
        below: the items or options below it, with their values and places.
        help: what it means.
        kind: what values it takes.
        default: its own default, in YAML, or "required".
        declared: the class that declares it.
        merging: how definitions are merged.
        watches: the checks about it.
        note: what is unusual, such as a module that the host does not have.
        touches: how many lines say it, and how many more hang on it.
    """

    name: str
    value: str
    said: tuple[Said, ...]
    below: tuple["Part", ...] = ()
    help: str = ""
    kind: str = ""
    default: str = ""
    declared: str = ""
    merging: str = ""
    watches: tuple[Watch, ...] = ()
    note: str = ""
    touches: tuple[int, int] | None = None


@frozen
class Part:
    """An option, or an item, in one line: value, and the place that said so."""

    name: str
    value: str
    place: str


@frozen
class LineAnswer:
    """A line of a file, all lines of a command, or a link.

    Attributes:
        file: with a leading slash.
        first: the number of its first line; 0 of a link.
        lines: the text, line by line.
        source: who asked for it.
        reason: why.
        option: the option that it says, in full; None of what is Hostwright's own.
        hangs_on: the other options that have a part in it.
        watches: the checks that would complain.
        note: what the line is, where it says nothing.
    """

    file: str
    first: int
    lines: tuple[str, ...]
    source: str
    reason: str
    option: OptionAnswer | None
    hangs_on: tuple[Part, ...] = ()
    watches: tuple[Watch, ...] = ()
    note: str = ""


@frozen
class FileLine:
    """A line of a file in short: its number, its text, and the options behind it."""

    number: int
    text: str
    options: tuple[str, ...]


@frozen
class FileAnswer:
    """A whole file, or one section of a unit."""

    file: str
    source: str
    reason: str
    lines: tuple[FileLine, ...]
    section: str = ""


@frozen
class AbsentAnswer:
    """A directive that a unit does not have; `removed` is where a manifest took it out."""

    unit: str
    section: str
    directive: str
    watches: tuple[Watch, ...]
    removed: str = ""


@frozen
class Touched:
    """A line that an option has a part in."""

    file: str
    line: int
    text: str
    share: str


@frozen
class ForwardAnswer:
    """Every line that an option touches; `whole` are files that are there because of it alone."""

    option: str
    touched: tuple[Touched, ...]
    whole: tuple[tuple[str, int], ...] = ()
    note: str = ""


@frozen
class ImportAnswer:
    """A file that is imported.

    Attributes:
        file: its name.
        place: where it is imported.
        when: the conditions that it hangs on; empty without one.
        counts: whether they are true, and the file that imports it counts.
        why: why it does not count.
    """

    file: str
    place: str
    when: str
    counts: bool
    why: str


@frozen
class ImportsAnswer:
    """Imports, in the order in which the files are merged; `name` is what was asked."""

    name: str
    imports: tuple[ImportAnswer, ...]


Answer = OptionAnswer | LineAnswer | FileAnswer | AbsentAnswer | ForwardAnswer | ImportsAnswer
