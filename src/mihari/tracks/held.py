"""What the ring holds <-> plain arrays and JSON values, from which a `RewindingTracker` goes on as if it never stopped.

Not the states to go back to: they follow from the first one and the entries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mihari.core.columns import Columns
from mihari.core.reports import Batch, Claims, Reports
from mihari.core.sensor import Sensor, SensorKind, sensor_of, sensor_told
from mihari.tracks.entries import ENTRY, REPORT, Door, Entries, Key
from mihari.tracks.ring import Ring

ENTRY_NAMES = tuple(name for name in ENTRY.names or () if name != "spare")
REPORT_NAMES = tuple(name for name in REPORT.names or () if name != "spare")
Sensors = tuple[Sensor, ...]
Told = Sequence[tuple[Key, Sensors]]


def state_of(
    ring: Ring, door: Door, top: Key, known: Told, waiting: Mapping[int, Batch], sensors: Sensors
) -> dict[str, Any]:
    """`top`: the last entry taken in; `sensors`: those known at the ring's first state."""
    entries, reports = ring.all()
    state = {f"entry_{name}": np.ascontiguousarray(entries[name]) for name in ENTRY_NAMES}
    state |= {f"report_{name}": np.ascontiguousarray(reports[name]) for name in REPORT_NAMES}
    keys = [key for key, _ in known]
    return state | {
        "ring_times": np.concatenate([[ring.states[0].order], door.times]),
        "ring_length": door.ring,
        "ring_refused": door.refused.copy(),
        "ring_source": door.source,
        "ring_sensors": [sensor_told(s) for s in sensors],
        "top_order": np.array([top[0]], np.float64),
        "top_rank": np.array(top[1:3], np.int64),
        "top_content": np.array([top[3]], np.uint64),
        "known_order": np.array([key[0] for key in keys], np.float64),
        "known_rank": np.array([key[1:3] for key in keys], np.int64).reshape(-1, 2),
        "known_content": np.array([key[3] for key in keys], np.uint64),
        "known_sensors": [[sensor_told(s) for s in each] for _, each in known],
        "waiting": {str(k): _batch_told(batch) for k, batch in waiting.items()},
    }


def _batch_told(batch: Batch) -> dict[str, Any]:
    """As an archive gives it back: without what tells copies apart, which is of no use any more."""
    reports = batch.reports.replace(key=np.zeros(len(batch.reports), batch.reports.key.dtype))
    return {"reports": _told(reports), "claims": _told(batch.claims)}


def _told(columns: Columns) -> dict[str, Any]:
    return {name: np.ascontiguousarray(values) for name, values in columns.columns().items()}


def restored(state: Mapping[str, Any], door: Door) -> float:
    """Puts the door's part back; returns the order of the ring's first state."""
    door.times[:], door.ring = state["ring_times"][1:], float(state["ring_length"])
    door.refused, door.source = np.array(state["ring_refused"], np.int64), int(state["ring_source"])
    return float(state["ring_times"][0])


def entries_of(state: Mapping[str, Any]) -> Entries:
    """The entries, sorted."""
    entries = np.zeros(len(state["entry_order"]), ENTRY)
    reports = np.zeros(len(state["report_time"]), REPORT)
    for name in ENTRY_NAMES:
        entries[name] = state[f"entry_{name}"]
    for name in REPORT_NAMES:
        reports[name] = state[f"report_{name}"]
    return Entries(entries, reports)


def sensors_of(told: Sequence[Mapping[str, Any]]) -> Sensors:
    """Sensors from JSON values."""
    return tuple(sensor_of(each) for each in told)


def known_of(state: Mapping[str, Any]) -> list[tuple[Key, Sensors]]:
    """When the sensors changed within the ring, and to what."""
    columns = (state["known_order"].tolist(), state["known_rank"].tolist(), state["known_content"].tolist())
    keys = [(order, rank[0], rank[1], content) for order, rank, content in zip(*columns, strict=True)]
    return list(zip(keys, [sensors_of(each) for each in state["known_sensors"]], strict=True))


def top_of(state: Mapping[str, Any], order: float) -> Key:
    """The last entry that was taken in; `order` is that of the ring's first state, for states that do not tell."""
    if "top_order" not in state:
        return (order, -1, 0, 0)
    return (float(state["top_order"][0]), *np.asarray(state["top_rank"]).tolist(), int(state["top_content"][0]))


def waiting_of(state: Mapping[str, Any]) -> dict[int, Batch]:
    """The batches of which a part waits to be taken in."""
    return {int(k): Batch(Reports(**b["reports"]), Claims(**b["claims"])) for k, b in state["waiting"].items()}


def usable(sensor: Sensor) -> bool:
    """Whether a tracker can use what the sensor tells."""
    return sensor.kind != SensorKind.RADAR or sensor.placed


def completed(then: Sensors, now: Sensors) -> Sensors:
    """The sensors of then, with those of now that could not be used then.

    >>> from dataclasses import replace
    >>> then = (Sensor(0, "a", SensorKind.RADAR, 26.0, 127.0), Sensor(1, "b", SensorKind.RADAR))
    >>> now = (replace(then[0], period=5.0), replace(then[1], lat_deg=27.0, lon_deg=127.0))
    >>> [(s.period, s.lat_deg) for s in completed(then, now)]
    [(2.5, 26.0), (2.5, 27.0)]
    """
    known = {s.index: s for s in then if usable(s)}
    found = tuple(known.get(s.index, s) for s in now)
    return then if found == then else found


def longest_turn(sensors: Sensors) -> float:
    """s; deadlines of silence depend on it."""
    return max((s.period for s in sensors if s.kind == SensorKind.RADAR), default=0.0)
