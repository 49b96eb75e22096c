"""A node of the mesh's benchmarks: `python -m benchmarks.mesh_node CONFIG.json`, a process in a namespace of its own.

The real mesh over the real transport with real keys; what a node's pipeline would publish is played or made up. It
notes what it tells and what it hears, each with the time, and writes that down when its standard input ends.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.face import Crowd
from benchmarks.mesh_notes import Notes, Seen, Where
from benchmarks.mesh_tracks import SETTLED_S, Player, load
from mihari.core.picture import Picture
from mihari.mesh.batches import Batch, Kind
from mihari.mesh.keys import Authors, Identity
from mihari.mesh.mesh import Mesh, Self
from mihari.mesh.profiles import PROFILES
from mihari.mesh.reckoning import reckoned
from mihari.mesh.transport import Down, Event, Up
from mihari.mesh.zenoh_transport import ZenohTransport

Pictures = Iterator[tuple[float, Picture]]
PARTS = 25  # pictures a second of a crowd: two radars of 32 sectors in 2.5 s
STATE = ("time", "lat_deg", "lon_deg", "east_mps", "north_mps")
ALARM = "of two hundred bytes, as one that tells what was seen of whom, since when, how sure that is and why: "
CONTENT = {"what": "dark", "because": (ALARM * 3)[:180]}


class Watched(Mesh):
    """A mesh that notes what it tells and hears."""

    notes: Notes

    def _put(self, batch: Batch) -> None:
        self.notes.told.append(_seen(batch))
        super()._put(batch)

    def take(self, event: Event) -> None:
        """One event of the transport."""
        if isinstance(event, Up | Down):
            self.notes.links.append((time.time(), type(event).__name__.lower()))
        super().take(event)


def _seen(batch: Batch) -> Seen:
    stream = batch.stream
    return Seen(time.time(), stream.kind, stream.grade, batch.order, batch.cut, len(batch.raw), batch.keys)


class Feed(threading.Thread):
    """Offers pictures when they are due."""

    def __init__(self, mesh: Mesh, notes: Notes, pictures: Pictures) -> None:
        super().__init__(daemon=True)
        self.mesh, self.notes, self.pictures = mesh, notes, pictures
        self.last: Picture | None = None
        self.ended = False

    def run(self) -> None:
        """Until there are no more, or it is ended."""
        for due, picture in self.pictures:
            time.sleep(max(0.0, due - time.time()))
            if self.ended:
                return
            self.notes.offers.append((time.time(), picture.sequence))
            self.mesh.offer(picture)
            self.last = picture


class Watch(threading.Thread):
    """Notes once a second where vessels are reckoned to be, own and the other node's."""

    def __init__(self, mesh: Mesh, notes: Notes, feed: Feed | None) -> None:
        super().__init__(daemon=True)
        self.mesh, self.notes, self.feed = mesh, notes, feed
        self.ended = False

    def run(self) -> None:
        """At every whole second."""
        while not self.ended:
            at = float(int(time.time()) + 1)
            time.sleep(max(0.0, at - time.time()))
            if self.feed is not None and self.feed.last is not None:
                self.notes.own.append(_state(at, self.feed.last.vessels, "id"))
            for foreign in self.mesh.foreign():
                self.notes.others.append(_state(at, foreign.rows, "vessel"))


def _state(at: float, rows: Any, id: str) -> Where:
    lat_deg, lon_deg = reckoned({n: getattr(rows, n) for n in STATE}, np.full(len(rows), at))
    return at, getattr(rows, id), lat_deg, lon_deg


class Alarms(threading.Thread):
    """Tells so many alerts a second."""

    def __init__(self, mesh: Mesh, rate: float, delay: float) -> None:
        super().__init__(daemon=True)
        self.mesh, self.rate, self.delay = mesh, rate, delay
        self.ended = False

    def run(self) -> None:
        """Until it is ended."""
        time.sleep(self.delay)
        begun, k = time.monotonic(), 0
        while not self.ended:
            k += 1
            self.mesh.tell(Kind.ALERTS, k, CONTENT | {"vessel": k})
            time.sleep(max(0.0, begun + k / self.rate - time.monotonic()))


