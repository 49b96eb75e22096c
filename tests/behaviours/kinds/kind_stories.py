"""Vessels that do a thing for so many seconds and no more, off a made coast: what thresholds are measured with."""

import numpy as np

from mihari.behaviours.engine import Engine
from mihari.behaviours.places import AIS_COVER, RADAR_COVER, Places
from mihari.behaviours.sightings import SHADOW, SightingKind, Sightings
from mihari.core.behaviour import UNNAMED, Standing
from mihari.core.reports import AID, Batch, Claims, ReportKind, Reports, Subject
from mihari.core.zones import Watch, Zone

START = 1_700_000_040  # a whole minute: samples fall into half minutes, pairs are looked at on the minute
DEGREE = np.pi / 180 * 6371008.8  # m, of latitude
COAST = 26.0  # land is south of this latitude
SHIP, OTHER, RADAR, BUOY = 431000007, 431000008, UNNAMED + 5, 994311001
IN_ZONE = {"port": 130.25, "anchorage": 131.25, "cable": 132.25, "closed": 133.25}  # longitudes
EDGE = 134.0  # the western edge of a zone that is watched, half a degree wide
HELD = int(SightingKind.HELD)
FAST = {"speed": 5.0}  # m/s: neither slow nor trawling


def off_shore(metres):
    """The latitude so far north of the coast, in whole 1e-7 degrees."""
    return round(COAST + metres / DEGREE, 7)


def square(name, west, kind="zone", watch=None):
    return Zone(name, kind, (((25.0, west), (25.0, west + 0.5), (29.0, west + 0.5), (29.0, west)),), watch=watch)


class Coast(Places):
    """Land south of 26° N, a zone of each kind, sensors that cover all west of 129.9° E."""

    def __init__(self):
        watch = Watch(enter=True, leave=True, speed_kn=10.0, dwell_min=60.0, urgency="warning")
        zones = [square(kind, lon - 0.25, kind) for kind, lon in IN_ZONE.items()]
        super().__init__(None, (*zones, square("Sands", EDGE, watch=watch)))

    def shore(self, lat_deg, lon_deg):
        return (lat_deg - COAST) * DEGREE

    def areas(self, lat_deg, lon_deg):
        covered = np.where(lon_deg < 129.9, 1 << AIS_COVER | 1 << RADAR_COVER, 0).astype(np.uint32)
        return super().areas(lat_deg, lon_deg) | covered


