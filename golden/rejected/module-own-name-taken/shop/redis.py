"""Redis, as the shop has it."""

from attrs import frozen

from schema.module import Module


@frozen(eq=False, repr=False)
class Redis(Module):
    """A Redis server."""