def pictures_of(told: dict[str, Any]) -> Pictures:
    """What a node sees: `tracks` played, a `crowd` all of which moves every second, or `jumps` that nobody reckons."""
    if "tracks" in told:
        begin = told.get("begin", SETTLED_S)
        played = Player(load(told["tracks"]), begin, time.time(), told.get("copies", 1)).pictures()
        return moved(played, time.time() + told["moved_after"]) if "moved_after" in told else played
    return crowd(told["crowd"]) if "crowd" in told else jumps(told["jumps"], told["per_second"])


def moved(pictures: Pictures, moment: float) -> Pictures:
    """Pictures in which every vessel is half a mile further north from a moment on, UTC s."""
    done = False
    for due, picture in pictures:
        vessels = picture.vessels
        if due >= moment:
            changed = vessels.changed if done else np.full(len(vessels), picture.sequence)
            vessels, done = vessels.replace(lat_deg=vessels.lat_deg + 0.008, changed=changed), True
        yield due, replace(picture, vessels=vessels)


def crowd(n: int) -> Pictures:
    """Vessels that keep course and speed, a part of them told in each of 25 pictures a second."""
    made, begun, k = Crowd(n), time.time(), 0
    while True:
        rows = np.arange(n) if k == 0 else np.arange(k % PARTS, n, PARTS)
        due = begun + k / PARTS
        yield due, _known(made.picture(rows, max(due, time.time())))
        time.sleep(0.5 / PARTS)  # what is made here must not keep the mesh from the interpreter
        k += 1


def jumps(n: int, per_second: float) -> Pictures:
    """Vessels each of which is elsewhere by 300 m whenever it is told: more news than the link carries."""
    made, begun, k, rng = Crowd(n), time.time(), 0, np.random.default_rng(5)
    each = round(per_second / PARTS)
    while True:
        rows = np.arange(n) if k == 0 else (np.arange(k * each, (k + 1) * each) % n)
        made.lat[rows] += np.where(rng.random(len(rows)) < 0.5, 1, -1) * 300 / 111_000
        due = begun + k / PARTS
        yield due, _known(made.picture(rows, max(due, time.time())))
        k += 1


def _known(picture: Picture) -> Picture:
    n = len(picture.vessels)
    speeds = dict.fromkeys(("cov_uu", "cov_vv"), np.full(n, 0.04))
    speeds |= dict.fromkeys(("cov_uv", "cov_eu", "cov_ev", "cov_nu", "cov_nv"), np.zeros(n))
    return replace(picture, vessels=picture.vessels.replace(**speeds, born=np.full(n, 1e9)))


def main(path: str) -> None:
    """Be a node until standard input ends."""
    told = json.loads(Path(path).read_text())
    identity = Identity.load(told["keys"], told["name"])
    authors, notes = Authors(identity.ca), Notes(identity.author)
    pictures = pictures_of(told["sees"]) if told.get("sees") else None
    me = Self(identity.author, identity.name, identity.certificate, int(time.time()), identity.sign)
    notes.started = time.time()
    profile = PROFILES[told["profile"]]
    links = dict.fromkeys(told.get("links", ()), profile)
    transport = ZenohTransport(identity, told.get("listen", ()), links, profile)
    Watched.notes = notes
    mesh = Watched(me, authors, transport, lambda up: profile, heed=lambda batch: notes.heard.append(_seen(batch)))
    mesh.start()
    feed = None if pictures is None else Feed(mesh, notes, pictures)
    parts: list[Any] = [Watch(mesh, notes, feed)] if told.get("watch") else []
    parts += [feed] if feed is not None else []
    parts += [Alarms(mesh, told["alarms"], told.get("alarms_after", 10.0))] if told.get("alarms") else []
    with _face_of(mesh, notes) if told.get("face") else contextlib.nullcontext() as face:
        print("ready", "" if face is None else face.url, flush=True)
        for part in parts:
            part.start()
        sys.stdin.readline()  # until it is told to end
    for part in parts:
        part.ended = True
    notes.status, notes.processor = mesh.status(), time.process_time()
    Path(told["output"]).write_bytes(pickle.dumps(notes))
    mesh.stop()
    assert mesh.failure is None, mesh.failure


def _face_of(mesh: Mesh, notes: Notes) -> Any:
    from benchmarks.mesh_face import shown

    return shown(mesh, notes)


if __name__ == "__main__":
    main(sys.argv[1])
