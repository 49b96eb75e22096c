"""What has come in and is not yet on the disk: filled by the pipeline and the feeds, taken whole by the writer."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from mihari.archive.rows import Sensors, Step, rows_of_steps
from mihari.archive.tables import EVENTS, Changed, Kept, Named, Raw, raw_table, to_table

# What a question's times are compared with, where it is not `time`: a file is passed over by the bounds in its name.
ASKED_BY = {"raw": "received", "steps": "at", "vessels": "at"}


@dataclass(slots=True)
class Held:
    """One flush in the making. `known` begins with what was known before its first step."""

    known: list[tuple[int, Sensors]]
    steps: list[Step] = field(default_factory=list)
    raw: list[tuple[int, float, float, bytes]] = field(default_factory=list)  # feed, received, time, data
    tracks: list[Kept] = field(default_factory=list)
    vessels: list[Changed] = field(default_factory=list)
    identities: list[Named] = field(default_factory=list)
    events: list[tuple[int, float, str, dict[str, Any]]] = field(default_factory=list)  # step, at, kind, what
    states: list[tuple[int, float, Any]] = field(default_factory=list)  # step before which it holds, at, state
    weight: int = 0  # rows, about
    since: float = math.nan  # UTC s at which the first of it came in

    def __bool__(self) -> bool:
        return bool(self.weight or self.events)

    def moment(self) -> float:
        """UTC s of its first step that has a time, NaN if there is none."""
        return next((s.at for s in self.steps if math.isfinite(s.at)), math.nan)


def tables_of(held: Held) -> dict[str, pa.Table]:
    """The tables of one flush, those without rows left out; `steps`, which commits the others, comes last."""
    rows, at = rows_of_steps(held.steps, held.known), held.moment()
    made = {
        "raw": _raw(held),
        "plots": to_table(rows.plots),
        "reports": to_table(rows.heard),
        "claims": to_table(rows.said),
        "tracks": to_table(Kept.concatenate(held.tracks)),
        "vessels": to_table(Changed.concatenate(held.vessels)),
        "identities": to_table(Named.concatenate(held.identities)),
        "events": events_table([(n, t if math.isfinite(t) else at, kind, what) for n, t, kind, what in held.events]),
        "steps": to_table(rows.steps),
    }
    return {name: table for name, table in made.items() if table.num_rows}


def _raw(held: Held) -> pa.Table:
    feed, received, time, data = zip(*held.raw, strict=True) if held.raw else ((), (), (), ())
    return raw_table(Raw.of(len(data), feed=feed, received=received, time=time), list(data))


def events_table(events: list[tuple[int, float, str, dict[str, Any]]]) -> pa.Table:
    """Events as rows; what happened is JSON."""
    return pa.table(
        [
            [step for step, _, _, _ in events],
            [at for _, at, _, _ in events],
            [kind for _, _, kind, _ in events],
            [orjson.dumps(what, option=orjson.OPT_SERIALIZE_NUMPY).decode() for _, _, _, what in events],
        ],
        schema=EVENTS,
    )


def bounds_of(name: str, table: pa.Table, otherwise: float) -> tuple[int, int]:
    """(begin, end): whole seconds around the times by which a table is asked; around `otherwise` where it has none."""
    for column in (ASKED_BY.get(name, "time"), "time", "at"):
        if column in table.column_names:
            times = table.column(column).to_numpy()
            times = times[np.isfinite(times)]
            if len(times):
                return math.floor(times.min()), math.ceil(times.max())
    return math.floor(otherwise), math.ceil(otherwise)
