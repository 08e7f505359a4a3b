"""What a manifest says, as one number: the same for the same keys and values, however written."""

from hashlib import sha256

from schema.document import Document, Node, Scalar, Sequence


def digest(document: Document) -> str:
    """SHA-256, as hexadecimal, over the keys and values of a merged manifest.

    Comments, quotes, the order of keys and the files that the values come from make no difference.
    """
    return sha256(_canonical(document.root).encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(node: Node) -> str:
    if isinstance(node, Scalar):
        return repr(node.value)
    if isinstance(node, Sequence):
        return f"[{','.join(map(_canonical, node.items))}]"
    entries = sorted(f"{entry.key!r}:{_canonical(entry.node)}" for entry in node.entries)
    return f"{{{','.join(entries)}}}"
