"""Which Hostwright this is: a constant, because a package or checkout has no metadata to ask."""

VERSION = "0.3.0"
