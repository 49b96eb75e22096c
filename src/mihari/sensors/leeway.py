"""A floating thing and the wind -> how fast the wind drives it through the water, downwind and to either side.

Leeway: what an object adrift does beyond the current, fitted in experiments as straight lines in the wind's speed at
10 m: downwind, and across the wind to its right or to its left, since no hull drifts straight (Allen and Plourde,
Review of Leeway, USCG CG-D-08-99, 1999; Allen, Leeway Divergence, USCG CG-D-05-05, 2005). `leeway` has a few classes
with the package; `read_leeway` reads the whole list of the U.S. Coast Guard as OpenDrift's OBJECTPROP.DAT lays it out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.errors import BadInput

Floats = NDArray[np.float64]

LIGHT = 2.5  # m/s below which an offset fades away: without wind nothing is downwind. Assumed: experiments begin there
MIDDLE = 10.0  # m/s of wind at which the scatter is that of the fit (Breivik and Allen 2008)


@dataclass(frozen=True, slots=True)
class Fit:
    """Leeway along one axis: `slope`, a share of the wind's speed, `offset` in m/s and its scatter `sd` in m/s."""

    slope: float
    offset: float
    sd: float

    def speed(self, wind: ArrayLike, error: ArrayLike = 0.0) -> Floats:
        """m/s at a wind in m/s, `error` standard deviations off the fit.

        Half of an error goes into the offset and half into the slope, so that it is the fit's at 10 m/s of wind
        (Breivik and Allen, "An operational search and rescue model for the Norwegian Sea and the North Sea", J. Marine
        Systems 69 (2008) 99-113). Offsets fade away below `LIGHT`.

        >>> boat = Fit(0.03, 0.02, 0.1)
        >>> boat.speed([0.0, 10.0, 20.0]).round(3).tolist(), boat.speed([0.0, 10.0, 20.0], 1.0).round(3).tolist()
        ([0.0, 0.32, 0.62], [0.0, 0.42, 0.77])
        """
        w, e = np.asarray(wind, dtype=np.float64), np.asarray(error, dtype=np.float64) * self.sd / 2
        return np.asarray((self.slope + e / MIDDLE) * w + (self.offset + e) * np.minimum(w / LIGHT, 1.0))


@dataclass(frozen=True, slots=True)
class Leeway:
    """How a class of things drifts: `downwind`, and across, positive to the right of downwind: `right` or `left`.

    `name`, `description` and `source` as the list has them; `depth`: how far below a class of means it is in the list.
    """

    name: str
    description: str
    downwind: Fit
    right: Fit
    left: Fit
    source: str = ""
    depth: int = 0


@cache
def leeways() -> Mapping[str, Leeway]:
    """The classes that come with the package, by name.

    >>> len(leeways()), leeways()["raft"].downwind  # 3.5 % of the wind less 1.8 cm/s, give or take 6.4 cm/s
    (14, Fit(slope=0.035, offset=-0.018, sd=0.064))
    """
    file = resources.files("mihari.sensors") / "tables" / "leeway.toml"
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    source = tables.pop("source")
    return MappingProxyType({name: Leeway(
        name, one["description"], _fit(one["downwind"]), _fit(one["right"]), _fit(one["left"]),
        f"{one['row']}: {source}",
    ) for name, one in tables.items()})  # fmt: skip


def leeway(name: str) -> Leeway:
    """A class that comes with the package; BadInput with the known ones if there is none of that name.

    >>> leeway("person").description
    'Person in the water, nothing known of clothing or state'
    """
    if name not in leeways():
        raise BadInput(f"no leeway of {name!r} is known; known are {'; '.join(leeways())}")
    return leeways()[name]


def read_leeway(path: str | Path) -> Mapping[str, Leeway]:
    """All classes in a file laid out as OBJECTPROP.DAT, by name, in its order.

    Three lines each: name and number; description, with a ">" for each level below its class of means; slope (% of the
    wind), offset and standard deviation (cm/s) downwind, then right, then left. A blank line ends them; notes follow.
    Raises BadInput, with the line, for a file that is not like that.
    """
    try:
        text = Path(path).read_text(encoding="latin-1")
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    lines = list(takewhile(str.strip, text.splitlines()))
    if not lines or len(lines) % 3:
        raise BadInput(f"{path}:{len(lines)}: expected three lines for each class, then a blank one")
    found: dict[str, Leeway] = {}
    for number, (name, description, figures) in enumerate(zip(*[iter(lines)] * 3, strict=True)):
        one = _class(Path(path), 3 * number + 1, name, description.strip(), figures)
        if one.name in found:
            raise BadInput(f"{path}:{3 * number + 1}: {one.name} is there twice")
        found[one.name] = one
    return MappingProxyType(found)


def _class(path: Path, line: int, name: str, description: str, figures: str) -> Leeway:
    words, plain = name.split(), description.lstrip(">")
    if len(words) != 2 or not words[1].isdigit():
        raise BadInput(f"{path}:{line}: expected a name and a number, found {name.strip()!r}")
    try:
        values = [float(word) for word in figures.split()]
    except ValueError:
        values = []
    if len(values) != 9 or not np.isfinite(values).all() or min(values[2::3]) < 0:
        raise BadInput(f"{path}:{line + 2}: expected nine figures, the third, sixth and ninth of them from 0 up")
    fits = (_fit(values[:3]), _fit(values[3:6]), _fit(values[6:]))
    return Leeway(words[0], plain.strip(), *fits, f"{path.name}:{line}", len(description) - len(plain))


def _fit(row: list[float]) -> Fit:
    """A fit of slope in %, offset and standard deviation in cm/s."""
    slope, offset, sd = (round(value / 100, 9) for value in row)
    return Fit(slope, offset, sd)
