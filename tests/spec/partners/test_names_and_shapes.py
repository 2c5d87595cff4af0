"""Names as people write them, and outlines from their binary form."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.partners.spelling import as_written, without_network
from joinedup.partners.wkb import polygons

RING = ((0.0, 50.0), (1.123456789, 50.0), (1.0, 51.0), (0.0, 50.0))


def polygon(order: str, *rings: tuple[tuple[float, float], ...]) -> bytes:
    out = struct.pack(f"{order}BII", order == "<", 3, len(rings))
    for ring in rings:
        out += struct.pack(f"{order}I", len(ring))
        out += b"".join(struct.pack(f"{order}dd", *point) for point in ring)
    return out


def multipolygon(order: str, *parts: bytes) -> bytes:
    return struct.pack(f"{order}BII", order == "<", 6, len(parts)) + b"".join(parts)


@pytest.mark.parametrize("order", ["<", ">"])
def test_polygons_and_multipolygons_are_read_to_a_metre(order: str) -> None:
    ring = [[0.0, 50.0], [1.12346, 50.0], [1.0, 51.0], [0.0, 50.0]]
    one = polygon(order, RING)
    assert polygons(one) == [[ring]]
    assert polygons(multipolygon(order, one, polygon(order, RING, RING))) == [[ring], [ring, ring]]


def test_another_shape_or_half_of_one_is_refused() -> None:
    whole = multipolygon("<", polygon("<", RING))
    for end in range(len(whole)):
        with pytest.raises(ValueError, match=r"shape|polygon"):
            polygons(whole[:end])
    for shape in (whole + b"x", struct.pack("<BIIdd", 1, 1, 2, 0.0, 0.0)):
        with pytest.raises(ValueError, match="polygon"):
            polygons(shape)


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(shape: bytes) -> None:
    try:
        polygons(shape)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("capitals", "written"),
    [
        ("THE VALE PCN", "The Vale PCN"),
        ("UNIVERSITY HOSPITALS DORSET NHS FOUNDATION TRUST",
         "University Hospitals Dorset NHS Foundation Trust"),
        ("THE QUEEN ELIZABETH HOSPITAL, KING'S LYNN, NHS FOUNDATION TRUST",
         "The Queen Elizabeth Hospital, King's Lynn, NHS Foundation Trust"),
        ("SOUTHEND-ON-SEA", "Southend-on-Sea"),
        ("ROYAL BROMPTON & HAREFIELD", "Royal Brompton & Harefield"),
        ("  TWO   SPACES ", "Two Spaces"),
        ("Bournemouth 005A", "Bournemouth 005A"),
        ("", ""),
    ],
)  # fmt: skip
def test_capitals_become_names(capitals: str, written: str) -> None:
    assert as_written(capitals) == written


def test_a_networks_name_without_the_word() -> None:
    assert without_network("The Vale PCN") == "The Vale"
    assert without_network("Purbeck Primary Care Network") == "Purbeck"
    assert without_network("PCN") == "PCN"
