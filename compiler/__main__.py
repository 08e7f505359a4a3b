"""`python -m compiler` is `hostwright`."""

from compiler.cli import main

main()
