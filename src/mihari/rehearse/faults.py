"""What goes wrong while a plan is flown, and its words: "tb3-1@6", "north@10", "30,5@8", "25.1,126.4,12,210@9".

Each is something at an hour of the patrol: a vehicle lost, a base or deck closed for good, another wind over the whole
area, a vessel that is to be looked at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from mihari.core.errors import BadInput
from mihari.patrol.file import LookSection, PatrolFile, WeatherSection

Kind = Literal["lost", "closed", "wind", "look"]
BY_H = 3.0  # a vessel that appears is to be reached within so long
FARTHEST_H = 1000.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens at an hour. name: of the vehicle or place. wind_kn, sea_state: None, what the wind raises.
    look: the vessel.
    """

    kind: Kind
    hour: float
    name: str = ""
    wind_kn: float = 0.0
    sea_state: float | None = None
    look: LookSection | None = None

    @property
    def told(self) -> str:
        """In words, for people."""
        return {
            "lost": f"{self.name} is lost", "closed": f"{self.name} is closed",
            "wind": f"the wind turns to {self.wind_kn:.0f} kn", "look": f"{self.name} is to be looked at",
        }[self.kind]  # fmt: skip


def fault(kind: Kind, words: str) -> Fault:
    """The fault of a kind that words tell. BadInput for others, with what was expected.

    >>> fault("lost", "tb3-1@6.5").told, fault("wind", "32@8").wind_kn
    ('tb3-1 is lost', 32.0)
    """
    what, sign, when = words.rpartition("@")
    hour = _number(when)
    if not sign or not what or hour is None or not 0.0 <= hour <= FARTHEST_H:
        raise BadInput(f"expected WHAT@HOUR, as in {_EXAMPLE[kind]}; found {words!r}")
    if kind in ("lost", "closed"):
        return Fault(kind, hour, what)
    numbers = [_number(part) for part in what.split(",")]
    told = [number for number in numbers if number is not None]
    if kind == "wind" and len(told) == len(numbers) <= 2 and min(told) >= 0.0 and max(told) <= 120.0:
        return _wind(hour, told)
    if kind == "look" and len(told) == len(numbers) == 4:
        return Fault(kind, hour, f"vessel at {what}", look=_look(what, hour, told))
    raise BadInput(f"expected {_EXPECTED[kind]}@HOUR, as in {_EXAMPLE[kind]}; found {words!r}")


_EXAMPLE = {"lost": "tb3-1@6", "closed": "north@10", "wind": "32@8 or 24,4@8", "look": "25.1,126.4,12,210@9"}
_EXPECTED = {"wind": "KN or KN,SEA", "look": "LAT,LON,KNOTS,COURSE"}


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _wind(hour: float, numbers: list[float]) -> Fault:
    if len(numbers) == 2 and numbers[1] > 9.0:
        raise BadInput(f"expected a sea state up to 9, found {numbers[1]:g}")
    return Fault("wind", hour, wind_kn=numbers[0], sea_state=numbers[1] if len(numbers) == 2 else None)


def _look(what: str, hour: float, numbers: list[float]) -> LookSection:
    lat, lon, speed, course = numbers
    try:
        return LookSection(
            name=f"vessel at {what}"[:40], lat_deg=lat, lon_deg=lon, speed_kn=speed, course_deg=course, told_h=hour,
            by_h=hour + BY_H,
        )  # fmt: skip
    except ValueError:
        raise BadInput(f"expected a place, knots up to 80 and a course up to 360, found {what!r}") from None


def turned(file: PatrolFile, faults: tuple[Fault, ...]) -> PatrolFile:
    """The patrol with the weather that faults make of it; where the wind comes from and the visibility stay as told."""
    weather = file.weather
    for one in sorted((f for f in faults if f.kind == "wind"), key=lambda f: f.hour):
        now = max((w for w in weather if w.from_h <= one.hour), key=lambda w: w.from_h, default=WeatherSection())
        then = now.model_copy(update={"from_h": one.hour, "wind_kn": one.wind_kn, "sea_state": one.sea_state})
        weather = (*(w for w in weather if w.from_h < one.hour), then)
    return file if weather is file.weather else file.model_copy(update={"weather": weather})
