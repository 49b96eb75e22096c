"""An entry of the ledger -> the Behaviour that people are told: a sentence, evidence, and what else it could be."""

from __future__ import annotations

import math

import numpy as np

from mihari.behaviours.language import Definition
from mihari.behaviours.ledger import Entry
from mihari.behaviours.memory import Memory
from mihari.behaviours.memory.layout import SAMPLE, UNKNOWN
from mihari.behaviours.names import Names
from mihari.core.behaviour import Behaviour, Evidence, Standing, Urgency, mmsi_of, picture_id
from mihari.core.columns import Array
from mihari.core.times import duration

PATH_POINTS = 40  # of each vessel: enough to see what it did, little enough to send
AROUND_S = 1800.0  # of the path before it began
KNOT = 1852.0 / 3600.0
NM = 1852.0


def called(key: int, names: Names) -> str:
    """What to call a vessel.

    >>> called(431000001, Names()), called((1 << 40) + 12, Names())
    ('MMSI 431000001', 'radar vessel 12')
    """
    mmsi = mmsi_of(key)
    if not mmsi:
        return f"radar vessel {picture_id(key)}"
    name = names.of(mmsi).name
    return f"{name} ({mmsi})" if name else f"MMSI {mmsi:09d}"


def since(entry: Entry) -> str:
    """What a sentence ends with where it rests on what came hours late.

    >>> from dataclasses import replace
    >>> from mihari.behaviours.ledger import Span
    >>> e = Entry("r", "rendezvous", (7, 8), Span(0, 60), 90.0, 90.0, why="bearings that came 5.9 h late")
    >>> since(e), since(replace(e, revision=1)), since(replace(e, why=""))
    ('; found by bearings that came 5.9 h late', '; revised: bearings that came 5.9 h late', '')
    """
    if not entry.why:
        return ""
    if entry.standing is Standing.RETRACTED:
        return f"; taken back: {entry.why}"
    return f"; revised: {entry.why}" if entry.revision else f"; found by {entry.why}"


class Teller:
    """Makes behaviours of entries, from what is remembered of the vessels."""

    def __init__(self, memory: Memory, names: Names) -> None:
        self._memory, self._names = memory, names

    def tell(self, entry: Entry, definition: Definition, version: str, now: float) -> Behaviour:
        """The behaviour as it stands now, UTC s of data."""
        ways = {key: self._memory.samples(key) for key in entry.subject}
        end = now if entry.span.end is None else entry.span.end
        facts = self._facts(entry, ways, end)
        lat_deg, lon_deg = _where(ways[entry.subject[0]], entry.span.start)
        urgency = Urgency[definition.urgency.upper()] if definition.urgency else Urgency.CAUTION
        return Behaviour(
            id=entry.id,
            kind=definition.name,
            vessels=entry.subject,
            start=entry.span.start,
            end=entry.span.end,
            lat_deg=lat_deg,
            lon_deg=lon_deg,
            because=self._sentence(entry, definition, ways, end),
            urgency=urgency,
            innocent=definition.innocent,
            evidence=Evidence(
                facts,
                _reports(ways, entry.span.start, end),
                float(entry.span.start),
                float(end),
                {key: _path(way, entry.span.start - AROUND_S, end) for key, way in ways.items()},
            ),
            decided=entry.decided,
            told=entry.told,
            revision=entry.revision,
            standing=entry.standing,
            version=version,
        )

    def _sentence(self, entry: Entry, definition: Definition, ways: dict[int, Array], end: float) -> str:
        words = {name: called(key, self._names) for name, key in zip(definition.vessels, entry.subject, strict=False)}
        told = definition.because
        for name, value in {**words, "lasted": duration(end - entry.span.start), "again": _again(entry, ways)}.items():
            told = told.replace("{" + name + "}", value)
        told += since(entry)
        return f"retracted: {told}" if entry.standing is Standing.RETRACTED else told

    def _facts(self, entry: Entry, ways: dict[int, Array], end: float) -> dict[str, float | int | str]:
        facts: dict[str, float | int | str] = {"lasted_s": end - entry.span.start}
        if entry.why:
            facts["came late"] = entry.why
        for key, way in ways.items():
            inside = way[(way["t"] >= entry.span.start) & (way["t"] <= end)]
            speeds = inside["speed"][inside["speed"] != UNKNOWN] * 0.01 / KNOT
            if len(speeds):
                facts[f"speed_kn {called(key, self._names)}"] = round(float(np.median(speeds)), 1)
            facts[f"samples {called(key, self._names)}"] = len(inside)
        return facts


def _where(way: Array, when: float) -> tuple[float, float]:
    """The place of the last sample until then, else of the first."""
    if len(way) == 0:
        return math.nan, math.nan
    at = max(int(np.searchsorted(way["t"], when, side="right")) - 1, 0)
    return float(way["lat"][at]) * 1e-7, float(way["lon"][at]) * 1e-7


def _again(entry: Entry, ways: dict[int, Array]) -> str:
    """Where a silent vessel was heard again, and how fast it must have gone."""
    way = ways[entry.subject[0]]
    if entry.span.end is None or entry.standing is Standing.RETRACTED:
        return ""
    at = int(np.searchsorted(way["t"], entry.span.end))
    if at == 0 or at >= len(way) or way["t"][at] <= way["t"][at - 1]:
        return ""
    a, b = way[at - 1], way[at]
    north = float(b["lat"] - a["lat"]) * 1e-7 * 111_195.0
    turn = (float(b["lon"]) - float(a["lon"]) + 1.8e9) % 3.6e9 - 1.8e9
    east = turn * 1e-7 * 111_195.0 * math.cos(math.radians(float(a["lat"]) * 1e-7))
    away = math.hypot(east, north)
    speed = away / float(int(b["t"]) - int(a["t"])) / KNOT
    return f", then heard {away / NM:.1f} NM on, which takes {speed:.1f} kn"


def _path(way: Array, first: float, last: float) -> tuple[tuple[float, float, float], ...]:
    """Some of the places between two times."""
    inside = way[(way["t"] >= first) & (way["t"] <= last)]
    if len(inside) > PATH_POINTS:
        inside = inside[np.unique(np.linspace(0, len(inside) - 1, PATH_POINTS).astype(np.int64))]
    return tuple((float(s["t"]), round(float(s["lat"]) * 1e-7, 6), round(float(s["lon"]) * 1e-7, 6)) for s in inside)


def _reports(ways: dict[int, Array], start: float, end: float) -> tuple[tuple[int, int], ...]:
    """(feed, offset) of the reports at the begin and at the end, of each vessel."""
    found = []
    for way in ways.values():
        told: Array = np.asarray(way, SAMPLE)
        for when in (start, end):
            at = max(int(np.searchsorted(told["t"], when, side="right")) - 1, 0)
            if at < len(told) and told["feed"][at] >= 0:
                found.append((int(told["feed"][at]), int(told["offset"][at])))
    return tuple(dict.fromkeys(found))
