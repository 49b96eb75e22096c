"""Bytes of evidence between a node's records and the mesh: small ones of what was said here go out, others' come in.

What has come whole is kept once an edit here names its hash: nobody can fill this node's disk with anything else.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from mihari.alerts.actions import Conflict, Unknown
from mihari.alerts.records import Records
from mihari.cases import evidence, files
from mihari.cases.edit import Edit
from mihari.cases.files import Blob
from mihari.core.errors import BadInput
from mihari.mesh.batches import Batch, Kind, Stream
from mihari.mesh.mesh import Mesh
from mihari.mesh.unreadable import UNREADABLE

SIZE_MOST = 256 << 10  # bytes of one piece: a track of 3,000 points, a dossier, a still; no clip
TOLD_MOST = 16 << 20  # bytes told in one run
PIECE = 30_000  # bytes, as of bundles
SLOT = 16  # keys of one file
Key = tuple[Stream, int]  # a file that others tell


class Piece(msgspec.Struct, array_like=True, frozen=True):
    """Piece `at` of `of`, counted from 0, of the file with that hash."""

    sha256: bytes
    at: int
    of: int
    data: bytes


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Piece)


class CaseFiles:
    """Small files of evidence."""

    def __init__(self, mesh: Mesh, records: Records) -> None:
        self._mesh, self._records = mesh, records
        self._hashes: set[str] = set()  # told in this run
        self._octets = 0
        self._done: set[Key] = set()
        self.told = self.came = self.left = 0
        self.problem = ""  # why there is no room for what came

    def status(self) -> dict[str, object]:
        """Files told and kept in this run; left: too large to travel, or more than a run tells; a sentence."""
        return {"told": self.told, "taken": self.came, "left": self.left, "problem": self.problem}

    def tell(self, edits: Iterable[Edit]) -> None:
        """The bytes that these edits, made here, name as evidence."""
        for edit in edits:
            named = evidence.named(edit)
            if named is None or named[0] in self._hashes:
                continue
            sha256, size = named
            self._hashes.add(sha256)
            if size > SIZE_MOST or self._octets + size > TOLD_MOST:
                self.left += 1
                continue
            try:
                data = files.bytes_of(self._records, sha256)
            except (Unknown, Conflict):
                continue  # it is gone, or was changed: its hash travels alone
            self._octets += len(data)
            self.told += 1
            count = -(-len(data) // PIECE)
            for k in range(count):
                piece = Piece(bytes.fromhex(sha256), k, count, data[k * PIECE : (k + 1) * PIECE])
                self._mesh.put(Kind.FILES, len(self._hashes) * SLOT + k, _ENCODER.encode(piece))

    def take(self) -> None:
        """Keep what is whole by now and named by an edit."""
        pieces: dict[Key, dict[int, Batch]] = defaultdict(dict)
        for batch in self._mesh.held(Kind.FILES):
            for number in batch.keys.tolist():
                pieces[batch.stream, number // SLOT][number % SLOT] = batch
        self._done &= pieces.keys()
        whole = {key: data for key in pieces.keys() - self._done if (data := self._whole(key, pieces[key])) is not None}
        wanted = evidence.wanted(self._records, [Blob(data, "").sha256 for data in whole.values()])
        for key, data in whole.items():
            blob = Blob(data, "")
            if blob.sha256 in wanted.missing and not self._keep(blob, wanted):
                return
            if blob.sha256 in wanted.here:
                self._done.add(key)

    def _keep(self, blob: Blob, wanted: evidence.Wanted) -> bool:
        """Whether there was room for it."""
        try:
            evidence.hold(self._records, blob)
        except (BadInput, OSError) as problem:  # asked again when something else comes
            self.problem = str(problem)
            return False
        wanted.missing.discard(blob.sha256)
        wanted.here.add(blob.sha256)
        self.came += 1
        return True

    def _whole(self, key: Key, some: Mapping[int, Batch]) -> bytes | None:
        """The bytes of a file; None where there are not all of them. What is none of a file is refused once."""
        found: dict[int, Piece] = {}
        try:
            for batch in some.values():
                piece = _DECODER.decode(batch.body)
                found[piece.at] = piece
        except UNREADABLE:
            self._refuse(key)
            return None
        first = next(iter(found.values()))
        if not 0 < first.of <= SLOT or len(found) < first.of:
            return None
        data = b"".join(found[at].data for at in sorted(found))
        if not 0 < len(data) <= SIZE_MOST or hashlib.sha256(data).digest() != first.sha256:
            self._refuse(key)
            return None
        return data

    def _refuse(self, key: Key) -> None:
        self._done.add(key)
        self._mesh.heard.refused[key[0].author, "evidence"] += 1
