"""Latitude and longitude as people write and say them -> degrees, and how sharp they were told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mihari.core.errors import BadInput

_NUMBER = r"\d+(?:\.\d+)?"
_MINUTES = rf"(?:[ -]?(?P<m>{_NUMBER}) ?(?:'|′|’|min(?:utes)?)?)?"
_SECONDS = rf"(?:[ -]?(?P<s>{_NUMBER}) ?(?:\"|″|''|sec(?:onds)?)?)?"
_ANGLE = rf"(?P<d>{_NUMBER}) ?(?:°|deg(?:rees)?)?{_MINUTES}{_SECONDS}"
_SIDE = r"n|s|e|w|north|south|east|west"
BEHIND = re.compile(rf"{_ANGLE} ?(?P<side>{_SIDE})\b")
BEFORE = re.compile(rf"\b(?P<side>{_SIDE}) ?{_ANGLE}")
SIGNED = re.compile(r"(?P<lat>-?\d{1,2}(?:\.\d+)?)°?[ ,;]+(?P<lon>-?\d{1,3}(?:\.\d+)?)°?")
BETWEEN = " ,;/"


@dataclass(frozen=True, slots=True)
class SharpDegrees:
    """A position and the step of its last digit on each axis, degrees."""

    lat_deg: float
    lon_deg: float
    lat_step_deg: float
    lon_step_deg: float
    steps: str


def spoken_degrees(text: str) -> SharpDegrees | None:
    """Lower-case text that is a latitude and a longitude; None if it is something else; BadInput if they are nowhere.

    >>> told = spoken_degrees("26-12.5n 127-40.25e")
    >>> round(told.lat_deg, 5), round(told.lon_deg, 5), told.steps
    (26.20833, 127.67083, '0.1 and 0.01 minutes')
    >>> spoken_degrees("s33.35 w70.1").lat_deg, spoken_degrees("-33.35, -70.1").lon_deg, spoken_degrees("3 nm off a")
    (-33.35, -70.1, None)
    """
    text = text.removeprefix("position ").removeprefix("pos ").strip()
    if plain := SIGNED.fullmatch(text):
        lat, lon = _decimal(plain["lat"]), _decimal(plain["lon"])
        return _checked(text, lat, lon)
    for form in (BEHIND, BEFORE):
        if (one := form.match(text)) is None:
            continue
        rest = text[one.end() :].lstrip(BETWEEN)
        if (other := form.fullmatch(rest)) is None:
            continue
        told = {_side(found): _angle(found, text) for found in (one, other)}
        if told.keys() != {"lat", "lon"}:
            raise BadInput(f"position {text!r}: expected one latitude (N or S) and one longitude (E or W)")
        return _checked(text, told["lat"], told["lon"])
    return None


def _side(found: re.Match[str]) -> str:
    return "lat" if found["side"][0] in "ns" else "lon"


Angle = tuple[float, float, float, str]  # degrees, step in degrees, step in its unit, that unit


def _decimal(text: str) -> Angle:
    step = _step(text)
    return float(text), step, step, "degrees"


def _step(text: str) -> float:
    return float(10.0 ** -len(text.partition(".")[2]))


def _angle(found: re.Match[str], text: str) -> Angle:
    """Degrees, minutes and seconds; only the last may have decimals."""
    parts = [p for p in (found["d"], found["m"], found["s"]) if p is not None]
    if any("." in p for p in parts[:-1]) or any(float(p) >= 60.0 for p in parts[1:]):
        raise BadInput(
            f"position {text!r}: expected minutes and seconds below 60, and decimals in the last number alone"
        )
    value = sum(float(p) / 60.0**k for k, p in enumerate(parts))
    last, unit = len(parts) - 1, ("degrees", "minutes", "seconds")[len(parts) - 1]
    step = _step(parts[-1])
    return (-value if found["side"][0] in "sw" else value), step / 60.0**last, step, unit


def _checked(text: str, lat: Angle, lon: Angle) -> SharpDegrees:
    if not (-90.0 <= lat[0] <= 90.0 and -180.0 <= lon[0] <= 180.0):
        raise BadInput(f"position {text!r}: expected a latitude up to 90° and a longitude up to 180°")
    if lat[2:] == lon[2:]:
        steps = f"{lat[2]:g} {lat[3]}"
    elif lat[3] == lon[3]:
        steps = f"{lat[2]:g} and {lon[2]:g} {lat[3]}"
    else:
        steps = f"{lat[2]:g} {lat[3]} and {lon[2]:g} {lon[3]}"
    return SharpDegrees(lat[0], lon[0], lat[1], lon[1], steps)
