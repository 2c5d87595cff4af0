"""The text of a new system's files: settings that a newcomer can read and change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from joinedup.partners import AreaPack, Partner

README: Final = """\
# {name} ({code})

This folder is one integrated care system, as Joinedup keeps it.

| Here | What it holds |
|---|---|
| `system.toml` | name, area pack, limits |
| `partners.toml` | the organisations that send extracts, and those that they came from |
| `feeds/` | how to read each extract: one file per partner and data set |
| `inbox/PARTNER/` | the extracts as they arrive; Joinedup reads them and never changes them |
| `measures/`, `care_models/`, `agreements/` | local definitions, logic models, unit costs |
| `area/` | the area pack: small areas, practices, trusts |
| `identified/` | who is who, refused rows, and the key: for those entitled alone |
| `lake/` | the linked, pseudonymous population, one snapshot a run |
| `risk_models/`, `worklists/` | trained models with their cards; what teams answered |

Put a partner's files into its folder in `inbox/`, then:

    joinedup check FILE --feed PARTNER/FEED     what is wrong with a file
    joinedup run DIR                            take everything in and publish
    joinedup status DIR                         what serves, how fresh it is

**Keep a copy of `identified/key` somewhere safe and apart.** Without it nobody keeps their
pseudonym, and with it pseudonyms can be guessed.
"""

GITIGNORE: Final = """\
# The settings may be versioned; nothing about people may.
/inbox/
/identified/
/lake/
/report/
/truth/
/worklists/
"""

_SYSTEM: Final = """\
# One integrated care system. Lines that begin with # are comments.

# Shown on every page.
name = {name}
# The system's own code: that of its integrated care board.
ods_code = {code}
# The folder of the area pack, as seen from this file.
area = "area"
# What does the work: "duckdb" on this machine, or "spark" on this one, or on the cluster that a
# table [spark] names: see docs/how-to/run-on-spark.md.
engine = "duckdb"

[limits]
# The most memory that a run may use, in megabytes.
memory_mb = 4000
# How many processors to use. Without this line: all of them.
# threads = 2
# How many published snapshots to keep.
keep_snapshots = 5
# Keep all snapshots of so many days as well. Without this line: none beyond that number.
# keep_days = 30

[measures]
# How many whole years back measures are counted; 0 for none.
years = 3
"""

_PARTNERS: Final = """\
# The partners of {name}: each organisation that sends extracts, and each that one came from.
#
# Each begins with [[partners]] and has:
#   code        its ODS code, or a council's GSS code; names its folder in inbox/
#   name        as it should be shown
#   kind        {kinds}
#   statutory   true for a body that a law founds (a charity is not one)
#   footprint   which areas it serves: "system" for all, or codes of the area pack's councils,
#               networks, neighbourhoods or LSOAs, such as ["{example}"]
#   serves_elsewhere = true     where it also serves people outside this system
#   start_date, end_date        first day, and first day no longer, such as 2020-10-01
#   successor   code of the partner that it became part of on its end_date; records under the
#               old code then count for the new one from that day
"""

_NO_CHARITY: Final = """
# A charity or community group takes part like any other partner. Remove the # of these lines, give
# it a code of your own (capitals and digits), and copy a file in feeds/ to tell how its
# spreadsheet is read.
# [[partners]]
# code = "8XX01"
# name = "The name of the charity"
# kind = "charity"
# statutory = false
# footprint = "system"
"""


def system_toml(pack: AreaPack) -> str:
    """`system.toml` of a new system on an area pack."""
    return _SYSTEM.format(name=quoted(pack.name), code=quoted(pack.code))


def partners_toml(pack: AreaPack, partners: Sequence[Partner], kinds: Sequence[str]) -> str:
    """`partners.toml` with every partner, and an example where there is no charity."""
    lines = ", ".join(kinds[:5]) + ",\n#               " + ", ".join(kinds[5:])
    example = pack.councils["code"][0].as_py()
    text = _PARTNERS.format(name=pack.name, kinds=lines, example=example)
    text += "".join(_partner(one) for one in partners)
    return text if any(one.kind == "charity" for one in partners) else text + _NO_CHARITY


def quoted(text: str) -> str:
    """Text as a TOML basic string, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)


def _partner(one: Partner) -> str:
    lines = [
        "",
        "[[partners]]",
        f"code = {quoted(one.code)}",
        f"name = {quoted(one.name)}",
        f"kind = {quoted(one.kind)}",
        f"statutory = {str(one.statutory).lower()}",
    ]
    if len(one.footprint) == 1:
        lines.append(f"footprint = {quoted(one.footprint[0])}")
    else:
        lines.append(f"footprint = [{', '.join(quoted(area) for area in one.footprint)}]")
    if one.serves_elsewhere:
        lines.append("serves_elsewhere = true")
    if one.start_date:
        lines.append(f"start_date = {one.start_date}")
    if one.end_date:
        lines.append(f"end_date = {one.end_date}")
    if one.successor:
        lines.append(f"successor = {quoted(one.successor)}")
    return "\n".join(lines) + "\n"
