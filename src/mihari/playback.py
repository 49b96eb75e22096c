"""An archive, played as it happened: the very same tracks and pictures, on the map, at any speed."""

from __future__ import annotations

import math
import threading
import time as clocks
from collections.abc import Callable, Iterator
from typing import Any

from mihari import __version__, coast
from mihari.archive.reader import ArchiveReader
from mihari.archive.rows import Step
from mihari.core.errors import BadInput
from mihari.core.picture import Picture
from mihari.core.reports import Sector, Tick
from mihari.core.times import told_time
from mihari.face.launch import Face
from mihari.face.publish import Publisher
from mihari.pipeline import Pipeline
from mihari.rebuild import Rebuild, area_of, land_of, onwards, rebuild


class Playback:
    """From `begin` to `end` (UTC s), `speed` × real time; inf: as fast as the machine goes.

    `port` None: no map. `sleep` waits and returns True to stop.
    """

    def __init__(
        self,
        reader: ArchiveReader,
        begin: float,
        end: float,
        speed: float = 1.0,
        port: int | None = 8080,
        threads: int = 1,
        clock: Callable[[], float] = clocks.time,
    ) -> None:
        self.reader, self.begin, self.end, self.speed, self.threads, self.clock = (
            reader, begin, end, speed, threads, clock,
        )  # fmt: skip
        self.port = port
        self.rebuilt: Rebuild | None = None
        self.publisher: Publisher | None = None
        self.face: Face | None = None
        self.begun = begin  # where the archive begins later than was asked for: then
        self.steps = 0
        self._unpublished = False  # the archived node had no screen: its pictures are made here
        self._stopping = threading.Event()

    def start(self) -> None:
        """Rebuild the state at `begin` and open the map. BadInput where there is nothing to rebuild it from."""
        first = self.reader.snapshot(self.begin)
        if first.time > self.end:
            raise BadInput(f"{self.reader.folder}: holds nothing of that time, it begins at {told_time(first.time)}")
        self.begun = max(self.begin, first.time)
        self.rebuilt = rebuild(self.reader, self.begin, land_of(first), self.threads, self.end)
        if self.port is None:
            return
        self.publisher = Publisher(node=self._about())
        self.face = Face(self.publisher.address, self.port)
        try:
            self.face.start()
        except BadInput:
            self.publisher.close()
            raise
        self.rebuilt.show = self._show
        self._unpublished = not first.about.get("config", {}).get("face", {}).get("enabled", True)

    def play(self) -> Iterator[Step]:
        """Take the steps, each when it is due; where there is a map, every published picture is shown."""
        assert self.rebuilt is not None, "start comes first"
        for number, snapshot in enumerate(onwards(self.reader, self.begin, self.end)):
            if number:  # the node was started anew
                last = self.reader.step_at(snapshot.run, self.end)
                pipeline = Pipeline(snapshot.sensors, land_of(snapshot))
                pipeline.restore(snapshot.pipeline)
                show = self.rebuilt.show
                steps = self.reader.steps(snapshot, last)
                self.rebuilt = Rebuild(self.reader, pipeline, snapshot, steps, show)
            yield from self._played(self.rebuilt)
            if self._stopping.is_set():
                return

    def _played(self, rebuilt: Rebuild) -> Iterator[Step]:
        begun: tuple[float, float] | None = None
        for step in rebuilt.each(self.reader.step_at(rebuilt.snapshot.run, self.end)):
            self.steps += 1
            if math.isfinite(self.speed) and math.isfinite(step.at):
                begun = begun or (self.clock(), step.at)
                wait = begun[0] + (step.at - begun[1]) / self.speed - self.clock()
                if wait > 0.002 and self._stopping.wait(wait):
                    return
            if self._stopping.is_set():
                return
            if self._unpublished and isinstance(step.given, Tick | Sector):
                self._show(rebuilt.pipeline.picture())
            yield step

    def stop(self) -> None:
        """End it; may be called from any thread, and twice."""
        self._stopping.set()
        if self.face is not None:
            self.face.stop()
        if self.publisher is not None:
            self.publisher.close()

    def _show(self, picture: Picture) -> None:
        if self.publisher is not None:
            self.publisher.publish(picture)

    def _about(self) -> dict[str, Any]:
        assert self.rebuilt is not None
        snapshot = self.rebuilt.snapshot
        node = snapshot.about.get("config", {}).get("node", {})
        name = area_of(snapshot)
        a = coast.load(name) if name else None
        return {
            "name": f"{node.get('name', 'mihari')} (archive)",
            "area": name,
            "box": None if a is None else [a.south_deg, a.west_deg, a.north_deg, a.east_deg],
            "version": __version__,
            "started": self.clock(),
            "exercise": bool(node.get("exercise", False)),
            "archive": str(self.reader.folder.resolve()),
        }
