"""The map of a real system: crowded towns beside wide country."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from joinedup import drawing
from joinedup.drawing import MapArea, Ring
from joinedup.partners import boundaries, read_pack
from tests.shared_material import SHARED, needs_shared

pytestmark = [pytest.mark.web, needs_shared]
COUNT_OVERLAPS = """() => [...document.querySelectorAll('body > svg')].flatMap(svg => {
    const boxes = [...svg.querySelectorAll(':scope > text')].map(t => t.getBoundingClientRect());
    return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b =>
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
}).length"""


@pytest.fixture(scope="module")
def areas() -> list[MapArea]:
    """Dorset's neighbourhoods with their residents."""
    pack = read_pack(SHARED / "areas" / "dorset")
    outlines = boundaries(pack)
    residents: dict[str, int] = {}
    rings: dict[str, list[Ring]] = {}
    for row in pack.lsoas.to_pylist():
        code = row["neighbourhood_code"]
        residents[code] = residents.get(code, 0) + row["residents"]
        rings.setdefault(code, []).extend(outlines[row["lsoa_code"]])
    return [
        MapArea(str(place), code, residents[code], rings[code])
        for place, code in enumerate(sorted(rings), start=1)
    ]


def test_every_neighbourhood_is_drawn_and_most_are_labelled(
    areas: list[MapArea], browser: Browser, tmp_path: Path
) -> None:
    shading = drawing.shading_for(areas)
    words = {"title": "Dorset", "description": "Residents by neighbourhood."}
    crowded = drawing.crowded(areas)
    whole = drawing.draw_map(areas, shading=shading, name="a", enlarged=crowded, **words)
    closer = drawing.draw_map(areas, shading=shading, name="b", focus=crowded, **words)
    assert whole.count("<path") == len(areas)
    page_file = tmp_path / "map.html"
    page_file.write_text(
        "<!doctype html><style>body{margin:16px}@media(max-width:640px){.wide-only{display:none}}"
        f"</style><body>{whole}{closer}</body>",
        encoding="utf-8",
    )
    page = browser.new_page(viewport={"width": 320, "height": 900})
    page.goto(page_file.as_uri())
    assert page.evaluate(COUNT_OVERLAPS) == 0
    labels = set(page.locator("body > svg > text:visible").all_text_contents())
    page.close()
    assert len(labels) >= len(areas) - 1
    # Small enough to send: outlines share their corners, so one path serves both neighbours.
    assert len(whole) < 60_000
