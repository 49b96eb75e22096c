"""Draught changed at sea: a large ship tells another draught off shore, without having been in port.

After the US advisory of 14 May 2020 and Jia, Prakash, Smith (2019): cargo goes over the side, and the draught that is
told changes by metres. Alike: a change after a port, one in the roads, a figure set right by some decimetres, a slip
that is put right at once, a small craft.
"""

from __future__ import annotations

import numpy as np

from mihari.simulate.behaviours.contract import AT_ANCHOR, MOORED, in_window
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.behaviours.slow import swinging
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import (
    coast_of,
    cruise,
    heard,
    inshore,
    off_shore,
    stays_off,
    steady,
    waiting,
    within,
)
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.paths import Path

NAME = "draught_changed_at_sea"
DIFFERS_M = 1.0
OFF_NM = 4.0
BEFORE_S, AFTER_S = 3600.0, 3300.0
LONG_AGO = -1e6


def _ship(scene: Scene) -> tuple[str, float]:
    return str(scene.rng.choice(["tanker", "tanker", "cargo"])), float(scene.rng.uniform(95, 300))


def _other(scene: Scene, by: tuple[float, float]) -> tuple[float, float]:
    """A draught before and after, m; deeper or less deep by so much, to the decimetre that is told."""
    differs = float(np.exp(scene.rng.uniform(np.log(by[0]), np.log(by[1]))))
    low = float(scene.rng.uniform(5.0, 9.0))
    return (low, low + differs) if scene.rng.random() < 0.5 else (low + differs, low)


def _told(
    scene: Scene, kind: str, length: float, path: Path, at: float, draughts: tuple[float, float], note: str,
    innocent: bool = True, more: tuple[Act, ...] = (), start: float | None = None, back: float | None = None,
) -> Cast:  # fmt: skip
    begin, end = at if start is None else start, at + AFTER_S
    heard(scene, path, max(at - BEFORE_S, begin), end)
    before, after = draughts
    acts = [Act(LONG_AGO, at, draught=before), Act(at, draught=after), *more]
    if back is not None:
        acts.append(Act(back, draught=before))
    actor = Actor(kind, path, length, "A", acts=tuple(acts))
    return Cast((actor,), in_window(scene, Event(NAME, (0,), begin, end, innocent, note)))


def _sails(
    scene: Scene, kind: str, length: float, draughts: tuple[float, float], note: str, innocent: bool = True,
    slip: float | None = None,
) -> Cast:  # fmt: skip
    begin = scene.begin(AFTER_S + 300.0, BEFORE_S)
    path, at = steady(scene, kind, 1800.0, cruise(scene, kind), OFF_NM, begin)
    back = None if slip is None else at + slip
    return _told(scene, kind, length, path, at + 60.0, draughts, note, innocent, back=back)


def _under_way(scene: Scene) -> Cast:
    return _sails(scene, *_ship(scene), _other(scene, (1.15, 9.0)), "under way", False)


def _after_lying(scene: Scene) -> Cast:
    """After some hours in which she hardly moved."""
    kind, length = _ship(scene)
    path, (_, end) = waiting(scene, kind, float(scene.rng.uniform(5000, 8000)), (0.3, 1.5), OFF_NM)
    at = end + float(scene.rng.uniform(60, 600))
    there = moved(path, [at])
    if not off_shore(scene, OFF_NM)(there.lat_deg, there.lon_deg).all() or at < BEFORE_S:
        raise NoRoom("it comes too near to the land")
    return _told(scene, kind, length, path, at, _other(scene, (1.15, 9.0)), "after lying still", False)


def _after_silence(scene: Scene) -> Cast:
    """When it is heard again it is deeper, or less deep."""
    kind, length = _ship(scene)
    silent = float(scene.rng.uniform(1800, 4200))
    begin = scene.begin(AFTER_S + 300.0, BEFORE_S + silent)
    path, at = steady(scene, kind, 1800.0, cruise(scene, kind), OFF_NM, begin)
    act = Act(at - silent, at, silent=True)
    draughts, begins = _other(scene, (1.15, 9.0)), at - silent
    return _told(scene, kind, length, path, at, draughts, "after silence", False, (act,), begins)


def _decimetres(scene: Scene) -> Cast:
    return _sails(scene, *_ship(scene), _other(scene, (0.2, 0.88)), "by some decimetres")


def _slip(scene: Scene) -> Cast:
    slip = float(scene.rng.uniform(60, 280))
    return _sails(scene, *_ship(scene), _other(scene, (1.5, 9.0)), "a slip, put right at once", slip=slip)


def _small(scene: Scene) -> Cast:
    return _sails(scene, "fishing", float(scene.rng.uniform(18, 60)), _other(scene, (1.1, 3.0)), "a small craft")


def _roads(scene: Scene) -> Cast:
    """Barges come and go while she lies in the roads."""
    there = within(scene, "anchorage", 3.0)
    kind, length = _ship(scene)
    path = there.path(swinging(there, there.spot(inshore(there, 2.8))), "anchored")
    at = there.begin(AFTER_S + 300.0, BEFORE_S)
    act = Act(LONG_AGO, status=AT_ANCHOR)
    return _told(there, kind, length, path, at, _other(scene, (1.15, 9.0)), "in the roads", more=(act,))


def _port(scene: Scene) -> Cast:
    """She has loaded, and somebody types it in on the way out."""
    there = within(scene, "port", 3.0)
    kind, length = _ship(scene)
    port = next(zone for zone in coast_of(scene).zones if zone.kind == "port")
    place = there.spot(lambda lat, lon: np.asarray(port.holds(lat, lon)), 150.0)
    leaves = there.begin(AFTER_S + 6000.0, 2400.0)
    still = np.array([[-600.0, *place], [leaves, *place]])
    path = there.voyage(still, kind, scene.kn(9.5, 13))
    at = leaves + float(scene.rng.uniform(2000, 5700))
    stays_off(there, path, at, at + AFTER_S, 3.2)
    act = Act(LONG_AGO, leaves, status=MOORED)
    draughts = _other(scene, (1.15, 9.0))
    return _told(there, kind, length, path, at, draughts, "after a port", more=(act,), start=leaves - 600.0)


PLAY = Play(
    NAME,
    {"under way": _under_way, "after lying still": _after_lying, "after silence": _after_silence},
    {
        "after a port": _port,
        "in the roads": _roads,
        "some decimetres": _decimetres,
        "slip": _slip,
        "small craft": _small,
    },
    hours=5.0,
    margin_h=1.0,
)
