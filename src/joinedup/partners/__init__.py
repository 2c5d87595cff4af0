"""Organisations, areas and how they nest, over time; and the settings that name them."""

from joinedup.partners.boundaries import boundaries
from joinedup.partners.footprints import (
    areas,
    as_at,
    memberships,
    organisations,
    registered,
    residents,
)
from joinedup.partners.organisations import Partner, organisation_as_at, read_partners
from joinedup.partners.pack import AreaPack, invented_pack, read_pack
from joinedup.partners.pack_manifest import Charity, PackManifest, manifest_toml
from joinedup.partners.settings import Section, parse_settings, read_settings
from joinedup.partners.small_areas import small_areas
from joinedup.partners.spark import SparkSettings
from joinedup.partners.system import Limits, System, read_system, with_engine

__all__ = [
    "AreaPack", "Charity", "Limits", "PackManifest", "Partner", "Section", "SparkSettings",
    "System", "areas", "as_at", "boundaries", "invented_pack", "manifest_toml", "memberships",
    "organisation_as_at", "organisations", "parse_settings", "read_pack", "read_partners",
    "read_settings", "read_system", "registered", "residents", "small_areas", "with_engine",
]  # fmt: skip
