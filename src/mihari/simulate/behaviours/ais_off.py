"""AIS off: a vessel under way stops reporting where it would be heard, and reports again.

Definition: no position report for at least `OFF_S` from a vessel under way (5 kn or more) at places where a station
hears nearly every message. Causes: hiding a transfer, fishing where it is forbidden, fear of piracy.
Innocent: sailing out of range and back, a station that fails, a short silence (power, a device started anew).
Sources: Global Fishing Watch, pipe-gaps (12 h between positions, made for satellites); Welch et al. 2022 (12 h, more
than 50 NM offshore, good reception). No coastal threshold is published: `OFF_S` is assumed, see there.
"""

from __future__ import annotations

import numpy as np

from mihari.core.units import DEGREE
from mihari.simulate.behaviours.contract import Variants, clear, in_window, staged
from mihari.simulate.behaviours.measure import longest, moved
from mihari.simulate.behaviours.points import centred, heads, legs, whole
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.stage import HEARD, UNHEARD, Stage, reach

OFF_S = 1800.0  # ten times the longest interval of M.1371-5 (3 min, at anchor): not bad luck on the channel
SURE_S = 300.0  # this long before and after the silence it is heard as well
ANGLER_S = 600.0  # an angler turns round in this time


def _antenna(length: float) -> float:
    """Height in m on the mast or bridge, as the devices of all vessels have it."""
    return float(np.clip(length / 5.0, 3.0, 40.0))


def _silent(scene: Scene, part: float, covered: bool | None, note: str) -> Cast:
    """A vessel under way, its AIS off for `part` of the threshold; `covered`: inside or outside radar cover."""
    rng, stage = scene.rng, scene.stage
    threshold = scene.threshold(OFF_S)
    silence = whole(part * threshold)
    begin = scene.begin(silence)
    kind, length, cruise = _ship(scene)
    course, bend = scene.course(), rng.uniform(-50, 50) * DEGREE  # it turns while nobody is told
    half = silence / 2 + SURE_S
    way = legs(begin - SURE_S, np.zeros(2), (course, cruise, half), (course + bend, cruise, half))
    sought = {True: stage.under_radar, False: stage.beyond_radar, None: None}[covered]
    way = centred(way, scene.spot(sought))
    path = scene.voyage(way, kind, cruise, course, course + bend)
    when = np.arange(begin - SURE_S, begin + silence + SURE_S, 30.0)
    there = moved(path, when)
    if (stage.chance(there.lat_deg, there.lon_deg, _antenna(length), time=when) < HEARD).any():
        raise NoRoom("no station hears it there")
    if sought is not None and not sought(there.lat_deg, there.lon_deg).all():
        raise NoRoom("its way does not stay inside, or outside, radar cover")
    clear(silence, threshold, part < 1)
    if part < 1:
        note = f"short of {threshold:.0f} s of silence by {threshold - silence:.0f} s"
    event = Event("ais_off", (0,), begin, begin + silence, part < 1, note)
    actor = Actor(kind, path, length, "A", acts=(Act(begin, begin + silence, silent=True),))
    return Cast((actor,), in_window(scene, event))


def _ship(scene: Scene) -> tuple[str, float, float]:
    """Kind, length m, and speed m/s of who has something to hide."""
    kind = str(scene.rng.choice(["cargo", "tanker", "fishing"]))
    if kind == "fishing":
        return kind, float(scene.rng.uniform(22, 32)), scene.kn(7, 10)
    return kind, float(scene.rng.uniform(90, 180)), scene.kn(9.5, 13)


def _inside(scene: Scene) -> Cast:
    return _silent(scene, scene.beyond(), True, "inside radar cover")


def _outside(scene: Scene) -> Cast:
    return _silent(scene, scene.beyond(), False, "outside radar cover")


def _short(scene: Scene) -> Cast:
    return _silent(scene, scene.short(), None, "")


def _range_loss(scene: Scene) -> Cast:
    """An angler's boat with class B runs out of the reach of all stations, and back home."""
    stage, rng = scene.stage, scene.rng
    if not stage.stations:
        raise NoRoom("there is no AIS station")
    station = stage.stations[int(rng.integers(len(stage.stations)))]
    length, cruise = float(rng.uniform(7, 9)), scene.kn(20, 26)
    near, far = (reach(station, _antenna(length), True, chance) for chance in (HEARD, UNHEARD))
    away = scene.threshold(OFF_S) * scene.beyond()
    run = (far - near + cruise * (away - ANGLER_S) / 2) / cruise
    begin = scene.begin(2 * run + ANGLER_S)
    out = scene.course()
    back = out + np.pi
    start = np.array(scene.metres(station.lat_deg, station.lon_deg)).ravel() + near * heads(out)
    side = (out + np.pi / 2, 0.6 * cruise, ANGLER_S)
    way = legs(begin, start, (out, cruise, run), side, (back, cruise, run))
    path = scene.voyage(way, "boat", scene.kn(8, 14), out, back)
    sailed = moved(path, scene.time)
    unheard = stage.chance(sailed.lat_deg, sailed.lon_deg, _antenna(length), True) < UNHEARD
    gap = longest(unheard, sailed.time)
    clear(gap[1] - gap[0], scene.threshold(OFF_S), False)
    if gap[0] < begin or gap[1] > way[-1, 0]:
        raise NoRoom("another station, or none, hears it")
    note = f"range loss: out of reach of {station.name} and back"
    return Cast((Actor("boat", path, length, "B"),), in_window(scene, Event("ais_off", (0,), *gap, True, note)))


def _outage(scene: Scene) -> Cast:
    """A fishing vessel with class B that only one station hears, while that station is out of order."""
    stage, threshold = scene.stage, scene.threshold(OFF_S)
    long = [
        (start, end)
        for station in stage.stations
        for start, end in station.outages
        if scene.call.start <= start and end <= scene.end and end - start > 1.03 * threshold
    ]
    if not long:
        raise NoRoom(f"no station has an outage of more than {threshold:.0f} s in the window")
    start, end = long[int(scene.rng.integers(len(long)))]
    length, cruise, course = float(scene.rng.uniform(14, 24)), scene.kn(6, 9), scene.course()
    way = legs(start - SURE_S, np.zeros(2), (course, cruise, end - start + 2 * SURE_S))
    path = scene.voyage(centred(way, scene.spot()), "fishing", cruise, course, course)
    sailed = moved(path, scene.time)
    place = (sailed.lat_deg, sailed.lon_deg, _antenna(length), True)
    off = (sailed.time >= start) & (sailed.time < end)
    around = (sailed.time >= start - SURE_S) & (sailed.time < end + SURE_S)
    if (stage.chance(*place)[around] < HEARD).any() or (stage.chance(*place, sailed.time)[off] > UNHEARD).any():
        raise NoRoom("no place where only the failing station hears")
    event = Event("ais_off", (0,), start, end, True, "outage of the only station that hears it")
    return Cast((Actor("fishing", path, length, "B"),), in_window(scene, event))


REAL: Variants = {"inside radar cover": _inside, "outside radar cover": _outside}
ALIKE: Variants = {"short": _short, "range loss": _range_loss, "station outage": _outage}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """One vessel that falls silent, or seems to."""
    return staged(stage, rng, call, REAL, ALIKE)
