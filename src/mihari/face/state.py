"""Frames from the pipeline -> the face's latest state: arrays by slot, with the version at which each slot changed.

A version is this state's own count of frames; it never goes back, even when the pipeline starts again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.face import frames
from mihari.face.alert_state import Watched
from mihari.face.changing import Changing, Roster
from mihari.face.frames import Frame, Kind
from mihari.face.rows import NEVER, Rows, Words, empty_rows, joined
from mihari.face.trails import Slots, Trails

START_SLOTS = 1024
MAX_PLOTS = 20_000  # plots kept for the next turn of the stream
MAX_MARKS = 20_000
MAX_WAITING = 64  # deltas to apply together


class FaceState:
    """What the face knows. Read by API and stream, changed by `apply` only; all in one thread."""

    def __init__(self) -> None:
        self.version = 0  # grows with each frame applied
        self.epoch = 0  # grows when everything starts over (another base): browsers need a snapshot; 0: nothing yet
        self.picture, self.time, self.base = 0, 0.0, 0.0
        self.connected = False
        self.node: dict[str, Any] = {}
        self.sensors: list[dict[str, Any]] = []
        self.feeds: list[dict[str, Any]] = []
        self.health: dict[str, Any] = {}
        self.identities = Changing()
        self.marks = Changing()
        self.plots: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint16]]] = []
        self.cover: list[dict[str, Any]] = []  # of other nodes, by node
        self.cover_version = 0
        self.node_version = self.sensors_version = self.feeds_version = self.health_version = 0
        self.assets = Roster("assets", "names", "name")  # vehicles, cameras and crews, those of the node file first
        self.reports = Roster("reports", "ids", "id")  # what people told, the oldest first
        self.watched = Watched()
        self.trails = Trails(START_SLOTS)
        self._tables = empty_rows(START_SLOTS)
        self._tables.words[0] = NEVER
        self._changed = np.zeros(START_SLOTS, np.int64)
        self._slot_ids: Words | None = None
        self._used = 0  # slots from here on were never used
        self._free: list[int] = []
        self._waiting: list[Frame] = []
        self._ids, self._slots = np.empty(0, np.uint32), np.empty(0, np.intp)  # known ids in order, and their slots

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def rows(self) -> Rows:
        """All slots in use, empty ones (id 0xFFFFFFFF) among them."""
        tables, n = self._tables, self._used
        return Rows(tables.words[:, :n], tables.halves[:, :n], tables.octets[:, :n])

    @property
    def tables(self) -> Rows:
        """All slots, used or not, contiguous as the kernels want them."""
        return self._tables

    @property
    def slot_ids(self) -> Words:
        """The id in each slot in use, as `rows`; the same array for as long as no vessel comes or goes."""
        if self._slot_ids is None:
            self._slot_ids = self._tables.words[0, : self._used].copy()
        return self._slot_ids

    @property
    def changed(self) -> NDArray[np.int64]:
        """The version at which each slot last changed, as `rows`."""
        return self._changed[: self._used]

    @property
    def ids(self) -> Words:
        """The ids of all vessels, in order."""
        return self._ids

    def slots_of(self, ids: Any) -> Slots:
        """The slot of each id, -1 where it is not known."""
        wanted = np.asarray(ids, np.uint32)
        if not len(self._ids):
            return np.full(len(wanted), -1, np.intp)
        at = np.minimum(np.searchsorted(self._ids, wanted), len(self._ids) - 1)
        return np.where(self._ids[at] == wanted, self._slots[at], -1)

    def receive(self, raw: bytes | memoryview) -> None:
        """Take in one frame, deltas later with their like: whoever reads calls `settle` before; errors as `apply`."""
        frame = frames.decode(raw)
        if frame.kind == Kind.DELTA and not frame.removed and len(self._waiting) < MAX_WAITING:
            self._waiting.append(frame)
            self.picture, self.time = frame.picture, frame.time
        else:
            self.settle()
            self._apply(frame)

    def settle(self) -> None:
        """Apply the deltas that wait, in one go: twenty small ones cost hardly more than one."""
        if self._waiting:
            waiting, self._waiting = [frames.decode_rows(f)[0] for f in self._waiting], []
            self.version += 1
            self._put(waiting[0] if len(waiting) == 1 else joined(waiting))

    def apply(self, raw: bytes | memoryview) -> None:
        """Take in one frame now; FormatError if it is none, and nothing has changed."""
        self.receive(raw)
        self.settle()

    def _apply(self, frame: Frame) -> None:
        message = frames.decode_json(frame) if frame.kind == Kind.JSON else {}
        self.version += 1
        if frame.time or frame.kind != Kind.HEARTBEAT:  # before the first picture a heartbeat has none
            self.picture, self.time = frame.picture, frame.time
        if frame.kind in (Kind.SNAPSHOT, Kind.DELTA):
            self._apply_rows(frame)
        elif frame.kind == Kind.PLOTS:
            self._keep_plots(frame)
        elif frame.kind == Kind.JSON:
            self._apply_message(message)

    def take_alerts(self, told: dict[str, Any]) -> None:
        """What the records of alerts say now."""
        self.version += 1
        self.watched.take(told, self.version)

    def take_plots(self) -> list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint16]]]:
        """The plots since the last call: (lat, lon, sensor) arrays."""
        plots, self.plots = self.plots, []
        return plots

    def _apply_rows(self, frame: Frame) -> None:
        rows, removed = frames.decode_rows(frame)
        if frame.kind == Kind.SNAPSHOT:
            self._start_over(frame, rows)
        if len(removed):
            self._remove(removed)
        if len(rows):
            self._put(rows)

    def _start_over(self, frame: Frame, rows: Rows) -> None:
        if frame.base != self.base or not self.epoch:
            self.epoch += 1
            self.trails.forget(slice(None))  # their times count from the old base
            self.identities, self.marks = Changing(), Changing()  # ids may mean other vessels now
            self.base = frame.base
        self._remove(np.setdiff1d(self._ids, rows.id))

    def _put(self, rows: Rows) -> None:
        slots = self.slots_of(rows.id)
        fresh = np.flatnonzero(slots < 0)
        if len(fresh):
            self._add(rows.id[fresh])
            slots = self.slots_of(rows.id)
        self._tables.words[:, slots] = rows.words
        self._tables.halves[:, slots] = rows.halves
        self._tables.octets[:, slots] = rows.octets  # of two rows of one vessel the later one stays
        self._changed[slots] = self.version
        self.trails.add(slots, rows.words[3], rows.lat, rows.lon)

    def _add(self, ids: Words) -> None:
        ids, self._slot_ids = np.unique(ids), None
        reused = [self._free.pop() for _ in range(min(len(self._free), len(ids)))]
        more = len(ids) - len(reused)
        self._reserve(self._used + more)
        slots = np.array(reused + list(range(self._used, self._used + more)), np.intp)
        self._used += more
        self.trails.forget(slots)
        at = np.searchsorted(self._ids, ids)
        self._ids, self._slots = np.insert(self._ids, at, ids), np.insert(self._slots, at, slots)

    def _reserve(self, slots: int) -> None:
        have = len(self._changed)
        if slots <= have:
            return
        more = max(slots, 2 * have) - have
        blank = empty_rows(more)
        blank.words[0] = NEVER
        self._tables = joined([self._tables, blank])
        self._changed = np.concatenate([self._changed, np.zeros(more, np.int64)])
        self.trails.grow(have + more)

    def _remove(self, ids: Words) -> None:
        gone = np.isin(self._ids, ids)
        slots = self._slots[gone]
        self._slot_ids = None
        self._tables.words[0, slots] = NEVER
        self._free += slots.tolist()
        self.identities.remove(self._ids[gone].tolist())
        self._ids, self._slots = self._ids[~gone], self._slots[~gone]

    def _keep_plots(self, frame: Frame) -> None:
        self.plots.append(frames.decode_plots(frame))
        while len(self.plots) > 1 and sum(len(p[0]) for p in self.plots) > MAX_PLOTS:
            self.plots.pop(0)

    def _apply_message(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "node":
            self.node, self.node_version = message, self.version
            if self.cover:  # of the pipeline's last run
                self.cover, self.cover_version = [], self.version
            self.assets.forget(self.version)
            self.reports.forget(self.version)
        elif kind == "sensors":
            self.sensors, self.sensors_version = message["sensors"], self.version
        elif kind == "cover":
            self.cover, self.cover_version = message["nodes"], self.version
        elif kind == "feeds" and message["feeds"] != self.feeds:
            self.feeds, self.feeds_version = message["feeds"], self.version
        elif kind == "health":
            self.health, self.health_version = message["health"], self.version
        elif kind == "assets":
            self.assets.take(message, self.version)
        elif kind == "reports":
            self.reports.take(message, self.version)
        elif kind == "identities":
            self.identities.put(((i["vessel"], i) for i in message["identities"]), self.version)
        elif kind == "marks":
            self.marks.put(((m["mmsi"], m) for m in message["marks"]), self.version)
            self.marks.keep_newest(MAX_MARKS)
