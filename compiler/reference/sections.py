"""The options in the order of the manual: sections, and what stands in each of them."""

import sys
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Protocol, Union, get_args, get_origin

import attrs
from attrs import frozen

from schema import option
from schema.host import Manifest, Setting
from schema.module import Module
from schema.targets import Target

Field = attrs.Attribute
Path = tuple[str, ...]


class Modules(Protocol):
    """The modules there are: our own (the package `modules` is one of these), or more."""

    def names(self) -> tuple[str, ...]:
        """The names of all modules, sorted."""

    def find(self, name: str) -> type[Module] | None:
        """The module of a name, or None when there is none."""


@frozen(eq=False, repr=False)
class Entry:
    """An option at its place.

    Attributes:
        path: from the top of the manifest; JOB, NAME and N stand for any key and any item.
        field: its declaration.
        value_type: the type of the value; if the option collects names, of what stands under each.
        above: the section that it stands in.
    """

    path: Path
    field: "Field[Any]"
    value_type: Any
    above: "Section"

    @property
    def section(self) -> type:
        """The class that declares it."""
        return self.above.type

    @property
    def name(self) -> str:
        """The last step of the path."""
        return self.path[-1]

    @property
    def help(self) -> str:
        """What the option means, in a phrase."""
        text: str = self.field.metadata[option.HELP]
        return text

    @property
    def example(self) -> str:
        """How the value looks in YAML; empty where the declaration has no example."""
        return self.field.metadata[option.EXAMPLE] or ""

    @property
    def since(self) -> str:
        """The version of Hostwright that first had it."""
        version: str = self.field.metadata[option.SINCE]
        return version

    @property
    def is_required(self) -> bool:
        """Whether a manifest must have it."""
        return self.field.default is attrs.NOTHING

    @property
    def is_inherited(self) -> bool:
        """Whether its section has it in common with others."""
        bases = filter(attrs.has, self.section.__mro__[1:])
        return any(self.field.name in attrs.fields_dict(base) for base in bases)

    @property
    def is_collected(self) -> bool:
        """Whether it stands for every key of its section that is no option."""
        return bool(self.field.metadata.get(option.COLLECTS))

    @property
    def below(self) -> "Section | None":
        """The options below it, if there are any."""
        type_, step = _opened(self.value_type)
        return Section((*self.path, *step), type_, self) if type_ else None


@frozen(eq=False, repr=False)
class Section:
    """A mapping of the manifest, and the option that opens it: none does so at the top."""

    path: Path
    type: type
    opened_by: Entry | None = None

    @property
    def text(self) -> str:
        """What it is for: its class's docstring without the list of attributes."""
        return _prose(self.type.__doc__ or "")

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Its options: its own, then those that it has in common with others."""
        entries = tuple(self._entry(field) for field in attrs.fields(self.type))
        return tuple(sorted(entries, key=lambda entry: entry.is_inherited))

    def _entry(self, field: "Field[Any]") -> Entry:
        if not field.metadata.get(option.COLLECTS):
            return Entry((*self.path, field.name), field, field.type, self)
        item = get_args(field.type)[1]
        return Entry((*self.path, item.__name__.upper()), field, item, self)


def manifest() -> Section:
    """The top of the manifest."""
    return Section((), Manifest)


def module(name: str, found: type[Module]) -> Section:
    """The options of a module."""
    return Section(("modules", name), found)


def module_text(found: type[Module]) -> str:
    """What a module is for: the docstring of its file."""
    file = sys.modules.get(found.__module__)
    return _prose((file and file.__doc__) or found.__doc__ or "")


def module_sections(modules: Modules) -> Iterator[Section]:
    """The section of each module."""
    for name in modules.names():
        if (found := modules.find(name)) is not None:
            yield module(name, found)


def sections_below(section: Section, seen: dict[type, Section]) -> Iterator[Section]:
    """A section and those that its options open; one that `seen` has already is not repeated."""
    seen.setdefault(section.type, section)
    yield section
    for entry in section.entries:
        below = entry.below
        if below is not None and not any(issubclass(one, below.type) for one in seen):
            yield from sections_below(below, seen)


def without_null(type_: Any) -> Any:
    """A type that may be absent, as it is when it is there."""
    if type_ == Setting or get_origin(type_) not in (Union, UnionType):
        return type_
    present = [one for one in get_args(type_) if one is not type(None)]
    return present[0] if len(present) == 1 else type_


def _opened(type_: Any) -> tuple[type | None, Path]:
    """The class of the options below a value, and the steps to it: any key, any item."""
    type_ = without_null(type_)
    if get_origin(type_) is Mapping:
        inner, steps = _opened(get_args(type_)[1])
        return inner, ("NAME", *steps)
    if get_origin(type_) is tuple:
        inner, steps = _opened(get_args(type_)[0])
        return inner, ("N", *steps)
    is_section = isinstance(type_, type) and attrs.has(type_) and type_ not in (Target, Module)
    return (type_ if is_section else None), ()


def _prose(docstring: str) -> str:
    text = "\n".join(line.strip() for line in docstring.strip().splitlines())
    return text.partition("\n\nAttributes:")[0]
