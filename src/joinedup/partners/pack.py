"""An area pack: the small areas of one system, its practices, trusts and councils.

The layout is that of docs/reference/area-pack.md. Whatever the pack leaves out and its own data
can tell (networks of an LSOA, councils of practices) is worked out here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup.partners.pack_lsoas import read_lsoas
from joinedup.partners.pack_manifest import PackManifest, read_manifest
from joinedup.partners.pack_practices import (
    read_practices,
    read_registrations,
    with_councils,
)
from joinedup.partners.trusts import read_trusts

COUNCIL_SCHEMA: Final = pa.schema([("code", pa.string()), ("name", pa.string())])


@dataclass(frozen=True, slots=True)
class AreaPack:
    """One system's geography and organisations, as the pack's folder has them.

    `lsoas` has a row an LSOA, ordered by code, and `ages` a row for each of those rows: residents
    by single year of age, the last being 90 and over. `registrations` are patients of the pack's
    practices by LSOA, wherever they live (pseudo-codes such as NO2011 included);
    `registered_elsewhere` are residents on the lists of practices outside the pack.
    """

    name: str
    code: str
    path: Path
    lsoa_vintage: int
    lsoas: pa.Table
    ages: NDArray[np.int64] = field(repr=False)
    practices: pa.Table
    registrations: pa.Table
    registered_elsewhere: pa.Table
    trusts: pa.Table
    councils: pa.Table
    manifest: PackManifest

    @property
    def residents(self) -> int:
        """Everyone who lives in the pack's LSOAs."""
        return int(self.ages.sum())

    def area_names(self) -> Mapping[str, str]:
        """Code → name of every area, small or large, that a footprint may name."""
        names = {self.code: self.name}
        for kind in ("lsoa", "neighbourhood", "network", "place", "council"):
            codes, called = (self.lsoas[f"{kind}_{part}"].to_pylist() for part in ("code", "name"))
            names |= {code: name for code, name in zip(codes, called, strict=True) if code}
        return names

    def __repr__(self) -> str:
        return (
            f"AreaPack({self.name} {self.code}: {self.lsoas.num_rows:,} LSOAs of "
            f"{self.lsoa_vintage}, {self.residents:,} residents, "
            f"{self.practices.num_rows} practices)"
        )


def invented_pack() -> Path:
    """The folder of the invented system's pack, which the package ships."""
    return Path(str(resources.files("joinedup.partners"))) / "invented"


def read_pack(path: Path) -> AreaPack:
    """Read an area pack, with or without `pack.toml`; SourceDataError says what is wrong."""
    manifest = read_manifest(path)
    practices = read_practices(path)
    registrations = read_registrations(path, "practice_lsoa11_registrations")
    lsoas, ages = read_lsoas(path, manifest, practices, registrations)
    ambulances = [code for code in pc.unique(lsoas["ambulance_code"]).to_pylist() if code]
    return AreaPack(
        name=manifest.name,
        code=manifest.code or str(lsoas["system_code"][0]),
        path=path,
        lsoa_vintage=manifest.lsoa_vintage,
        lsoas=lsoas.drop_columns(["system_code"]),
        ages=ages,
        practices=with_councils(practices, registrations, lsoas),
        registrations=registrations,
        registered_elsewhere=read_registrations(path, "registered_elsewhere", optional=True),
        trusts=read_trusts(path, ambulances),
        councils=_councils(lsoas),
        manifest=manifest,
    )


def _councils(lsoas: pa.Table) -> pa.Table:
    named = lsoas.group_by(["council_code", "council_name"]).aggregate([])
    return named.rename_columns(["code", "name"]).sort_by("code").cast(COUNCIL_SCHEMA)
