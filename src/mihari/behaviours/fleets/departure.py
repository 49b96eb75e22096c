"""Fleet: a fleet that drifts, of which four fifths leave within 10 min on one course.

Definition: of at least `departing_fewest` members that drifted (no more than `drift_kn`) within the last `drifted_s`,
and as the others did (`loyal`), at least `departing_share` get under way (more than `under_way_kn`) within `together_s`
of the first of them, each on a course within `one_course_deg` of their common one, `settle_s` after the share has left
at most, or after it was seen to have, where it was out of sight. Who leaves more than `apart_s`
before the next leaves on its own account: the time of the others does not begin with it. Source: the definition of the
simulated fleets (mihari.simulate), which is ours; none is published for a common departure.
Causes: a sign from the fleet's leader, a closed ground that opens, a fleet that is led. Innocent: the catch moves on,
weather comes, home at the end of the day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mihari.behaviours.fleets.parameters import Parameters
from mihari.behaviours.fleets.roster import Members
from mihari.behaviours.fleets.view import View
from mihari.core.columns import Array
from mihari.core.units import wrap_half_turn, wrap_turn


@dataclass(frozen=True, slots=True)
class Departure:
    """A fleet that left together. `vessels`: all that drifted; `left`: those that are under way on the course."""

    fleet: int
    start: int  # UTC s, when the first got under way
    share_at: int  # when the share was reached
    vessels: tuple[int, ...]
    left: tuple[int, ...]
    course: float  # rad
    speed: float  # m/s, median of those that left


def departures(seen: View, p: Parameters) -> list[Departure]:
    """Fleets that have just left, and parts of fleets that were fleets of their own; each is found for a while, until
    `settle_s` after its share has left.
    """
    m = seen.members
    drifted = np.flatnonzero((m.drifted >= seen.time - p.drifted_s) & (m.loyal >= p.loyal))
    drifters, group = m.take(drifted), seen.member_group.group[drifted]
    made: list[Departure] = []
    for by in (group, _parts(group, drifters.origin)):
        for k in _worth(by, drifters, p):
            rows = np.flatnonzero(by == k)
            departure = departed(seen.fleets[group[rows[0]]].id, drifters.take(rows), seen.time, p)
            known = departure and any(set(departure.left) & set(other.left) for other in made)
            made += [departure] if departure and not known else []
    return made


def _parts(group: Array, origin: Array) -> Array:
    """A number for each part of a fleet that was a fleet of its own before they met."""
    pairs = np.column_stack([group, origin])
    return np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1) if len(pairs) else group


def _worth(group: Array, drifters: Members, p: Parameters) -> Array:
    """Groups that are large enough and of which enough are under way."""
    number = np.bincount(group)
    leavers = np.bincount(group, ~np.isnan(drifters.left))
    return np.flatnonzero((number >= p.departing_fewest) & reached(leavers, number, p))


def reached(leavers: Array, drifters: Array, p: Parameters) -> Array:
    """Whether so many are the share; a whole number of vessels decides, not rounding.

    >>> reached(np.array([16, 15]), np.array([20, 19]), Parameters()).tolist()
    [True, False]
    """
    return np.asarray(leavers >= np.ceil(p.departing_share * drifters - 1e-9))


def departed(fleet: int, drifters: Members, time: int, p: Parameters) -> Departure | None:
    """Whether those who drifted have left together."""
    gone = ~np.isnan(drifters.left)
    course = common_course(drifters.east[gone], drifters.north[gone])
    off = np.abs(wrap_half_turn(np.arctan2(drifters.east, drifters.north) - course))
    with_it = np.flatnonzero(gone & (off <= math.radians(p.one_course_deg)))
    with_it = with_it[np.argsort(drifters.left[with_it], kind="stable")]
    times, known = drifters.left[with_it], np.fmax(drifters.left, drifters.found)[with_it]
    needed = math.ceil(p.departing_share * len(drifters) - 1e-9)
    for first in np.flatnonzero(np.diff(times, prepend=-np.inf) > p.apart_s):
        last = first + needed - 1
        if (
            last < len(times)
            and times[last] - times[first] <= p.together_s
            and time - known[first : last + 1].max() <= p.settle_s
        ):
            left = with_it[first:]
            return Departure(
                fleet=fleet,
                start=math.ceil(times[first]),
                share_at=math.ceil(times[last]),
                vessels=tuple(drifters.key.tolist()),
                left=tuple(drifters.key[left].tolist()),
                course=course,
                speed=float(np.median(np.hypot(drifters.east[left], drifters.north[left]))),
            )
    return None


def common_course(east: Array, north: Array) -> float:
    """The mean course of some velocities, rad.

    >>> round(math.degrees(common_course(np.array([1.0, -1.0]), np.array([9.0, 9.0]))), 9)
    0.0
    """
    speed = np.maximum(np.hypot(east, north), 1e-9)
    return float(wrap_turn(np.arctan2(np.sum(east / speed), np.sum(north / speed))))
