"""A shop."""

def declare(self, host:
    yield None
