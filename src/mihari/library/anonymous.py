"""Rows of a case as they were -> rows that tell of no place, no day and no vessel, and prove the same.

Kept: metres and courses around the middle, the hours by the sun, the order of times to the second; whether a number is
one that ships are given, whether an IMO number can be, which of them are the same. Everything else is made up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mihari.behaviours.names import number_of
from mihari.behaviours.numbers import imo_is_wrong, never_given
from mihari.behaviours.sightings import SHADOW
from mihari.core.behaviour import UNNAMED
from mihari.core.columns import Array
from mihari.library.cases import HELD, UNSEEN, Case, Rows

DAY_S = 86_400.0
FIRST_DAY = 1_577_836_800.0  # 2020-01-01, UTC
SHIPS = 431_000_000  # made-up numbers follow
UNIT_DEG = 2.0**-17  # 0.85 m; a power of two leaves most bits of a place nought, which takes less room in a file


def anonymous(case: Case) -> Case:
    """The case without anything that tells where, when and who.

    >>> rows = Rows.of(2, vessel=211234560, time=[1.7e9, 1.7e9 + 60], lat_deg=54.0, lon_deg=[8.0, 8.1], name="MAAS")
    >>> found = anonymous(Case("x", True, (211234560,), 1.7e9, 1.7e9 + 60, rows=rows))
    >>> found.vessels, found.rows.name.tolist(), (found.rows.lon_deg * 111.195).round(2).tolist()  # 0.1° at 54° N
    ((431000001,), ['VESSEL 1', 'VESSEL 1'], [-3.27, 3.27])
    """
    rows = case.rows
    number, shift = _numbers(rows), _shift(rows)
    placed = np.isfinite(rows.lat_deg)
    middle = float(np.median(rows.lat_deg[placed])), float(np.median(rows.lon_deg[placed]))
    east = (rows.lon_deg - middle[1] + 180.0) % 360.0 - 180.0
    moved = rows.replace(
        vessel=_named(rows.vessel, number), time=np.round(rows.time + shift),
        lat_deg=_rounded(rows.lat_deg - middle[0]), lon_deg=_rounded(east * np.cos(np.radians(rows.lat_deg))),
        name=_texts(rows.name, "VESSEL "), call_sign=_texts(rows.call_sign, "CALL"), imo=_imos(rows.imo),
    )  # fmt: skip
    vessels = tuple(_named(np.array(case.vessels, np.int64), number).tolist())
    start, end = math.floor(case.start + shift), math.ceil(case.end + shift)
    return replace(case, vessels=vessels, start=float(start), end=float(end), rows=moved)


def _rounded(degrees: Array) -> Array:
    return np.asarray(np.round(degrees / UNIT_DEG) * UNIT_DEG)


def _shift(rows: Rows) -> float:
    """s, whole, from its times to the first days of 2020 with the same hours by the sun at 0° E."""
    middle = float(np.median(rows.lon_deg[np.isfinite(rows.lon_deg)]))
    first = float(rows.time.min()) + middle / 360.0 * DAY_S
    return FIRST_DAY + (first % DAY_S) - math.floor(float(rows.time.min()))


def _numbers(rows: Rows) -> dict[int, int]:
    """Another number for each MMSI."""
    found: dict[int, int] = {}
    for key in dict.fromkeys(rows.vessel[rows.what != HELD].tolist()):
        mmsi = key - SHADOW if key >= SHADOW else key
        if mmsi not in found and 0 < mmsi < UNNAMED:
            found[mmsi] = _made_up(mmsi, len(found) + 1)
    return found


def _made_up(mmsi: int, k: int) -> int:
    """A number of the same sort; one that nobody is given tells nobody, and stays."""
    if number_of(mmsi) == "ship" and not never_given(np.array([mmsi]))[0]:
        return SHIPS + k
    return mmsi if number_of(mmsi) != "other" else mmsi // 1_000_000 * 1_000_000 + k


def _named(keys: Array, number: dict[int, int]) -> Array:
    """Keys with other numbers; those of vessels without one are their own."""
    return np.array(
        [
            SHADOW + number.get(k - SHADOW, k - SHADOW) if k >= SHADOW else k if k >= UNNAMED else number.get(k, k)
            for k in keys.tolist()
        ],
        np.int64,
    )


def _each(values: Array, other: Callable[[int], object], absent: object) -> Array:
    """Other values instead, the same for the same."""
    known = [v for v in dict.fromkeys(values.tolist()) if v != absent]
    made = {v: other(k + 1) for k, v in enumerate(known)}
    return np.array([made.get(v, absent) for v in values.tolist()], values.dtype)


def _texts(values: Array, stem: str) -> Array:
    return _each(values, lambda k: f"{stem}{k}", "")


def _imos(values: Array) -> Array:
    """Numbers that can be where they could be, that cannot where they could not."""
    wrong = [v for v in dict.fromkeys(values.tolist()) if v and imo_is_wrong(v)]
    known = [v for v in dict.fromkeys(values.tolist()) if v]
    made = {v: _imo(900_000 + k, v in wrong) for k, v in enumerate(known)}
    return np.array([made.get(v, 0) for v in values.tolist()], values.dtype)


def _imo(stem: int, wrong: bool) -> int:
    digits = [int(d) for d in str(stem)]
    check = sum(d * f for d, f in zip(digits, (7, 6, 5, 4, 3, 2), strict=True)) % 10
    return stem * 10 + (check + wrong) % 10


def is_placed(rows: Rows) -> Array:
    """(n,) which rows have a place."""
    return np.asarray(np.isfinite(rows.lat_deg) & (rows.what <= UNSEEN))
