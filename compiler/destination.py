"""Where trees and packages go: those of all hosts are staged, and published together or not."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from compiler.digest import digest
from compiler.staging import claimed, plain, reported, staging_area
from compiler.standing import refuse_tree
from compiler.write import FOLDER_MODE, publish, settle, stage, sync, withdraw
from schema.compiled import Compiled
from schema.diagnostics import RejectedError

if TYPE_CHECKING:
    from compiler.deb.packaging import Packaging
    from compiler.deb.source import Source

_AREA = ".staging.hostwright"
"""Where several trees, or packages, are staged: below the folder that they go to."""

Withdrawal = Callable[[], None]


@frozen
class Destination:
    """Where what is compiled goes.

    Attributes:
        output: the folder for one tree, or for a folder per host; None: no tree is written.
        together: whether it is a folder per host.
        packaging: how packages are made, and where they go; None: there are none.
    """

    output: str | None = None
    together: bool = False
    packaging: "Packaging | None" = None

    @classmethod
    def of(
        cls, output: str | None, packaging: "Packaging | None", *, together: bool
    ) -> "Destination":
        """A destination by the words of a command line."""
        if packaging is not None:
            packaging = evolve(packaging, folder=plain(packaging.folder))
        return cls(None if output is None else plain(output), together, packaging)

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Have the places where everything is staged to oneself.

        Raises:
            RejectedError: one of them cannot be written, or is somebody else's.
        """
        places = {}
        if self.output is not None and self.together:
            refuse_tree(self.output)
            places[self.output] = _claimed_inside(self.output)
        elif self.output is not None:
            places[self.output] = claimed(staging_area(self.output), self.output)
        if self._packages:
            places[self._packages] = _claimed_inside(self._packages)
        with ExitStack() as held:
            # Always in the same order: two compiles into each other's places would wait for ever.
            for place in sorted(places, key=os.path.realpath):
                held.enter_context(places[place])
            yield

    def stage(self, place: int, result: Compiled) -> Compiled:
        """Stage a host's tree and package, which then need not travel between processes.

        Args:
            place: the manifest's on the command line, which names what is staged.
            result: what came of the manifest.

        Raises:
            RejectedError: something is in the way, or cannot be written.
        """
        tree, document = result.tree, result.document
        if tree is None or document is None or self == Destination():
            return result
        manifest = digest(document)
        if self.packaging is not None:
            from compiler.deb.source import of_tree

            source = of_tree(result.file, tree, manifest)
            result = self.stage_package(place, result, source)
        if self.output is not None:
            folder = os.path.join(self.output, result.host or "") if self.together else self.output
            staging = f"{self._trees}/{place}"
            staged = staging if stage(tree, folder, staging, manifest) else ""
            result = evolve(result, folder=folder, staged=staged)
        return result

    def stage_package(self, place: int, result: Compiled, source: "Source") -> Compiled:
        """Stage the package of a tree; as `stage`.

        Raises:
            RejectedError: as `stage`.
        """
        if self.packaging is None:
            return result
        staging = f"{self.packaging.folder}/{_AREA}/{place}"
        name, is_new = self.packaging.stage(source, staging)
        return evolve(result, package=name, staged_package=staging if is_new else "")

    def publish(self, results: Sequence[Compiled]) -> None:
        """Publish everything that was staged, or nothing: what came first goes back.

        Raises:
            NotPublishedError: a tree or package cannot be published.
        """
        self._sync(results)
        with ExitStack() as undone:
            for result in results:
                for publishing, withdrawing in self._steps(result):
                    try:
                        publishing()
                    except RejectedError as rejected:
                        raise NotPublishedError(result, rejected) from rejected
                    undone.callback(withdrawing)
            undone.pop_all()
        # They lie in one folder, which is put on the disk once.
        if folder := next((result.folder for result in results if result.staged), ""):
            settle(folder)
        if self._packages:
            settle(os.path.join(self._packages, _AREA))

    @property
    def _trees(self) -> str:
        output = self.output or ""
        return os.path.join(output, _AREA) if self.together else staging_area(output)

    @property
    def _packages(self) -> str:
        """The folder that packages are written to; none, when they are only tried."""
        return "" if self.packaging is None or self.packaging.is_trial else self.packaging.folder

    def _sync(self, results: Sequence[Compiled]) -> None:
        if self.output is not None and any(result.staged for result in results):
            sync(self._trees, self.output)
        if any(result.staged_package for result in results):
            sync(f"{self._packages}/{_AREA}", self._packages)

    def _steps(self, result: Compiled) -> Iterator[tuple[Callable[[], None], Withdrawal]]:
        """What publishes the tree and the package of a host, and what takes each back."""
        if self.packaging is not None and result.staged_package:
            from compiler.deb.packaging import publish_package, withdraw_package

            where = (self.packaging.folder, result.package)
            yield (
                partial(publish_package, result.staged_package, *where),
                partial(withdraw_package, *where),
            )
        if result.staged:
            trees = (result.staged, result.folder)
            yield partial(publish, *trees), partial(withdraw, *trees)


class NotPublishedError(Exception):
    """A tree or package cannot be published; nothing is.

    Attributes:
        result: whose it is.
        rejected: why.
    """

    def __init__(self, result: Compiled, rejected: RejectedError) -> None:
        super().__init__(result.file)
        self.result, self.rejected = result, rejected


@contextmanager
def _claimed_inside(folder: str) -> Iterator[None]:
    """A staging area below the folder itself, which is made."""
    is_new = not os.path.lexists(folder)
    with claimed(os.path.join(folder, _AREA), folder):
        if is_new:
            with reported(folder):
                os.chmod(folder, FOLDER_MODE)
        yield
