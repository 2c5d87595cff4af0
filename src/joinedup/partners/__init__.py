"""Organisations, areas and how they nest, over time; and the settings that name them."""

from joinedup.partners.settings import Section, parse_settings, read_settings

__all__ = ["Section", "parse_settings", "read_settings"]
