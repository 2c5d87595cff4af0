"""The report as one HTML page that needs nothing else: no script, no font, no request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from joinedup import drawing
from joinedup.actions.report import wording
from joinedup.actions.report.facts import (
    AgeCount,
    FeedFacts,
    NeighbourhoodFacts,
    ReasonFacts,
    ReportFacts,
)
from joinedup.drawing import Bar, MapArea, PyramidBand
from joinedup.population import BAND_YEARS, OLDEST_BAND, band_name
from joinedup.safeguards import count_in_words, shown_count
from joinedup.tables import LINKS


@dataclass(frozen=True, slots=True)
class _AgeRow:
    name: str
    male: str
    female: str
    other: str


@dataclass(frozen=True, slots=True)
class _FeedRow:
    feed: FeedFacts
    extract: str
    days: int | None
    is_late: bool
    refused: str


@dataclass(frozen=True, slots=True)
class _RuleRow:
    rule: str
    meaning: str
    cure: str
    rows: int
    places: tuple[ReasonFacts, ...]


def write_report(facts: ReportFacts, path: Path) -> Path:
    """Write the page, aside and then renamed, so that nobody ever opens half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    aside.write_text(render_report(facts), encoding="utf-8", newline="\n")
    aside.replace(path)
    return path


def render_report(facts: ReportFacts) -> str:
    """The page as HTML."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("joinedup.actions.report", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = "{:,}".format
    environment.filters["people"] = lambda count: count_in_words(shown_count(count))
    environment.filters["in_words"] = _in_words
    environment.filters["day"] = wording.day
    balances, books = wording.books(facts)
    return environment.get_template("page.html.jinja").render(
        facts=facts,
        style=_text("page.css"),
        wording=wording,
        balances=balances,
        books=books,
        maps=_maps(facts.neighbourhoods),
        pyramid=_pyramid(facts.ages),
        ages=_age_rows(facts.ages),
        has_other_sexes=any(_other(one) for one in facts.ages),
        settings=_settings(facts),
        feeds=[_feed_row(feed, facts) for feed in facts.feeds],
        reasons=_rule_rows(one for one in facts.reasons if one.severity == "refuse"),
        flagged=_rule_rows(one for one in facts.reasons if one.severity != "refuse"),
        methods=_methods(facts),
    )


def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _maps(neighbourhoods: Sequence[NeighbourhoodFacts]) -> tuple[str, ...]:
    """The map, its key and, where areas are crowded, the crowded part enlarged."""
    areas = [
        MapArea(str(place), one.name, shown_count(one.residents), one.rings)
        for place, one in enumerate(neighbourhoods, start=1)
        if one.rings
    ]
    if not areas:
        return ()
    shading = drawing.shading_for(areas)
    described = "; ".join(
        f"{area.label} {area.name}: {count_in_words(area.value)}" for area in areas
    )
    key = drawing.draw_key(
        shading,
        unit="residents",
        name="map-key",
        has_hidden=any(area.value is None for area in areas),
    )
    crowded = drawing.crowded(areas)
    is_enlarged = 0 < len(crowded) < len(areas)
    whole = drawing.draw_map(
        areas,
        shading=shading,
        name="map",
        title="Residents by neighbourhood",
        description=f"Each neighbourhood is shaded by its residents. {described}.",
        enlarged=crowded if is_enlarged else (),
    )
    if not is_enlarged:
        return whole, key
    enlarged = drawing.draw_map(
        areas,
        shading=shading,
        name="map-enlarged",
        title="The crowded part of the map, enlarged",
        description=f"Neighbourhoods {', '.join(crowded)} and what lies round them.",
        focus=crowded,
    )
    return whole, key, enlarged


def _pyramid(ages: Sequence[AgeCount]) -> str:
    bands = [
        PyramidBand(_short(first), _shown(ages, first, "male"), _shown(ages, first, "female"))
        for first in _bands()
    ]
    return drawing.draw_pyramid(
        bands,
        sides=("Male", "Female"),
        name="pyramid",
        title="Residents by age and sex",
        description="Two bars for each five-year age band, male to the left and female to "
        "the right. The table that follows has every number.",
    )


def _short(first_age: int) -> str:
    """A band's name that fits between the bars on a telephone."""
    return f"{OLDEST_BAND}+" if first_age >= OLDEST_BAND else band_name(first_age)


def _age_rows(ages: Sequence[AgeCount]) -> list[_AgeRow]:
    named = [(first, band_name(first)) for first in _bands()]
    unknown = [(None, "Not known")] if any(one.first_age is None for one in ages) else []
    return [
        _AgeRow(
            name,
            count_in_words(_shown(ages, first, "male")),
            count_in_words(_shown(ages, first, "female")),
            count_in_words(shown_count(_others(ages, first))),
        )
        for first, name in (*named, *unknown)
    ]


def _shown(ages: Sequence[AgeCount], first_age: int | None, sex: str) -> int | None:
    return shown_count(sum(o.people for o in ages if (o.first_age, o.sex) == (first_age, sex)))


def _others(ages: Sequence[AgeCount], first_age: int | None) -> int:
    return sum(one.people for one in ages if one.first_age == first_age and _other(one))


def _other(one: AgeCount) -> bool:
    return one.sex not in {"male", "female"}


def _bands() -> range:
    return range(0, OLDEST_BAND + 1, BAND_YEARS)


def _settings(facts: ReportFacts) -> str:
    bars = [Bar(_words(o.setting), o.events, f"{o.events:,}") for o in facts.settings]
    described = "; ".join(f"{bar.name}: {bar.shown}" for bar in bars)
    return drawing.draw_bars(
        bars, name="settings", title="Events by kind of care", description=f"{described}."
    )


def _feed_row(feed: FeedFacts, facts: ReportFacts) -> _FeedRow:
    days = wording.days_old(feed, facts)
    return _FeedRow(
        feed,
        wording.day(feed.newest_extract) if feed.newest_extract else "none",
        days,
        wording.is_late(feed, facts),
        wording.share(feed.quarantined, feed.quarantined + feed.accepted),
    )


def _rule_rows(reasons: Iterable[ReasonFacts]) -> list[_RuleRow]:
    """One row a rule, with every feed and column that it was broken in; most rows first."""
    by_rule: dict[tuple[str, str, str], list[ReasonFacts]] = {}
    for one in reasons:
        by_rule.setdefault((one.rule, one.meaning, one.cure), []).append(one)
    grouped = [
        _RuleRow(*words, sum(one.rows for one in places), tuple(places))
        for words, places in by_rule.items()
    ]
    return sorted(grouped, key=lambda row: (-row.rows, row.rule, row.meaning))


def _in_words(text: str) -> str:
    """A cure as prose: names in backticks are put in quotation marks."""
    return re.sub(r"`([^`]*)`", "\u201c\\1\u201d", text)


def _methods(facts: ReportFacts) -> list[tuple[str, int]]:
    meanings = LINKS.column("method").codes
    ordered = sorted(facts.linkage.by_method.items(), key=lambda item: (-item[1], item[0]))
    return [(meanings.get(method, method), records) for method, records in ordered]


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()
