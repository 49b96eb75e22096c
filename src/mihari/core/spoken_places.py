"""A place in words -> where that is and how sure: "3 miles north-west of Sunabe", "2.5 nm 310 from the light".

How it was said tells how well it is known. A number is as sharp as it was rounded, a direction as the rose it was taken
from; a value rounded to steps of h has the standard deviation h/√12 (uniform; JCGM 100:2008, 4.3.7). Miles are nautical
ones, bearings true. Nothing is guessed: a sentence that is not understood is told back as one.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mihari.core.errors import BadInput
from mihari.core.geodesy import direct, inverse
from mihari.core.spoken_degrees import SharpDegrees, spoken_degrees
from mihari.core.units import NAUTICAL_MILE

LEAST_SD = 10.0  # m: a hand-held receiver's; no spoken place is better
AT_SD = 300.0  # m: "at" and "off" a named point, which is a harbour or a headland rather than a post
NEAR_SD = 0.5 * NAUTICAL_MILE  # "near" it
ABOUT = 2.0  # "about" doubles what rounding alone would leave open
FURTHEST = 200 * NAUTICAL_MILE  # nobody tells a place further away by distance and direction

ROSE = ("n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw")
UNITS = {"cable": NAUTICAL_MILE / 10, "km": 1000.0, "kilometre": 1000.0, "kilometer": 1000.0}
UNITS |= dict.fromkeys(("nm", "nmi", "mile", "nautical mile", "sea mile"), NAUTICAL_MILE)
UNITS |= dict.fromkeys(("m", "metre", "meter"), 1.0)
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNTS: dict[str, tuple[float, float]] = {word: (k, 1.0) for k, word in enumerate(WORDS, 1)}  # value, rounded to
COUNTS |= {"a": (1.0, 1.0), "an": (1.0, 1.0), "half a": (0.5, 0.5), "a quarter of a": (0.25, 0.25)}

_WIND = r"(?:north|south|east|west)"
_DIRECTION = rf"(?:{_WIND}(?:[ -]?{_WIND}){{0,2}}|(?:{'|'.join(sorted(ROSE, key=len, reverse=True))}))"
_NORTH = r"(?P<magnetic> ?m(?:agnetic)?\b)?(?: ?t(?:rue)?\b)?"
_BEARING = rf"(?:bearing )?(?P<bearing>\d{{1,3}})(?:\.\d+)?(?: ?°| degrees?| deg)?{_NORTH}"
_WAY = rf"(?:(?P<direction>{_DIRECTION})\b|{_BEARING})"
_COUNT = rf"(?P<count>\d+(?:\.\d+)?|half a|a quarter of a|{'|'.join(WORDS)}|an?)"
_UNIT = rf"(?P<unit>{'|'.join(sorted(map(re.escape, UNITS), key=len, reverse=True))})s?"
_ABOUT = r"(?P<about>(?:about|approximately|approx\.?|roughly|around|some|ca\.?|~) ?)?"
_LENGTH = rf"{_ABOUT}{_COUNT} ?-?{_UNIT}\b"
_POINT = r"(?P<point>.+)"
FORMS = [
    re.compile(rf"{_LENGTH},? (?:to (?:the )?)?{_WAY}(?: (?:of|from|off))? {_POINT}"),
    re.compile(rf"{_WAY},? {_LENGTH} (?:of|from|off) {_POINT}"),
    re.compile(rf"{_WAY} (?:of|from) {_POINT},? {_LENGTH}"),
]
AT = re.compile(rf"(?:(?P<near>near|close to|by)|at|off|in) {_POINT}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said to be: degrees, the covariance of east and north in m², and how that was understood."""

    lat_deg: float
    lon_deg: float
    cov_ee: float
    cov_en: float
    cov_nn: float
    because: str

    @property
    def sd(self) -> float:
        """The standard deviation along the longest axis, m."""
        middle, half = (self.cov_ee + self.cov_nn) / 2, (self.cov_nn - self.cov_ee) / 2
        return math.sqrt(middle + math.hypot(half, self.cov_en))


def spoken_place(text: str, points: Mapping[str, tuple[float, float]] | None = None) -> Place:
    """The place that a sentence names; `points`: name -> (lat_deg, lon_deg). BadInput where it names none.

    >>> place = spoken_place("3 miles north of Zampa", {"Zampa": (26.44, 127.71)})
    >>> round(place.lat_deg, 4), round(place.lon_deg, 4)  # 3 nm are 0.0501° of latitude there
    (26.4901, 127.71)
    >>> round(place.cov_nn**0.5), round(place.cov_ee**0.5)  # 1852/√12 m along, 3 · 1852 · 45°/√12 across
    (535, 1260)
    >>> place.because
    '3 nm, rounded to 1 nm, 000° from Zampa by a rose of 8 points'
    >>> spoken_place("26 12.5 N 127 40.25 E").because
    '26.20833 127.67083, as told to 0.1 and 0.01 minutes'
    """
    plain = _plain(text)
    if not plain:
        raise BadInput("no place was told")
    told = spoken_degrees(plain)
    if told is not None:
        return _degrees(told)
    known = {_plain(name).removeprefix("the "): (name, where) for name, where in (points or {}).items()}
    for form in FORMS:
        if found := form.fullmatch(plain):
            return _offset(text, found.groupdict(), _point(found["point"], known, text))
    if found := AT.fullmatch(plain):
        name, where = _point(found["point"], known, text)
        return _at(where, NEAR_SD if found["near"] else AT_SD, f"{'near' if found['near'] else 'at'} {name}")
    if plain.removeprefix("the ") in known:
        name, where = known[plain.removeprefix("the ")]
        return _at(where, AT_SD, f"at {name}")
    raise BadInput(
        f"place {text.strip()!r}: expected a distance and a direction from a known point "
        "(3 miles north-west of NAME, 2.5 nm 310 from NAME), or latitude and longitude (26 12.3 N 127 40.2 E)"
    )


