"""What the options say of themselves, for whoever asks: a person, an editor, a shell, man(1).

Everything here is made of the declarations of the options (`schema.option`), of their types and
docstrings, and of the verbs' own parsers.
"""
