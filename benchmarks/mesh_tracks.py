"""What the nodes of the mesh's benchmarks see: a strait's pictures, recorded once, played again as if it were now.

`strait-1000` (1,000 vessels under way, two radars, two AIS stations) goes through the simulator and the pipeline; of
every picture that a node would publish, after each radar sector and tick, the rows that changed are kept.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from mihari.core.columns import Array, specs
from mihari.core.kernels import ROOT
from mihari.core.picture import Identity, Picture, Vessels

SCENARIO = "strait-1000"
SHORT_S, LONG_S = 220.0, 720.0  # of data, for the short run and the full one
SETTLED_S = 60.0  # of data, until the tracks of a coast that was just switched on have come to rest
MADE_BY = (
    "pipeline.py",
    *(f"{name}/**/*.py" for name in ("core", "feeds", "formats", "picture", "simulate", "tracks")),
)
NAMES = tuple(name for name, _, _ in specs(Vessels))
TIMES = ("time", "heard_radar", "heard_ais", "born")


@dataclass(frozen=True)
class Recording:
    """Pictures of a coast: of picture k the rows `ends[k - 1]` to `ends[k]`, who left and who was named by then."""

    times: Array  # UTC s of each picture, in data time
    ends: Array
    columns: dict[str, Array]
    removed: list[tuple[int, ...]]
    named: list[tuple[Identity, ...]]


def recorded(seconds: float = SHORT_S) -> Path:
    """The file with the recording, made where these sources have none (in a third of the time that it lasts)."""
    key = hashlib.sha256(f"{SCENARIO}-{seconds:.0f}".encode())
    for source in sorted(p for name in MADE_BY for p in ROOT.glob(name)):
        key.update(source.read_bytes())
    root = Path(os.environ.get("MIHARI_CACHE") or platformdirs.user_cache_dir("mihari")) / "benchmarks"
    path = root / f"{key.hexdigest()[:16]}.pickle"
    if not path.exists():
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="mihari-bench-") as folder:
            command = [sys.executable, "-m", "mihari", "simulate", SCENARIO, "-o", folder]
            subprocess.run([*command, "--duration", str(seconds)], check=True, stdout=subprocess.DEVNULL)
            made = tracked(Path(folder))
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(pickle.dumps(made))
        part.replace(path)
    return path


def tracked(folder: Path) -> Recording:
    """What a node with these recordings publishes."""
    from mihari.core.config import load
    from mihari.core.health import Health
    from mihari.core.reports import Sector, Tick
    from mihari.feeds.address import FeedAddress
    from mihari.feeds.registry import SensorRegistry
    from mihari.feeds.replay import recorded as inputs
    from mihari.feeds.witnesses import Witnesses
    from mihari.pipeline import Pipeline

    config = load(str(folder / "node.toml"))
    registry = SensorRegistry([s.sensor(i) for i, s in enumerate(config.sensor)])
    pipeline, witnesses, known = Pipeline(registry.all()), Witnesses(), registry.version
    names = [str(p) for p in (*sorted(folder.glob("*.pcap")), *sorted(folder.glob("*.nmea")))]
    addresses = [FeedAddress.of_recording(name) for name in names]
    healths = [Health(i, a.name, a.text) for i, a in enumerate(addresses)]
    pictures: list[Picture] = []
    for given in inputs(addresses, registry, healths, time.time):
        if registry.version != known:
            known = registry.version
            pipeline.know(registry.all())
        pipeline.take(witnesses.take(given))
        if isinstance(given, Sector | Tick):
            pictures.append(_changes(pipeline.picture()))
    rows = [p.vessels for p in pictures]
    return Recording(
        np.array([p.time for p in pictures]),
        np.cumsum([len(r) for r in rows]),
        {name: np.concatenate([getattr(r, name) for r in rows]) for name in NAMES},
        [p.removed for p in pictures],
        [tuple(p.identities.values()) for p in pictures],
    )


def _changes(picture: Picture) -> Picture:
    vessels = picture.vessels.take(np.flatnonzero(picture.vessels.changed == picture.sequence))
    named = {v: i for v, i in picture.identities.items() if i.changed == picture.sequence}
    return Picture(picture.time, picture.sequence, vessels, named, removed=picture.removed)


class Player:
    """A recording from `begin` s after its start on, moved so that it is now; each vessel `copies` times in its place.

    Copies of a vessel have ids of their own: 1,000 tracks of a real tracker stand for 10,000.
    """

    def __init__(self, recording: Recording, begin: float, now: float, copies: int = 1) -> None:
        self.recording, self.copies, self.sequence = recording, copies, 0
        self.shift = now - (float(recording.times[0]) + begin)
        self._next, self._room = 0, 4096
        self._columns = {n: np.zeros(self._room, d) for n, d, _ in specs(Vessels)}
        self._place: dict[int, int] = {}
        self._identities: dict[int, Identity] = {}
        self._take(int(np.searchsorted(recording.times, recording.times[0] + begin)))

    def pictures(self) -> Iterator[tuple[float, Picture]]:
        """The pictures to come, and when each is due, UTC s."""
        while self._next < len(self.recording.times):
            due = float(self.recording.times[self._next]) + self.shift
            yield due, self._take(self._next + 1)

    def now(self) -> Picture:
        """The picture at this moment."""
        order = np.argsort(self._columns["id"][: len(self._place)], kind="stable")
        vessels = Vessels(**{n: c[: len(self._place)][order] for n, c in self._columns.items()})
        return Picture(self._time, self.sequence, vessels, dict(self._identities))

    def _take(self, until: int) -> Picture:
        """Go on to before the recording's picture `until`."""
        told, removed = self.recording, []
        self.sequence += 1
        for k in range(self._next, until):
            a, b = (int(told.ends[k - 1]) if k else 0), int(told.ends[k])
            self._write({n: c[a:b] for n, c in told.columns.items()})
            removed += [v * self.copies + c for v in told.removed[k] for c in range(self.copies)]
            for one in told.named[k]:
                for c in range(self.copies):
                    vessel = one.vessel * self.copies + c
                    self._identities[vessel] = Identity(vessel, one.claims, self.sequence)
        self._leave([v for v in removed if v in self._place])
        self._next = until
        self._time = float(told.times[max(until - 1, 0)]) + self.shift
        picture = self.now()
        return Picture(picture.time, self.sequence, picture.vessels, picture.identities, removed=tuple(removed))

    def _write(self, rows: dict[str, Array]) -> None:
        ids = (rows["id"][:, None] * self.copies + np.arange(self.copies)).ravel()
        for vessel in ids.tolist():
            self._place.setdefault(vessel, len(self._place))
        if len(self._place) > self._room:
            self._room *= 4
            self._columns = {n: np.concatenate([c, np.zeros(self._room, c.dtype)]) for n, c in self._columns.items()}
        at = np.array([self._place[v] for v in ids.tolist()], np.intp)
        for name, column in rows.items():
            moved = column + self.shift if name in TIMES else column
            self._columns[name][at] = np.repeat(moved, self.copies)
        self._columns["id"][at] = self._columns["number"][at] = ids
        self._columns["changed"][at] = self.sequence

    def _leave(self, vessels: list[int]) -> None:
        if not vessels:
            return
        for vessel in vessels:
            del self._place[vessel]
            self._identities.pop(vessel, None)
        kept = np.fromiter(self._place.values(), np.intp, len(self._place))
        for column in self._columns.values():
            column[: len(kept)] = column[kept]
        self._place = {v: k for k, v in enumerate(self._place)}


def load(path: str | Path) -> Recording:
    """A recording that `recorded` made."""
    made: Any = pickle.loads(Path(path).read_bytes())
    assert isinstance(made, Recording)
    return made