def times_of(parts):
    """(second, what it does) of a sighting in every half minute, and at the very second of every change."""
    rows, begun = [], 0
    for seconds, does in parts:
        if does is not None:
            if rows and rows[-1][0] // 30 == begun // 30:
                rows.pop()  # one sample a half minute: that at the change
            rows += [(t, does) for t in (begun, *range((begun // 30 + 1) * 30, begun + seconds, 30))]
        begun += seconds
    return rows


def way(key, parts, **always):
    """One vessel. `parts`: for how many seconds it does what; None: it is not heard. Functions are of the second."""
    base = {"lat_deg": off_shore(60_000), "lon_deg": 127.01, "speed": np.nan, "course": np.nan, "heading": np.nan}
    base |= {"status": -1, "kind": 0} | always
    rows = [(t, base | does) for t, does in times_of(parts)]
    columns = {name: [row[name](t) if callable(row[name]) else row[name] for t, row in rows] for name in base}
    return Sightings.of(
        len(rows), key=key, time=[START + t for t, _ in rows], feed=0, offset=np.arange(len(rows)), **columns
    )


def static(key, length=20.0, ship_type=70, name="", imo=0, at=0):
    claims = Claims.of(1, mmsi=key, name=[name or f"V{key}"], imo=imo, bow=length, stern=0.0, ship_type=ship_type)
    return Batch(Reports.of(1, time=START + at, kind=ReportKind.AIS_STATIC, claim=0), claims)


def found(kind, sightings, batches=(), now=None):
    """(start, end) in s since the start of the behaviours of a kind that stand in the end; end None: goes on."""
    engine = Engine(Coast())
    for batch in batches:
        engine.hear(batch)
    for one in sightings:
        engine.sight(one)
    engine.step(max(one.time.max() for one in sightings) + 1 if now is None else START + now)
    told = [b for b in engine.standing() if b.kind == kind and b.standing is not Standing.RETRACTED]
    return [(b.start - START, None if b.end is None else b.end - START) for b in told]


# stories: spans of (seconds, whether the vessel does it) -> sightings, static data


def lone(does, other, key=SHIP, length=20.0, ship_type=70, **always):
    def tell(spans):
        parts = [(seconds, does if on else other) for seconds, on in spans]
        return [way(key, parts, **always)], [static(key, length, ship_type)] if key < UNNAMED else []

    return tell


def beside(metres):
    """Two near each other; one of them is slow for a while, the other all the time."""

    def tell(spans):
        a = way(SHIP, [(seconds, {"speed": 0.5} if on else FAST) for seconds, on in spans])
        b = way(OTHER, [(sum(s for s, _ in spans), {"speed": 0.5})], lat_deg=off_shore(60_000 + metres))
        return [a, b], [static(SHIP), static(OTHER)]

    return tell


def nearing(metres):
    """Two of whom one comes near for a while."""

    def tell(spans):
        parts = [(seconds, {"lat_deg": off_shore(60_000 + (metres if on else 1000))}) for seconds, on in spans]
        return [way(SHIP, parts), way(OTHER, [(sum(s for s, _ in spans), {})])], [static(SHIP), static(OTHER)]

    return tell


def crossing(metres):
    """Two ships of 100 m so far apart, side by side; one of them steers straight for the other for a while."""

    def tell(spans):
        before, during, whole = spans[0][0], spans[1][0], sum(seconds for seconds, _ in spans)
        scale = DEGREE * np.cos(np.radians(26.6))
        north = {"speed": 6.0, "lat_deg": lambda t: off_shore(60_000 + 6 * t)}
        a = way(SHIP, [(whole, north | {"lon_deg": lambda t: 127.01 + 12 * np.clip(t - before, 0, during) / scale})])
        b = way(OTHER, [(whole, north | {"lon_deg": 127.01 + metres / scale})])
        return [a, b], [static(SHIP, 100.0), static(OTHER, 100.0)]

    return tell


def two_hulls(spans):
    """One name: a hull that is heard all the time, and for a while after each of its reports one 11 km from it."""
    spans = [(150, True), (510, False), *spans]  # who has spoken three times is believed
    first = way(SHIP, [(seconds, {"speed": 5.0, "status": int(on)}) for seconds, on in spans])
    second = first.take(first.status == 1)
    second = second.replace(time=second.time + 5, lat_deg=second.lat_deg + 0.1)
    return [first, second], []


def jumped(spans):
    """A vessel that is elsewhere from second 0 of a span through its end, and then back."""
    seconds = next(s for s, on in spans if on)
    away = {"speed": 5.0, "lat_deg": off_shore(90_000)}
    return [way(SHIP, [(600, FAST), (seconds, away), (1, away), (40, None), (600, FAST)])], []


def jumped_together(spans):
    """Five vessels that are elsewhere, from second 0 of a span through its end, and then back."""
    seconds = next(s for s, on in spans if on)
    away = {"speed": 5.0, "lat_deg": off_shore(90_000)}
    parts = [(600, FAST), (seconds, away), (1, away), (40, None), (600, FAST)]
    return [way(SHIP + k, parts, lon_deg=127.01 + 0.05 * k) for k in range(5)], []


def unseen(spans):
    """A vessel that radar does not see, more than a mile off the shore for a while."""
    off, near = {"lat_deg": off_shore(1900)}, {"lat_deg": off_shore(1800)}
    own = way(SHIP, [(seconds, off if on else near) for seconds, on in spans], speed=5.0)
    shadow = way(SHADOW + SHIP, [(sum(s for s, _ in spans), {"kind": 2})], lat_deg=off_shore(1900))
    return [own, shadow], []


def circles(spans):
    """A ship whose places run round a circle for a while, her head held; whole five minutes of time begin at 60 s."""

    def place(t):
        return {"lat_deg": off_shore(60_000 + 800 * np.cos(t / 60)), "lon_deg": 127.01 + 0.008 * np.sin(t / 60) * 0.896}

    moves = {name: lambda t, name=name: place(t)[name] for name in ("lat_deg", "lon_deg")}
    parts = [(seconds, moves if on else {}) for seconds, on in [(60, False), *spans]]
    return [way(SHIP, parts, heading=1.0)], [static(SHIP)]


def followed(spans, turns=(2760, 6360), lead=1200):
    """Two 1 km apart that turn by 60° at some seconds, looked at each 600 s from 360 on; one is restricted."""
    whole = lead + sum(seconds for seconds, _ in spans)
    courses = np.cumsum([0.0, *(np.pi / 3 * (-1.0) ** k for k in range(len(turns)))])
    t = np.arange(whole + 1)
    course = courses[np.searchsorted(np.array(turns), t, side="right")]
    north, east = (np.concatenate([[0.0], np.cumsum(6 * part(course[:-1]))]) for part in (np.cos, np.sin))
    scale = DEGREE * np.cos(np.radians(26.9))
    sails = {
        "lat_deg": lambda t: off_shore(100_000 + north[t]),
        "lon_deg": lambda t: 127.01 + east[t] / scale,
        "speed": 6.0,
    }
    beside = sails | {
        "lat_deg": lambda t: off_shore(100_800 + north[t]),
        "lon_deg": lambda t: 127.016 + east[t] / scale,
    }
    parts = [(seconds, beside | {"status": 0 if on else 3}) for seconds, on in [(lead, False), *spans]]
    return [way(SHIP, [(whole, sails)]), way(OTHER, parts)], [static(SHIP), static(OTHER)]


def aid(does, other):
    """A buoy, with a vessel that passes as long; its `status` is the bits of message 21."""

    def tell(spans):
        parts = [(seconds, does if on else other) for seconds, on in spans]
        buoy = way(BUOY, parts, status=0)
        reports = Reports.of(len(buoy), time=buoy.time, lat_deg=buoy.lat_deg, lon_deg=buoy.lon_deg,
                             kind=ReportKind.AIS_POSITION, claim=np.arange(len(buoy)))  # fmt: skip
        claims = Claims.of(len(buoy), mmsi=BUOY, subject=Subject.AID, status=AID + buoy.status, name="BUOY 7")
        return [way(OTHER, [(sum(s for s, _ in spans), FAST)])], [Batch(reports, claims)]

    return tell


def silent(seconds, every=30, witness=500.0, heard_again=True, speed=5.0, off=60_000):
    """A vessel under way that is last heard at second 7200, with another that is heard all the time."""
    told = np.append(
        np.arange(7200 % every, 7201, every), [] if not heard_again else 7200 + seconds + np.arange(0, 300, 30)
    )
    gone = Sightings.of(len(told), key=SHIP, time=START + told, lat_deg=off_shore(off), lon_deg=127.01, speed=speed,
                        feed=0, offset=np.arange(len(told)))  # fmt: skip
    other = way(OTHER, [(7200 + seconds + 300, FAST)], lat_deg=off_shore(off + witness))
    return [gone, other if heard_again else other.take(other.time <= START + 7200 + seconds)]
