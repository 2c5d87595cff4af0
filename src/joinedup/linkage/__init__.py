"""Which records are one person; the only user of Splink."""

from joinedup.linkage.route import Linked, link

__all__ = ["Linked", "link"]
