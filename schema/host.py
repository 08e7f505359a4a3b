"""The manifest, structured: every default applied, every scalar checked."""

from collections.abc import Mapping
from typing import Literal

from attrs import frozen

from schema.backup import Backup
from schema.layout import Layout
from schema.module import Module
from schema.option import option
from schema.packages import Maintainer, PackageRelation
from schema.profiles import HostTag, Import
from schema.scalars import AbsolutePath, HostName, Text, UserName
from schema.targets import Target


@frozen(eq=False, repr=False)
class External:
    """What exists on the host although neither the tree nor a package of the target makes it."""

    users: tuple[UserName, ...] = option(
        default=(), help="users that something else creates", example="[myapp]"
    )
    groups: tuple[UserName, ...] = option(default=(), help="groups that something else creates")
    paths: tuple[AbsolutePath, ...] = option(
        default=(), help="folders that something else creates", example="[/srv/spool]"
    )


@frozen(eq=False, repr=False)
class Package:
    """The Debian package that the tree becomes."""

    maintainer: Maintainer | None = option(
        default=None,
        help="who answers for the package; without it, who gets the backup's mail, if that is a "
        "whole address, or else an address that leads nowhere",
        example="Operations <ops@example.org>",
        since="0.3",
    )
    preflight: Literal["warn", "strict"] = option(
        default="warn",
        help="what a preflight that fails does to the installation: warn says so and goes on; "
        "strict refuses it, before systemd has read the new units",
        example="strict",
        since="0.3",
    )
    depends: tuple[PackageRelation, ...] = option(
        default=(),
        help="packages that it depends on, besides those that the tree is known to use",
        example="[redis-tools]",
        since="0.3",
    )


Setting = tuple[str | tuple[str, ...], ...] | None
"""The value of an overridden directive: its items as written, or None to take it out."""


@frozen(eq=False, repr=False)
class Manifest:
    """A whole manifest. `modules` holds the enabled ones, by name, in the order of the names."""

    host: HostName = option(
        help="RFC 1123 host name: names archives and the package", example="web1"
    )
    target: Target = option(help="the Debian release that the tree is for", example="debian-12")
    backup: Backup = option(
        help="what to back up, where to and when",
        example="{repository: /mnt/vault/web1, passphrase: /etc/credstore/borg-passphrase, "
        "paths: [/etc]}",
    )
    layout: Layout = option(
        default="usr",
        help="units below /usr/lib (usr, for packages) or below /etc (etc)",
        example="etc",
    )
    modules: Mapping[str, Module] = option(
        default={}, help="the software on the host: name to options"
    )
    imports: tuple[Import, ...] = option(
        default=(),
        help="profiles: files of the same form whose definitions are merged with those of this one",
        example="[../profiles/base.yaml, {path: staging.yaml, when: {tags: [staging]}}]",
        since="0.2",
    )
    tags: tuple[HostTag, ...] = option(
        default=(), help="words that conditions ask for", example="[staging]", since="0.2"
    )
    module_path: tuple[Text, ...] = option(
        default=(),
        help="folders with modules of your own, one Python file each; relative to this file. "
        "Those of an import count whatever its condition",
        example="[../modules]",
        since="0.2",
    )
    external: External = option(
        default=External(),
        help="users, groups and folders that something else creates",
        example="{users: [myapp]}",
    )
    package: Package = option(
        default=Package(),
        help="the Debian package that the tree becomes (hostwright deb)",
        example="{preflight: strict}",
        since="0.3",
    )
    units: Mapping[str, Mapping[str, Mapping[str, Setting]]] = option(
        default={},
        help="unit name to section to directive, over what the compiler made: a directive that "
        "takes one value is replaced, one that accumulates gets the items added (an empty text "
        "first clears it), null takes it out; commands are lists of words; % and $ stand for "
        "themselves",
        example="{backup.service: {Service: {Nice: 19}}}",
    )
