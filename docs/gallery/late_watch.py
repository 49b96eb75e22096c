"""A watch over the sea of `late_sea`: pipeline, archive, look-out and re-runs, as a node wires them over recordings."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from late_sea import LEAVES, MEETS, SENSORS, START, Sea, metres

from mihari import coast
from mihari.archive.writer import Archive, ArchiveSettings
from mihari.behaviours.sightings import held
from mihari.core.behaviour import Behaviour, picture_id
from mihari.core.picture import Picture, Vessels
from mihari.core.reports import Input, Tick
from mihari.keeping import Keeper
from mihari.lookout import Lookout
from mihari.pipeline import Pipeline
from mihari.rerun import Reruns, Told

SETTLED_S = 900.0  # after it came, until the dark boat's track has settled: from then on it is judged


class Judged(NamedTuple):
    """Share of the time held; mean squared error and its told variance, m²; mean NEES, two expected."""

    held: float
    error2: float
    variance: float
    nees: float

    def __str__(self) -> str:
        error, spread = self.error2**0.5, self.variance**0.5
        return f"held {100 * self.held:.0f} %, error {error:.0f} m, told sd {spread:.0f} m, NEES {self.nees:.1f}"


class Way(NamedTuple):
    """Where the dark boat was thought to be: (n,) s, (n, 2) m, (n, 2, 2) m²."""

    time: Any
    place: Any
    covariance: Any

    def during(self, begin: float, end: float) -> Way:
        rows = (self.time >= begin) & (self.time < end)
        return Way(self.time[rows], self.place[rows], self.covariance[rows])

    def judged(self, sea: Sea) -> Judged:
        """Held against the truth while the boats lie there."""
        begin = MEETS + SETTLED_S
        there = self.during(begin, LEAVES)
        off = there.place - np.array([sea.dark(t) for t in there.time]).reshape(-1, 2)
        squared = np.einsum("ni,nij,nj->n", off, np.linalg.inv(there.covariance), off)
        spread = np.trace(there.covariance, axis1=1, axis2=2)
        held = len(np.unique(there.time // 30)) / ((LEAVES - begin) / 30)
        return Judged(held, *(float(np.mean(v)) for v in (np.sum(off**2, axis=1), spread, squared)))


def way_of(rows: Any, times: Any) -> Way:
    """Columns with a position and its covariance."""
    covariance = np.stack([rows.cov_ee, rows.cov_en, rows.cov_en, rows.cov_nn], axis=-1).reshape(-1, 2, 2)
    return Way(times - START, metres(rows.lat_deg, rows.lon_deg), covariance)


def in_order(way: Way) -> Way:
    """By time. All tracks without AIS belong to the dark boat: nobody else is there."""
    order = np.argsort(way.time, kind="stable")
    return Way(*(part[order] for part in way))


class Watch:
    """Takes a sea in. `thought`: where the dark boat was thought to be; `known`: where, as is known at last."""

    def __init__(self, sea: Sea, folder: Path) -> None:
        self.sea, self.looks, self.told = sea, list[Way](), list[Told]()
        self.archive = Archive(ArchiveSettings(folder, free=0.0, snapshot=600.0), patient=True)
        self.pipeline, self.lookout = Pipeline(SENSORS), Lookout(coast.load("world"))
        self.lookout.know(SENSORS)
        self.lookout.every = 10.0
        self.keeper = Keeper(self.archive, self.pipeline)
        self.reruns = Reruns(self.archive, self.pipeline, self.keeper, 6.0, time.monotonic, self.retell, waits=True)
        self.before: list[Behaviour] = []  # rendezvous, as they stood before what came late

    def run(self) -> Watch:
        """All of it."""
        self.archive.open({"config": {}}, SENSORS)
        for given in self.sea.inputs():
            self.take(given)
        self.archive.close()
        return self

    def take(self, given: Input) -> None:
        """One input; a tick that changes nothing is left out, as where nobody looks at a node's screen."""
        if isinstance(given, Tick):
            if given.time < self.pipeline.next_due and not self.reruns.pending:
                return
            self.reruns.pass_time(given.time)
        self.keeper.before()
        self.pipeline.take(given)
        self.keeper.after(given, False)
        if self.lookout.take(given, self.pipeline.compiler.vessels) is not None and not self.told:
            self.looks.append(thought(self.pipeline.compiler.vessels(), self.pipeline.time))

    def retell(self, told: Told) -> None:
        """What the re-run tells takes the place of what the look-out remembers."""
        self.told.append(told)
        self.before = self.meetings()
        vessels, fresh = self.pipeline.vessels_of(np.unique(told.was.id)), self.pipeline.compiler.vessel_of_the_past
        self.lookout.retell(told.was, vessels, fresh, told.begin, self.pipeline.time, told.why)

    def meetings(self) -> list[Behaviour]:
        """All rendezvous, as they stand."""
        return [b for b in self.lookout.engine.standing() if b.kind == "rendezvous"]

    @property
    def thought(self) -> Way:
        """As thought at the time."""
        return in_order(Way(*(np.concatenate(parts) for parts in zip(*self.looks, strict=True))))

    @property
    def known(self) -> Way:
        """As known with what came late."""
        return in_order(way_of(self.told[0].was, self.told[0].was.time))


def thought(vessels: Vessels, now: float) -> Way:
    """The vessels that AIS does not support, as a picture has them."""
    seen = held(Picture(now, 0, vessels))
    rows = vessels.take(np.isin(vessels.id, [picture_id(key) for key in seen.key.tolist()]))
    return way_of(rows, rows.time)