def _plain(text: str) -> str:
    """Lower case, one space, no full stop at the end."""
    return " ".join(text.lower().replace("º", "°").split()).rstrip(" .!")


def _degrees(told: SharpDegrees) -> Place:
    lat_step, lon_step = told.lat_step_deg * 60 * NAUTICAL_MILE, told.lon_step_deg * 60 * NAUTICAL_MILE
    north = max(lat_step / math.sqrt(12), LEAST_SD)
    east = max(lon_step * math.cos(math.radians(told.lat_deg)) / math.sqrt(12), LEAST_SD)
    because = f"{told.lat_deg:.5f} {told.lon_deg:.5f}, as told to {told.steps}"
    return Place(told.lat_deg, told.lon_deg, east**2, 0.0, north**2, because)


def _at(where: tuple[float, float], sd: float, because: str) -> Place:
    return Place(*where, sd**2, 0.0, sd**2, because)


def _point(
    told: str, known: Mapping[str, tuple[str, tuple[float, float]]], text: str
) -> tuple[str, tuple[float, float]]:
    name = told.strip(" ,").removeprefix("the ")
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"; did you mean {', '.join(known[n][0] for n in near)}?" if near else ""
    raise BadInput(f"place {text.strip()!r}: no point is called {name!r}{hint}")


def _offset(text: str, told: Mapping[str, str | None], point: tuple[str, tuple[float, float]]) -> Place:
    """A distance along a bearing from a point."""
    if told["magnetic"]:
        raise BadInput(f"place {text.strip()!r}: a magnetic bearing; expected a true one")
    name, (lat_deg, lon_deg) = point
    count, step = _count(str(told["count"]))
    unit = UNITS[str(told["unit"])]
    bearing, spread, how = _bearing(text, told)
    about = ABOUT if told["about"] else 1.0
    distance, along = count * unit, about * step * unit / math.sqrt(12)
    if not 0.0 < distance <= FURTHEST:
        raise BadInput(f"place {text.strip()!r}: expected a distance above 0 and up to {FURTHEST / NAUTICAL_MILE:g} nm")
    lat, lon = (float(v) for v in direct(lat_deg, lon_deg, bearing, distance))
    across = max(distance * about * spread / math.sqrt(12), LEAST_SD)
    along = max(along, LEAST_SD)
    there = _arrival(lat_deg, lon_deg, lat, lon)
    sine, cosine = math.sin(there), math.cos(there)
    short = {NAUTICAL_MILE: "nm", 1000.0: "km", 1.0: "m"}.get(unit, "cables")
    because = f"{'about ' if told['about'] else ''}{count:g} {short}, rounded to {step:g} {short}, "
    because += f"{math.degrees(bearing):03.0f}° from {name} by {how}"
    return Place(
        lat,
        lon,
        (along * sine) ** 2 + (across * cosine) ** 2,
        (along**2 - across**2) * sine * cosine,
        (along * cosine) ** 2 + (across * sine) ** 2,
        because,
    )


def _arrival(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float) -> float:
    """In which direction one arrives at the second place, rad."""
    return float(inverse(lat2_deg, lon2_deg, lat1_deg, lon1_deg)[1]) + math.pi


def _count(text: str) -> tuple[float, float]:
    """A number and the step that it was rounded to.

    >>> _count("3"), _count("20"), _count("2.5"), _count("2.3"), _count("half a")
    ((3.0, 1.0), (20.0, 5.0), (2.5, 0.5), (2.3, 0.1), (0.5, 0.5))
    """
    if text in COUNTS:
        return COUNTS[text]
    value = float(text)
    digits = len(text.partition(".")[2])
    if digits:
        return value, 0.5 if text.endswith(".5") and digits == 1 else 10.0**-digits
    return value, 1.0 if value < 10 or value % 5 else 5.0 if value < 100 else 50.0 if value % 50 == 0 else 5.0


def _bearing(text: str, told: Mapping[str, str | None]) -> tuple[float, float, str]:
    """Bearing in rad, the width of what was rounded to it in rad, and how it was told."""
    if told["direction"]:
        letters = re.sub("[^a-z]", "", told["direction"])
        for word in ("north", "south", "east", "west"):
            letters = letters.replace(word, word[0])
        if letters not in ROSE:
            raise BadInput(f"place {text.strip()!r}: {told['direction']!r} is no point of the compass")
        points = 16 if len(letters) == 3 else 8
        return ROSE.index(letters) * math.pi / 8, 2 * math.pi / points, f"a rose of {points} points"
    degrees = int(str(told["bearing"]))
    if degrees > 360:
        raise BadInput(f"place {text.strip()!r}: a bearing of {degrees}°, expected 0 to 360")
    step = 10 if degrees % 10 == 0 else 5 if degrees % 5 == 0 else 1
    return math.radians(degrees % 360), math.radians(step), f"a bearing rounded to {step}°"
