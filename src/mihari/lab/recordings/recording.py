"""A recording in columns: when which sensor looked from where, the plots of each look, the truth, the licence.

Where the files are: `$MIHARI_DATA`, a folder with `tracking/` and `ais/` in it. They are not part of Mihari; origin and
licence stand in each loader's module.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from mihari.core.columns import Array, Columns, column
from mihari.core.errors import BadInput

VARIABLE = "MIHARI_DATA"


@dataclass(frozen=True, slots=True)
class Looks(Columns):
    """Looks of sensors in order of time; `east`, `north`: m, where the sensor was."""

    time: Array = column("f8")  # s, of the recording
    sensor: Array = column("i2", 0)
    east: Array = column("f8", 0.0)
    north: Array = column("f8", 0.0)


@dataclass(frozen=True, slots=True)
class Plots(Columns):
    """Plots in the order of their looks; `bearing` alone is told by what cannot measure range."""

    look: Array = column("i4")  # row in the looks
    east: Array = column("f8")  # m, in the recording's plane; NaN where only a bearing is known
    north: Array = column("f8")
    bearing: Array = column("f8")  # rad clockwise from north, of the sensor; NaN where a place is known


@dataclass(frozen=True, slots=True)
class Places(Columns):
    """Where vessels really were, in the recording's plane."""

    time: Array = column("f8")  # s, of the recording
    vessel: Array = column("i4")
    east: Array = column("f8")  # m
    north: Array = column("f8")
    east_mps: Array = column("f8")  # NaN where it is not told
    north_mps: Array = column("f8")


@dataclass(frozen=True, slots=True)
class Recording:
    """Looks, plots and truth in one plane, m east and north of `origin` (degrees; None: not told where on Earth).

    sensors: names by number; licence: a sentence.
    """

    name: str
    licence: str
    origin: tuple[float, float] | None
    sensors: tuple[str, ...]
    looks: Looks
    plots: Plots
    truth: Places

    def seen(self, look: int) -> Array:
        """(m, 2) places of the plots of one look, m; those with a bearing alone are left out.

        >>> plots = Plots.of(3, look=[0, 2, 2], east=[1.0, 2.0, 3.0], north=0.0)
        >>> one = Recording("made up", "", None, ("radar",), Looks.of(3, time=[0.0, 1.0, 2.0]), plots, Places.empty())
        >>> one.seen(2).tolist(), len(one.seen(1))
        ([[2.0, 0.0], [3.0, 0.0]], 0)
        """
        first, last = np.searchsorted(self.plots.look, (look, look + 1))
        places = np.column_stack([self.plots.east[first:last], self.plots.north[first:last]])
        return np.asarray(places[np.isfinite(places).all(1)])

    def where(self, time: float) -> tuple[Array, Array]:
        """(n,) vessels and (n, 2) places, m, by the truth at a time, straight between two of its own.

        >>> sailed = Places.of(2, time=[0.0, 10.0], vessel=7, east=[0.0, 40.0], north=0.0)
        >>> none = Looks.empty(), Plots.empty()
        >>> one = Recording("made up", "", None, ("radar",), *none, sailed)
        >>> [values.tolist() for values in one.where(2.5)], len(one.where(11.0)[0])
        ([[7], [[10.0, 0.0]]], 0)
        """
        vessels, places = [], []
        for vessel in np.unique(self.truth.vessel).tolist():
            own = self.truth.take(self.truth.vessel == vessel)
            if own.time[0] <= time <= own.time[-1]:
                vessels.append(vessel)
                places.append([np.interp(time, own.time, values) for values in (own.east, own.north)])
        return np.array(vessels, np.int64), np.array(places).reshape(-1, 2)


def folder() -> Path:
    """The folder of recordings that `$MIHARI_DATA` names; BadInput where it names none."""
    named = os.environ.get(VARIABLE)
    if not named:
        raise BadInput(f"recordings: set {VARIABLE} to the folder that holds them (docs/researchers.md says which)")
    return Path(named)


def file_of(name: str, base: Path | None) -> Path:
    """A recording's file in `base`, by default in `folder()`; BadInput where it is not."""
    path = (folder() if base is None else base) / name
    if not path.is_file():
        raise BadInput(f"{path}: no such recording ({VARIABLE} names the folder that holds {name})")
    return path


def in_plane(looks: Array, cells: list[Array]) -> Plots:
    """Plots (m, 2) east and north of each of some looks, by row of look."""
    places = np.concatenate(cells) if cells else np.zeros((0, 2))
    look = np.repeat(looks, [len(cell) for cell in cells])
    return Plots.of(len(places), look=look, east=places[:, 0], north=places[:, 1])


def merged(places: Array, within: float) -> Array:
    """(n, 2) m with those in reach of each other (m) made one, at their mean: many plots of one hull, or copies.

    >>> merged(np.array([[0.0, 0.0], [9.0, 0.0], [0.2, 0.0]]), 2.0).tolist()
    [[0.1, 0.0], [9.0, 0.0]]
    """
    n = len(places)
    if n == 0:
        return places
    pairs = cKDTree(places).query_pairs(within, output_type="ndarray")
    _, label = connected_components(coo_matrix((np.ones(len(pairs)), pairs.T), (n, n)), directed=False)
    count = np.bincount(label)
    return np.column_stack([np.bincount(label, values) / count for values in places.T])
