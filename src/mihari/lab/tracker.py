"""A tracker to read and to take apart: scans -> tracks, every part an argument.

It does what `mihari.tracks.Tracker` does with a radar's scan (`docs/tracking.md`), in NumPy and one step after the
other: predict, gate, associate, update, end, begin. What it leaves out: AIS, visibility, learned clutter, registration,
late reports, the merging of doubles. It is for trying a part, not for a coast.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from mihari.core.columns import Array
from mihari.core.tracks import TrackStatus
from mihari.lab.associations import BeliefPropagation
from mihari.lab.existences import Bernoulli
from mihari.lab.gates import EllipsoidalGate
from mihari.lab.motions import usual_modes
from mihari.lab.parts import Association, Belief, Existence, Gate, Motion, Scan
from mihari.lab.update import fits, updated

MOST_SEEN = 0.999  # probability of detection: a certain one would make a single miss the end of a track
LEAST_CLUTTER = 1e-12  # per m²: without any, every plot would be a vessel's


@dataclass(frozen=True, slots=True)
class Held:
    """The tracks after a scan, one row each: id, belief, states of the existence part, status, time of the first plot.

    `status` holds `TrackStatus`; those that were dropped by the scan are among them.
    """

    id: Array
    belief: Belief
    existence: Array
    status: Array
    born: Array

    def __len__(self) -> int:
        return len(self.id)

    def take(self, rows: Array) -> Held:
        """The chosen rows (indices or a mask)."""
        return Held(self.id[rows], self.belief.take(rows), self.existence[rows], self.status[rows], self.born[rows])

    @property
    def confirmed(self) -> Held:
        """Those that are confirmed."""
        return self.take(self.status == TrackStatus.CONFIRMED)

    @property
    def places(self) -> Array:
        """(n, 2) m."""
        return self.belief.merged()[0][:, :2]

    @classmethod
    def joined(cls, first: Held, second: Held) -> Held:
        """The rows of both, in this order."""
        pairs = ((getattr(first, name), getattr(second, name)) for name in ("id", "existence", "status", "born"))
        id_, existence, status, born = (np.concatenate(pair) for pair in pairs)
        return cls(id_, Belief.joined(first.belief, second.belief), existence, status, born)


@dataclass
class LabTracker:
    """Scans in order of time -> tracks. Each part is any object with the methods of its Protocol (`lab.parts`).

    birth: density of vessels not yet tracked over the mean one of clutter; begin: a plot begins a track where no track
    explains it with at least this probability.

    A boat that goes east at 10 m/s, seen each second by a sensor that never errs by much:

    >>> from mihari.lab import ConstantVelocity, NearestNeighbour, Scan, everywhere
    >>> tracker = LabTracker(ConstantVelocity(), association=NearestNeighbour())
    >>> for t in range(20):
    ...     look = Scan(float(t), np.array([[10.0 * t, 0.0]]), np.eye(2)[None] * 0.01, everywhere(0.9), 1e-6)
    ...     held = tracker.step(look)
    >>> held.status.tolist(), held.belief.merged()[0][0].round(1).tolist()
    ([1], [190.0, 0.0, 10.0, 0.0])
    """

    motion: Motion = field(default_factory=usual_modes)
    gate: Gate = field(default_factory=EllipsoidalGate)
    association: Association = field(default_factory=BeliefPropagation)
    existence: Existence = field(default_factory=Bernoulli)
    birth: float = 0.03
    begin: float = 0.5

    def __post_init__(self) -> None:
        self.time = -np.inf
        self.held = self._born(np.zeros((0, 2)), np.zeros((0, 2, 2)), np.zeros(0), 0.0, 1)
        self._next = 1

    def step(self, scan: Scan) -> Held:
        """Takes a scan in; the tracks after it, at its time. Those that were dropped are told once."""
        if not scan.time >= self.time:
            raise ValueError(f"a scan of {scan.time:g} s after one of {self.time:g} s: expected them in order of time")
        held = self._predicted(self.held.take(self.held.status != TrackStatus.DROPPED), scan.time)
        detection = np.minimum(scan.detection(held.places), MOST_SEEN)
        pairs = self.gate.pairs(held.belief, scan.places, scan.covariances)
        clutter = np.maximum(np.broadcast_to(scan.clutter, len(scan)), LEAST_CLUTTER)
        unknown = self.birth * clutter.sum() / max(len(scan), 1)  # vessels not yet tracked, per m²
        new = unknown * scan.detection(scan.places)
        odds = self._odds(held, pairs, scan, detection, clutter + new)
        probability = self.association.probabilities(pairs, odds, len(held), len(scan))
        none = 1.0 - np.bincount(pairs[:, 0], probability, len(held))
        nobodys = 1.0 - np.bincount(pairs[:, 1], probability, len(scan))
        held = self._updated(held, pairs, probability, np.clip(none, 0.0, 1.0), scan, detection)
        rows = np.flatnonzero(nobodys >= self.begin)
        vessels = (nobodys * new / (clutter + new))[rows]
        born = self._born(scan.places[rows], scan.covariances[rows], vessels, scan.time, self._next)
        self._next += len(born)
        self.held, self.time = Held.joined(held, born), scan.time
        return self.held

    def _predicted(self, held: Held, time: float) -> Held:
        if len(held) == 0:
            return held
        dt = time - self.time
        belief, existence = self.motion.predict(held.belief, dt), self.existence.predict(held.existence, dt)
        return replace(held, belief=belief, existence=existence)

    def _odds(self, held: Held, pairs: Array, scan: Scan, detection: Array, other: Array) -> Array:
        """(k,) of "the plot is this track's" over "the track has none, and the plot is clutter or a new vessel's"."""
        track, plot = pairs.T
        _, density = fits(held.belief, pairs, scan.places, scan.covariances)
        fit = (held.belief.weight[track] * density).sum(1)
        seen = self.existence.probability(held.existence)[track] * detection[track]
        return np.asarray(seen * fit / ((1.0 - seen) * other[plot]))

    def _updated(self, held: Held, pairs: Array, probability: Array, none: Array, scan: Scan, detection: Array) -> Held:
        r = self.existence.probability(held.existence)
        overlooked = none * r * (1.0 - detection) / (1.0 - r * detection)
        exists = np.maximum(overlooked + 1.0 - none, 1e-12)
        share = probability / exists[pairs[:, 0]]
        belief = updated(held.belief, pairs, share, scan.places, scan.covariances)
        existence = self.existence.update(held.existence, detection, none)
        return replace(held, belief=belief, existence=existence, status=self.existence.status(existence, held.status))

    def _born(self, places: Array, covariances: Array, probability: Array, time: float, first: int) -> Held:
        n = len(places)
        return Held(
            np.arange(first, first + n),
            self.motion.begin(places, covariances),
            self.existence.begin(probability),
            np.full(n, int(TrackStatus.TENTATIVE)),
            np.full(n, time),
        )
