"""Ways of vessels and of tracks -> the trajectory GOSPA metric, with its number of switches.

García-Fernández, Rahmathullah, Svensson, "A metric on the space of finite sets of trajectories for evaluation of
multi-target tracking algorithms", IEEE TSP 68, 2020: GOSPA of each moment, plus a cost for each change of who is whose.
Who is whose is chosen for the whole time at once, so that vessels side by side are not exchanged by noise, nor kept
apart from their tracks by who came first. By the linear program of that paper, solved by HiGHS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.score.near import close_pairs


@dataclass(frozen=True, slots=True)
class TrajectoryGospa:
    """`value` = (localisation + cutoff^order / 2 · (missed + false) + switch^order · switches)^(1/order).

    Sums over all moments. A vessel whose track is another from one moment to the next is one switch; a change from a
    track to none is half of one.
    """

    value: float
    localisation: float  # m^order
    missed: float
    false: float
    switches: float


class Moment(NamedTuple):
    """`places`: (n, d) m; `names`: (n,) who they are, each once."""

    places: Array
    names: Array


class _Meetings(NamedTuple):
    """Pairs of vessel and track that are ever close: columns by pair, and their gain (pairs, moments), m^order."""

    vessel: Array
    track: Array
    gain: Array


def trajectory_gospa(
    truths: Sequence[Moment],
    found: Sequence[Moment],
    cutoff: float = 100.0,
    switch: float = 100.0,
    order: float = 2.0,
) -> TrajectoryGospa:
    """The metric between vessels and tracks at the same moments. `switch`: what a change costs, m.

    Two vessels whose tracks are exchanged for good in the middle of six moments: two switches, and nothing else.

    >>> sea = [Moment(np.array([[0.0, 0.0], [300.0, 0.0]]), np.array([1, 2]))] * 6
    >>> tracks = [Moment(m.places, names) for m, names in zip(sea, [[7, 8]] * 3 + [[8, 7]] * 3)]
    >>> score = trajectory_gospa(sea, tracks)
    >>> score.switches, score.missed, score.localisation
    (2.0, 0.0, 0.0)
    """
    met = _meetings(truths, found, cutoff, order)
    price = cutoff**order / 2
    present = sum(len(m.names) for m in truths), sum(len(m.names) for m in found)
    if len(met.vessel) == 0:
        value = price * (present[0] + present[1])
        return TrajectoryGospa(float(value ** (1 / order)), 0.0, float(present[0]), float(present[1]), 0.0)
    shares = _program(met, switch**order)
    close = met.gain > 0
    paired = float(shares[close].sum())
    localisation = float((shares * (2 * price - met.gain))[close].sum())
    switches = 0.5 * float(np.abs(np.diff(shares, axis=1)).sum())
    missed, false = present[0] - paired, present[1] - paired
    value = max(localisation, 0.0) + price * (missed + false) + switch**order * switches
    return TrajectoryGospa(float(value ** (1 / order)), localisation, missed, false, switches)


def _meetings(truths: Sequence[Moment], found: Sequence[Moment], cutoff: float, order: float) -> _Meetings:
    """What each pair that is ever closer than the cutoff saves at each moment, over one missed and one false."""
    saved: dict[tuple[int, int], dict[int, float]] = {}
    for k, (truth, tracks) in enumerate(zip(truths, found, strict=True)):
        if len(truth.names) and len(tracks.names):
            near = close_pairs(np.asarray(truth.places, float), np.asarray(tracks.places, float), cutoff)
            gains = cutoff**order - near.distance**order
            for row, column, gain in zip(near.row.tolist(), near.column.tolist(), gains.tolist(), strict=True):
                saved.setdefault((int(truth.names[row]), int(tracks.names[column])), {})[k] = gain
    gain = np.zeros((len(saved), len(truths)))
    for n, pair in enumerate(sorted(saved)):
        gain[n, list(saved[pair])] = list(saved[pair].values())
    pairs = np.array(sorted(saved), np.int64).reshape(-1, 2)
    return _Meetings(pairs[:, 0], pairs[:, 1], gain)


def _program(met: _Meetings, price: float) -> Array:
    """(pairs, moments) shares of each pair: what is gained by them less half the price of each change is the most."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix, eye_array, hstack, kron, vstack

    pairs, moments = met.gain.shape
    here, ones = eye_array(moments, format="csr"), np.ones(pairs)
    each = np.arange(pairs)
    rows = [np.unique(names, return_inverse=True)[1] for names in (met.vessel, met.track)]
    at_most = [kron(coo_matrix((ones, (row, each))), here) for row in rows]  # one track a vessel, one vessel a track
    step = eye_array(moments - 1, moments, k=1) - eye_array(moments - 1, moments)
    change, room = kron(eye_array(pairs), step), eye_array(pairs * (moments - 1))
    bound = vstack([hstack([m, coo_matrix((m.shape[0], room.shape[0]))]) for m in at_most])
    bound = vstack([bound, hstack([change, -room]), hstack([-change, -room])], format="csr")
    limit = np.concatenate([np.ones(sum(m.shape[0] for m in at_most)), np.zeros(2 * room.shape[0])])
    cost = np.concatenate([-met.gain.ravel(), np.full(room.shape[0], 0.5 * price)])
    solved = linprog(cost, A_ub=bound, b_ub=limit, method="highs")
    if not solved.success:
        raise ArithmeticError(f"trajectory GOSPA: {solved.message}")
    shares: Array = solved.x[: pairs * moments].reshape(pairs, moments)
    return shares
