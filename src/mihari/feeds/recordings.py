"""The recordings of a hub that share one speed -> the queue, paced; they wait where it is full."""

from __future__ import annotations

import itertools
import logging
import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mihari.core.errors import BadInput
from mihari.core.reports import Batch, Input, Sector
from mihari.feeds.inputs import TickRun
from mihari.feeds.line import Line, Runner
from mihari.feeds.replay import Moment, merge, pace, read, timed, with_runs, with_ticks

log = logging.getLogger("mihari.feeds")
PATIENCE_S = 0.2  # a waiting recording notices a stop within this


@dataclass(frozen=True, slots=True)
class Recordings:
    """Plays lines that are recordings. `ticking`: the ticks of their timeline go into the queue too."""

    runner: Runner
    ticking: bool

    def run(self, lines: Sequence[Line], speed: float, stopped: threading.Event) -> None:
        """Play to the end, or until stopped; a line that is removed ends alone."""
        timeline = merge([timed(self._read(line), line.index, line.health) for line in lines])
        for item in self._paced(timeline, speed, stopped):
            while not self.runner.inputs.put(item, timeout=PATIENCE_S):
                if stopped.is_set() or self.runner.inputs.closed:
                    break
            if stopped.is_set():
                break
        for line in lines:
            if line.health.state != "failed":
                line.health.state = "removed" if line.removed else "ended"
            line.over = True

    def _paced(
        self, timeline: Iterator[tuple[float, Batch | Sector]], speed: float, stopped: threading.Event
    ) -> Iterator[Input | TickRun]:
        if not self.ticking:
            return pace((item for _, item in timeline), speed, self.runner.clock, stopped.wait)
        if speed == math.inf:
            return with_runs(timeline)
        return pace(with_ticks(timeline), speed, self.runner.clock, stopped.wait)

    def _read(self, line: Line) -> Iterator[Batch | Sector | Moment]:
        address = line.spec.address
        try:
            runner = self.runner
            items = read(address, line.index, runner.sensors, line.health, runner.clock, runner.tap)
            yield from itertools.takewhile(lambda _: not line.removed, items)
        except BadInput as error:
            line.fail(str(error))
        except Exception as error:
            log.exception("feed %s stopped by a bug", address.text)
            line.fail(f"{address.text}: stopped by an error in this program ({type(error).__name__})")
