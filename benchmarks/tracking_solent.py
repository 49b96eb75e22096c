"""TRK-10 to TRK-12: which track carries whose name, among real traffic: the Solent, seen by one made-up radar.

The vessels of 84 minutes of recorded AIS go where they told they went (scenario `solent`); a radar at Southsea and one
AIS station see them. What both send goes through the same doors as any recording. Every 30 s each vessel counts whose
AIS was received in the last 360 s and of which the radar gave three plots or more in the last 30 s. A claimed pair is a
track that radar supports, that goes by an MMSI, and whose plots cannot as well be a neighbour's (`tracks.pairs`); it is
right where most plots of these 30 s that it took for its own are a vessel's that sends that MMSI. A vessel that is not
claimed counts as missed, whatever the reason. Whose a plot is, the simulation tells the judge, never the tracker.
`pairs.CLEAR_SD` was chosen on seed 1.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import dpkt
import numpy as np
from scipy.spatial import cKDTree

from benchmarks.harness import Row, report
from mihari.core.columns import Array
from mihari.core.config import load as load_node
from mihari.core.health import Health
from mihari.core.reports import Batch, Input, ReportKind, Sector, Tick
from mihari.feeds.address import FeedAddress
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.replay import recorded
from mihari.simulate import Simulation, load
from mihari.simulate.antenna import Plots
from mihari.simulate.node_file import node_text
from mihari.simulate.recordings import frame, radar_port
from mihari.tracks import Tracker
from mihari.tracks.pairs import paired

SEEDS = (2, 3)  # of the radar's and the receiver's chance; who goes where is recorded
EVERY, HEARD, RECENT, PLOTS = 30.0, 360.0, 30.0, 3
APART = (0.02, 15.0, 4e-4)  # s, m, rad between a plot as sent and as decoded: steps of I048/040 and /140, and a bit
BARS = {"TRK-10": 0.99, "TRK-11": 0.80, "TRK-12": 4.0}


class Found(NamedTuple):
    """Of one run: pairs claimed and those that were right; vessels to be paired and those that were, over all moments;
    tracks that had each vessel while it was to be paired: mean, and of one vessel.
    """

    claimed: int
    right: int
    possible: int
    held: int
    ids: float
    most: int


class Taken(NamedTuple):
    """Plots as the tracker took them, time after time: who it thought they were."""

    time: Array
    range: Array
    bearing: Array
    track: Array  # most probable track of each, -1 none above a half


def recordings(simulation: Simulation, folder: Path) -> Plots:
    """Writes what the sensors send, and tells whose plots they were."""
    labels: list[Plots] = []
    with (folder / "radar-0.pcap").open("wb") as radar, (folder / "ais-0.nmea").open("wb") as station:
        capture = dpkt.pcap.Writer(radar)
        for datagram in simulation.stream(whose=lambda _, plots: labels.append(plots)):
            if datagram.channel == "radar-0":
                capture.writepkt(frame(datagram.data, radar_port(0)), ts=datagram.time)
            else:
                station.write(datagram.data)
    (folder / "node.toml").write_text(node_text(simulation.scenario), encoding="utf-8")
    return Plots.concatenate(labels)


def inputs(folder: Path, registry: SensorRegistry) -> Iterator[Input]:
    """The recordings, decoded, on one timeline."""
    addresses = [FeedAddress.of_recording(str(folder / name)) for name in ("radar-0.pcap", "ais-0.nmea")]
    healths = [Health(i, a.name, a.text) for i, a in enumerate(addresses)]
    return recorded(addresses, registry, healths, lambda: 0.0)


def followed(folder: Path) -> tuple[Taken, list[tuple[float, dict[int, int]]], dict[int, list[float]]]:
    """(plots taken, at each moment the MMSI of each track claimed as a pair, times at which each MMSI was received)."""
    config = load_node(str(folder / "node.toml"))
    registry = SensorRegistry([s.sensor(i) for i, s in enumerate(config.sensor)])
    tracker, known = Tracker(registry.all()), registry.version
    parts: list[tuple[Array, ...]] = []
    moments, heard, due = list[tuple[float, dict[int, int]]](), defaultdict[int, list[float]](list), 0.0
    for given in inputs(folder, registry):
        if registry.version != known:
            known = registry.version
            tracker.know(registry.all())
        tracker.step(given)
        if isinstance(given, Sector):
            parts.append(_taken(given, tracker))
        elif isinstance(given, Batch):
            position = given.reports.kind == ReportKind.AIS_POSITION
            for mmsi, time in zip(
                given.claims.mmsi[given.reports.claim[position]].tolist(),
                given.reports.time[position].tolist(),
                strict=True,
            ):
                heard[mmsi].append(time)
        elif isinstance(given, Tick) and given.time >= due:
            due = given.time + EVERY
            held = tracker.believed(given.time)
            held = held.take(paired(held, registry.all()))
            moments.append((given.time, dict(zip(held.id.tolist(), held.mmsi.tolist(), strict=True))))
    return Taken(*(np.concatenate(part) for part in zip(*parts, strict=True))), moments, heard


def _taken(given: Sector, tracker: Tracker) -> tuple[Array, Array, Array, Array]:
    reports, pairs = given.reports, tracker.associations
    track, sure = np.full(len(reports), -1), pairs.probability > 0.5
    track[pairs.row[sure]] = pairs.track[sure]
    plots = reports.kind == ReportKind.PLOT
    return reports.time[plots], reports.range[plots], reports.bearing[plots], track[plots]


def owners(taken: Taken, sent: Plots) -> Array:
    """Whose each plot is, -1 nobody's."""
    scaled = [np.column_stack(c) / APART for c in ((sent.time, sent.range, sent.bearing), taken[:3])]
    off, row = cKDTree(scaled[0]).query(scaled[1], distance_upper_bound=2.0)
    if not np.isfinite(off).all():
        raise ValueError(f"{np.count_nonzero(~np.isfinite(off))} decoded plots were never sent")
    return np.asarray(sent.vessel[row])


