"""Bundles of patterns between a node's records and the mesh: those offered here go out, others' come in, to be held.

A node tells all that it offers in one state, brief enough for thin links, and the bytes in pieces, which wide links
carry alone. What has come whole, by its SHA-256, is looked at once and held until a person takes it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mihari.alerts.records import Records
from mihari.core.errors import BadInput, ConfigError
from mihari.library import offers
from mihari.library.exchange import Trust
from mihari.library.offers import Offer
from mihari.mesh import states
from mihari.mesh.batches import Batch, Kind, Stream
from mihari.mesh.mesh import Mesh

log = logging.getLogger("mihari.mesh")

PIECE = 30_000  # bytes: an eighth of a second of the thinnest link that carries them
SLOT = 1024  # keys of one bundle's pieces


class Bundles:
    """`name_of`: a node's name by its author id; `trust`: the file of who is believed, "" none."""

    def __init__(self, mesh: Mesh, records: Records, name_of: Callable[[str], str], trust: str) -> None:
        self._mesh, self._records, self._name_of, self._trust = mesh, records, name_of, trust
        self._told: dict[str, tuple[int, int]] | None = None  # bundle -> (its slot, its pieces); None: nothing yet
        self._slot = 0
        self._read: dict[Stream, int] = {}  # of each node's announcements: the last that was looked at
        self._wanted: dict[Stream, dict[str, tuple[int, int]]] = {}  # bundle -> (slot, bytes) that is awaited
        self.refused = 0
        self.problem = ""  # the last sentence of what was refused
        offers.judge_again(records)

    def status(self) -> dict[str, object]:
        """Bundles told, awaited, refused in this run; the last sentence of what was refused."""
        awaited = sum(len(wanted) for wanted in self._wanted.values())
        return {"told": len(self._told or ()), "awaited": awaited, "refused": self.refused, "problem": self.problem}

    # out

    def tell(self) -> None:
        """What is offered here, where that has changed."""
        with self._records.read() as connection:
            own = offers.listed(connection, own=True)
            if self._told is not None and {one.sha256 for one in own} == self._told.keys():
                return
            new = [one for one in own if self._told is None or one.sha256 not in self._told]
            files = {one.sha256: offers.data_of(connection, one) for one in new}
        told = dict(self._told or {})
        for sha256 in told.keys() - {one.sha256 for one in own}:
            slot, count = told.pop(sha256)
            for k in range(count):
                self._mesh.put(Kind.PIECES, slot * SLOT + k, b"")
        for sha256, data in files.items():
            self._slot += 1
            told[sha256] = self._slot, _count(len(data))
        rows = [offers.brief(one) | {"slot": told[one.sha256][0]} for one in own]
        self._mesh.put(Kind.PATTERNS, 0, states.encode([{"offers": rows}]))
        for sha256, data in files.items():
            for k in range(told[sha256][1]):
                self._mesh.put(Kind.PIECES, told[sha256][0] * SLOT + k, data[k * PIECE : (k + 1) * PIECE])
        self._told = told

    # in

    def take(self) -> None:
        """Hold what others offer, and what has come of it."""
        batches = self._mesh.held(Kind.PATTERNS)
        there = {batch.stream for batch in batches}
        for old in [stream for stream in self._read if stream not in there]:
            del self._read[old]
            self._wanted.pop(old, None)
        for batch in batches:
            if self._read.get(batch.stream, 0) < batch.seq:
                self._announced(batch)
                self._read[batch.stream] = batch.seq
        if any(self._wanted.values()):
            self._collect()

    def _announced(self, batch: Batch) -> None:
        """All that a node offers."""
        node = batch.stream.author
        try:
            rows = _rows(batch)
        except BadInput as problem:
            self._refuse(node, str(problem))
            return
        except Exception as bug:
            log.exception("what %s offers could not be read", self._name_of(node) or node)
            self._refuse(node, f"what it offers: not read by an error in this program ({type(bug).__name__})")
            return
        if len(rows) > offers.OFFERS_MOST:
            self._refuse(node, f"{len(rows)} bundles of patterns: expected at most {offers.OFFERS_MOST}")
            rows = rows[: offers.OFFERS_MOST]
        offers.announced(self._records, node, self._name_of(node) or node, [offer for offer, _ in rows])
        with self._records.read() as connection:
            coming = {o.sha256 for o in offers.listed(connection) if o.node == node and o.state == "coming"}
        self._wanted[batch.stream] = {o.sha256: (slot, o.size) for o, slot in rows if o.sha256 in coming}

    def _collect(self) -> None:
        """Put together what is whole by now."""
        pieces: dict[tuple[str, int], dict[int, bytes]] = {}
        for batch in self._mesh.held(Kind.PIECES):
            for key in batch.keys.tolist():
                pieces.setdefault((batch.stream.author, batch.stream.epoch), {})[key] = batch.body
        for stream, wanted in self._wanted.items():
            there = pieces.get((stream.author, stream.epoch), {})
            for sha256, (slot, size) in list(wanted.items()):
                some = [there.get(slot * SLOT + k, b"") for k in range(_count(size))]
                if all(some):
                    self._whole(stream.author, sha256, b"".join(some))
                    del wanted[sha256]

    def _whole(self, node: str, sha256: str, data: bytes) -> None:
        if hashlib.sha256(data).hexdigest() != sha256:
            self._refuse(node, f"a bundle of patterns: its bytes are not those of {sha256[:12]}, which it offers")
            return
        offer = offers.received(self._records, node, data, self._believed())
        if offer is not None and offer.state == "refused":
            self._refuse(node, offer.problem)

    def _believed(self) -> Trust | None:
        try:
            return Trust.load(Path(self._trust).expanduser()) if self._trust else None
        except ConfigError as problem:
            if self.problem != str(problem):
                self.problem = str(problem)
                log.warning("bundles of other nodes wait: %s", problem)
            raise

    def _refuse(self, node: str, sentence: str) -> None:
        self.refused += 1
        self._mesh.heard.refused[node, "patterns"] += 1
        self.problem = f"refused of {self._name_of(node) or node}: {sentence}"
        log.warning("%s", self.problem)


def _rows(batch: Batch) -> Sequence[tuple[Offer, int]]:
    """What a node offers, each with its slot; BadInput where it tells none."""
    (told,) = states.decode(batch.body, 1)
    rows: Any = told.get("offers")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise BadInput("what a node offers: expected a list of bundles")
    slots = [row.get("slot") for row in rows]
    if not all(type(slot) is int and 0 < slot < 1 << 40 for slot in slots):
        raise BadInput("what a node offers: expected a number for each bundle")
    return [(offers.announced_of(row), slot) for row, slot in zip(rows, slots, strict=True)]


def _count(size: int) -> int:
    """How many pieces a bundle has."""
    return -(-size // PIECE)
