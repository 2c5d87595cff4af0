"""`python -m joinedup` is the same as `joinedup`."""

from joinedup.cli import main

main()
