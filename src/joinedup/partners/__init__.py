"""Organisations, areas and how they nest, over time; and the settings that name them."""

from joinedup.partners.boundaries import boundaries
from joinedup.partners.pack import AreaPack, read_pack
from joinedup.partners.settings import Section, parse_settings, read_settings

__all__ = ["AreaPack", "Section", "boundaries", "parse_settings", "read_pack", "read_settings"]