def judged(
    taken: Taken, owner: Array, moments: list[tuple[float, dict[int, int]]], heard: dict[int, list[float]], mmsi: Array
) -> Found:
    """Counts over all moments; `mmsi` of each vessel."""
    claimed = right = possible = held = 0
    ids = defaultdict[int, set[int]](set)
    for time, names in moments:
        first, last = np.searchsorted(taken.time, (time - RECENT, time), "right")
        tracks, whose = taken.track[first:last].tolist(), owner[first:last].tolist()
        there = {v for v, n in Counter(whose).items() if v >= 0 and n >= PLOTS and _recent(heard[int(mmsi[v])], time)}
        paired = set[int]()
        for track, vessel in most_of(tracks, whose).items():
            if vessel in there:
                ids[vessel].add(track)
            if track in names:
                claimed += 1
                if vessel >= 0 and mmsi[vessel] == names[track]:
                    right += 1
                    paired.add(vessel)
        possible += len(there)
        held += len(paired & there)
    counts = [len(tracks) for tracks in ids.values()]
    return Found(claimed, right, possible, held, statistics.fmean(counts), max(counts))


def most_of(tracks: list[int], whose: list[int]) -> dict[int, int]:
    """Of each track the vessel of most of its plots, -1 nobody.

    >>> most_of([5, 5, 5, -1, 6], [1, 2, 2, 3, -1])
    {5: 2, 6: -1}
    """
    counted = defaultdict[int, Counter[int]](Counter)
    for track, vessel in zip(tracks, whose, strict=True):
        counted[track][vessel] += 1
    return {track: max(c, key=lambda v: (c[v], v)) for track, c in sorted(counted.items()) if track >= 0}


def _recent(times: list[float], time: float) -> bool:
    k = int(np.searchsorted(times, time, "right"))
    return k > 0 and time - times[k - 1] <= HEARD


def one(seed: int) -> Found:
    """One run of the rig."""
    simulation = Simulation(replace(load("solent"), seed=seed))
    with tempfile.TemporaryDirectory(prefix="mihari-solent-") as name:
        sent = recordings(simulation, Path(name))
        taken, moments, heard = followed(Path(name))
    return judged(taken, owners(taken, sent), moments, heard, simulation.vessels.mmsi)


def rows(workers: int = 2) -> list[Row]:
    """The three rows; none where the recording is absent, which is told."""
    if not Path(os.environ.get("MIHARI_DATA", "/nowhere"), "ais", "SolentAIS.csv").exists():
        print("TRK-10 to TRK-12 are left out: no ais/SolentAIS.csv (set MIHARI_DATA)")
        return []
    with ProcessPoolExecutor(workers) as pool:
        runs = list(pool.map(one, SEEDS))
    claimed, possible = (sum(getattr(run, name) for run in runs) for name in ("claimed", "possible"))
    figures = {
        "TRK-10": (f"precision of {claimed} claimed pairs", [run.right / run.claimed for run in runs], ">="),
        "TRK-11": (f"recall over {possible} vessels and moments", [run.held / run.possible for run in runs], ">="),
        "TRK-12": (f"ids a vessel, of one {max(run.most for run in runs)}", [run.ids for run in runs], "<="),
    }
    told = []
    for name, (what, values, sense) in figures.items():
        middle = statistics.median(values)
        what = f"Solent: {what}; {len(runs)} seeds, {min(values):.4g} to {max(values):.4g}"
        told.append(Row(name, what, middle, None, middle, BARS[name], sense))
    return told


if __name__ == "__main__":
    sys.exit(report(rows()))
