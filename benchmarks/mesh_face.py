"""The hearer's screen: the union of what it believes and what it was told, published to a face as a node does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.mesh_notes import Notes
from mihari.core.picture import Picture, Vessels
from mihari.face.launch import Face
from mihari.face.publish import Publisher
from mihari.mesh.mesh import Mesh
from mihari.picture.union import Union

PICTURES_PER_S = 25  # a node publishes after every sector: two radars of 32 sectors in 2.5 s


@contextmanager
def shown(mesh: Mesh, notes: Notes) -> Iterator[Face]:
    """A face that shows what is heard, while the block lasts."""
    union, ended = Union(mesh.me.author, mesh.me.name), threading.Event()
    with Publisher(node={"name": mesh.me.name, "area": ""}) as publisher, Face(publisher.address, 0) as face:

        def publish() -> None:
            sequence, begun = 0, time.monotonic()
            while not ended.is_set():
                sequence += 1
                time.sleep(max(0.0, begun + sequence / PICTURES_PER_S - time.monotonic()))
                now = time.time()
                own = Picture(now, sequence, Vessels.empty())
                mesh.offer(own)
                picture = union.take(own, mesh.foreign(), (), now)
                notes.shown.append((now, picture.sequence))
                publisher.publish(picture)

        thread = threading.Thread(target=publish, name="pictures", daemon=True)
        thread.start()
        try:
            yield face
        finally:
            ended.set()
            thread.join()
