"""The nouns: frozen attrs classes and validated scalars, without I/O."""
