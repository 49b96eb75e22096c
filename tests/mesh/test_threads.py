"""A mesh in its own threads, as a node runs it."""

from __future__ import annotations

import time

import numpy as np
from tests.mesh.test_exchange import vessels
from tests.mesh.virtual import Signatures, author_of, sign

from mihari.core.picture import Picture
from mihari.mesh.memory import MemoryNetwork
from mihari.mesh.mesh import Mesh, Self


class Looked(Mesh):
    """Notes whether anybody asked what is due without holding the lock: the other thread changes it meanwhile."""

    unlocked = 0

    def due(self) -> float:
        self.unlocked += not self._lock.locked()
        return super().due()


def test_what_is_due_is_asked_under_the_lock_only():
    network = MemoryNetwork()
    meshes = []
    for name in "ab":
        id = author_of(name)
        me = Self(id, name, f"{id}/{name}".encode(), 1, lambda m, id=id: sign(id, m))
        meshes.append(Looked(me, Signatures(), network.join(id)))
    network.link(author_of("a"), author_of("b"))
    for mesh in meshes:
        mesh.start()
    end = time.monotonic() + 10.0
    sequence = 0
    while time.monotonic() < end and not (meshes[1].foreign() and len(meshes[1].foreign()[0].rows) == 40):
        sequence += 1
        seen = vessels(40, time.time()).replace(changed=np.full(40, sequence))
        meshes[0].offer(Picture(time.time(), sequence, seen))
        time.sleep(0.05)
    heard = meshes[1].foreign()
    for mesh in meshes:
        mesh.stop()
    assert len(heard[0].rows) == 40
    assert [m.unlocked for m in meshes] == [0, 0]
    assert [m.failure for m in meshes] == [None, None]
