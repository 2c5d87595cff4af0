"""The command line: one file a verb; each parses, calls an action and prints."""

from joinedup.cli.command import main

__all__ = ["main"]
