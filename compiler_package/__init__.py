"""The compiler's own package for Debian: hostwright_VERSION_all.deb, made from the wheel.

What is installed is what the wheel has (pyproject.toml says it once), in a private folder, with
those libraries beside it that Debian 12 has too old a version of.
"""
