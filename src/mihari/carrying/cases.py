"""Edits of cases between a node's records and the mesh: those made here go out, those made elsewhere come in.

What is told is the node's own edits, the newest first after a start, each signed by the batch that it comes in; what
others told stays in the mesh's store until it is in the records, so nothing is lost while the records do not answer.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import orjson

from mihari.alerts.records import Records
from mihari.carrying.files import CaseFiles
from mihari.cases import exchange, tellers
from mihari.cases.edit import Edit, edit_object
from mihari.core.errors import FormatError, MihariError
from mihari.mesh import parts
from mihari.mesh.batches import Batch, Kind, Stream
from mihari.mesh.mesh import Mesh
from mihari.mesh.parts import Part

log = logging.getLogger("mihari.mesh")

TOLD_MOST = 24 << 20  # bytes of own edits told in one run, less than `bulk` lets others hold
TEXT_MOST = 100_000  # bytes of one edit: `edit.VALUE_MAX` and what is around it


class CaseEdits:
    """`name_of`: a node's name by its author id."""

    def __init__(self, mesh: Mesh, records: Records, name_of: Callable[[str], str]) -> None:
        self._mesh, self._records, self._name_of = mesh, records, name_of
        self._files = CaseFiles(mesh, records)
        self._name = tellers.sign_as(records, mesh.me.author)
        with records.read() as connection:
            newest = tellers.newest(connection)
        self._above, self._below = newest, newest + 1
        self._octets = 0
        self._taken: dict[Stream, set[int]] = {}
        self.told = self.came = self.refused = self.left = 0
        self.problem = ""  # the last sentence of what was refused

    def status(self) -> dict[str, object]:
        """Edits told, taken and refused in this run; left: own ones that are more than a run tells; a sentence."""
        counted = {"told": self.told, "taken": self.came, "refused": self.refused, "left": self.left}
        return counted | {"files": self._files.status(), "problem": self.problem}

    # out

    def tell(self) -> bool:
        """What was said here since the last time, and a piece of what was said before; whether there is more."""
        with self._records.read() as connection:
            new, arrived = tellers.made_here(connection, self._name, above=self._above)
            old, before = tellers.made_here(connection, self._name, below=self._below)
        self._above = max(arrived, default=self._above)
        self._below = min(before, default=1)
        self._send([*zip(arrived, new, strict=True), *zip(before, old, strict=True)])
        self._files.tell([*new, *old])
        return self._below > 1 or len(new) == tellers.AT_ONCE

    def _send(self, edits: Sequence[tuple[int, Edit]]) -> None:
        for body in parts.bodies(self._bounded(edits)):
            self._mesh.append(Kind.CASES, body)

    def _bounded(self, edits: Iterable[tuple[int, Edit]]) -> Iterator[tuple[int, bytes]]:
        for number, edit in edits:
            text = orjson.dumps(edit_object(edit))
            if self._octets + len(text) > TOLD_MOST:
                self.left += 1
                self.problem = f"{self.left} edits of cases are not told: a run tells {TOLD_MOST >> 20} MiB of them"
                continue
            self._octets += len(text)
            self.told += 1
            yield number, text

    # in

    def take(self) -> None:
        """Keep what others told and what is whole by now."""
        held: dict[Stream, list[Batch]] = defaultdict(list)
        for batch in self._mesh.held(Kind.CASES):
            held[batch.stream].append(batch)
        self._taken = {stream: seqs for stream, seqs in self._taken.items() if stream in held}
        for stream, batches in held.items():
            done = self._taken.setdefault(stream, set())
            self._take(stream.author, [batch for batch in batches if batch.seq not in done], done)
        self._files.take()

    def _take(self, node: str, batches: Sequence[Batch], done: set[int]) -> None:
        """New batches of one node; `done` grows by those of which nothing is left to wait for."""
        pieces: dict[int, dict[int, Part]] = defaultdict(dict)
        wait: dict[int, set[int]] = {}  # batch -> the texts that it is a part of
        for batch in batches:
            try:
                found = parts.decode(batch.body)
            except FormatError as problem:
                self._refuse(node, [str(problem)])
                done.add(batch.seq)
                continue
            wait[batch.seq] = {part.number for part in found}
            for part in found:
                pieces[part.number][part.at] = part
        whole = {number for number, some in pieces.items() if len(some) == next(iter(some.values())).of}
        self._keep(node, [_text(pieces[number]) for number in sorted(whole)])
        done |= {seq for seq, numbers in wait.items() if numbers <= whole}

    def _keep(self, node: str, texts: Sequence[bytes]) -> None:
        """In a transaction; where that fails by an error in this program, one by one: the others are kept."""
        if not texts:
            return
        try:
            refused = self._kept(node, texts)
        except MihariError:
            raise  # the records do not answer: nothing was taken
        except Exception as bug:
            if len(texts) > 1:
                for text in texts:
                    self._keep(node, [text])
                return
            log.exception("an edit of a case of %s could not be kept", self._name_of(node) or node)
            refused = [f"an edit of a case: not kept by an error in this program ({type(bug).__name__})"]
        self._refuse(node, refused)

    def _kept(self, node: str, texts: Sequence[bytes]) -> list[str]:
        """Keep edits; a sentence for each that was refused."""
        objects, refused = [], []
        for text in texts:
            try:
                objects.append(orjson.loads(text if len(text) <= TEXT_MOST else b""))
            except orjson.JSONDecodeError:
                refused.append("an edit of a case: expected one object of JSON")
        edits, unread = exchange.read(objects)
        name = self._name_of(node) or node
        taken = exchange.take(self._records, edits, self._mesh.clock(), name, node)
        self.came += taken.new
        return [*refused, *unread, *taken.refused]

    def _refuse(self, node: str, sentences: Sequence[str]) -> None:
        if not sentences:
            return
        name = self._name_of(node) or node
        self.refused += len(sentences)
        self._mesh.heard.refused[node, "case edit"] += len(sentences)
        more = f"; and {len(sentences) - 1} more" if len(sentences) > 1 else ""
        self.problem = f"refused of {name}: {sentences[0]}{more}"
        log.warning("%s", self.problem)


def _text(some: dict[int, Part]) -> bytes:
    """A text of its parts."""
    return b"".join(some[at].text for at in sorted(some))
