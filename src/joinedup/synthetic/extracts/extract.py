"""One partner's rows of one feed, and the form and pieces in which it delivers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a feed's files come: a file a `year` or `quarter`, or all `at_once`; their form."""

    every: str  # year | quarter | at_once
    suffix: str = ".csv"  # .csv | .csv.gz | .txt | .parquet
    delimiter: str = ","


DELIVERIES: Final[Mapping[str, Delivery]] = MappingProxyType({
    "gp_registrations": Delivery("at_once"),
    "gp_entries": Delivery("year"),
    "gp_prescriptions": Delivery("at_once", ".parquet"),
    "gp_appointments": Delivery("year"),
    "admissions": Delivery("year"),
    "emergency": Delivery("year", ".csv.gz"),
    "outpatients": Delivery("year"),
    "community": Delivery("year"),
    "mental_health": Delivery("year"),
    "ambulance": Delivery("year", ".txt", "|"),
    "social_care": Delivery("quarter"),
    "deaths": Delivery("year"),
    "charity": Delivery("year"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Later:
    """Columns of a row that are only known from a day on (NaT: at once); empty until then.

    Rows of which `again` is true are sent again, in full, in the file of that day.
    """

    columns: tuple[str, ...]
    known: NDArray[np.datetime64]
    again: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Extract:
    """Rows of one feed from one partner.

    `day` decides which file a row comes in; `entry` is the entry of the partner's patient index
    that the row was written from (in general practice: resident times practices, plus practice).
    """

    partner: str
    feed: str
    table: pa.Table
    day: NDArray[np.datetime64]
    entry: NDArray[np.int64]
    later: tuple[Later, ...] = ()

    @property
    def delivery(self) -> Delivery:
        """How this feed is delivered."""
        return DELIVERIES[self.feed]


def extract_days(
    every: str, start: np.datetime64, today: np.datetime64
) -> tuple[np.datetime64, ...]:
    """The days on which extracts are drawn: the day after each period, the last after today."""
    last = today.astype("datetime64[D]") + 1
    if every == "at_once":
        return (last,)
    months = 12 if every == "year" else 3
    step = np.arange(start.astype("datetime64[M]") + months, last.astype("datetime64[M]"), months)
    ends = [day for day in step.astype("datetime64[D]") if day < last]
    return (*ends, last)


def file_name(feed: str, day: np.datetime64, mark: str = "", suffix: str | None = None) -> str:
    """`FEED_YYYYMMDD`, something that tells it from others of that day, and its suffix."""
    stamp = str(day.astype("datetime64[D]")).replace("-", "")
    return f"{feed}_{stamp}{mark}{DELIVERIES[feed].suffix if suffix is None else suffix}"
