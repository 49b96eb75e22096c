"""What only the judge may know beside the truth -> Parquet: whose each plot was, what happened when."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mihari.simulate.antenna import Plots
from mihari.simulate.simulation import Simulation

ROWS = 100_000  # in a row group: what is held in memory
_PLOTS: list[tuple[str, pa.DataType]] = [
    ("radar", pa.int16()),
    ("time", pa.float64()),  # UTC s, as the plot tells it
    ("range_m", pa.float64()),
    ("bearing_rad", pa.float64()),
    ("vessel", pa.int64()),  # -1: a false plot
    ("merged", pa.bool_()),  # several echoes in one plot; the vessel is that of the loudest
]
_EVENTS: list[tuple[str, pa.DataType]] = [
    ("kind", pa.string()),
    ("vessels", pa.list_(pa.int64())),
    ("start", pa.float64()),  # UTC s
    ("end", pa.float64()),
    ("innocent", pa.bool_()),  # looks like it, but is not
    ("note", pa.string()),
]
PLOTS, EVENTS = pa.schema(_PLOTS), pa.schema(_EVENTS)


class PlotLabels:
    """Collects whose plots were sent, in bounded memory; use it with `with`. OSError where it cannot be written."""

    def __init__(self, path: Path) -> None:
        self.writer = pq.ParquetWriter(path, PLOTS, compression="zstd")
        self.held: list[pa.Table] = []
        self.rows = 0

    def take(self, radar: int, plots: Plots) -> None:
        """The plots of one turn of a radar."""
        columns = {
            "radar": np.full(len(plots), radar, np.int16),
            "time": plots.time,
            "range_m": plots.range,
            "bearing_rad": plots.bearing,
            "vessel": plots.vessel,
            "merged": plots.merged > 1,
        }
        self.held.append(pa.table(columns, schema=PLOTS))
        self.rows += len(plots)
        if self.rows >= ROWS:
            self._write()

    def _write(self) -> None:
        if self.held:
            self.writer.write_table(pa.concat_tables(self.held).combine_chunks())
        self.held, self.rows = [], 0

    def __enter__(self) -> PlotLabels:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._write()
        self.writer.close()


def write_events(simulation: Simulation, path: Path, duration: float) -> None:
    """What happened within `duration` s, cut off at its end; OSError where the file cannot be written."""
    start = simulation.scenario.start
    events = [event for event in simulation.traffic.events if event.start < duration]
    columns = {
        "kind": [event.kind for event in events],
        "vessels": [list(event.vessels) for event in events],
        "start": [start + event.start for event in events],
        "end": [start + min(event.end, duration) for event in events],
        "innocent": [event.innocent for event in events],
        "note": [event.note for event in events],
    }
    pq.write_table(pa.table(columns, schema=EVENTS), path)
