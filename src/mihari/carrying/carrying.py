"""The thread that carries what officers learn between the node's records and the mesh."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from mihari.alerts.records import Records
from mihari.carrying.bundles import Bundles
from mihari.carrying.cases import CaseEdits
from mihari.core.errors import MihariError
from mihari.mesh.batches import Batch, Kind
from mihari.mesh.mesh import Mesh

log = logging.getLogger("mihari.mesh")

LOOK_S = 0.5


class Carrying:
    """`name_of`: a node's name by its author id; `trust`: the file of whose patterns are believed, "" none."""

    def __init__(self, mesh: Mesh, name_of: Callable[[str], str], trust: str = "") -> None:
        self._mesh, self._name_of, self._trust = mesh, name_of, trust
        self._records: Records | None = None
        self._cases: CaseEdits | None = None
        self._bundles: Bundles | None = None
        self._news = threading.Event()  # batches of others have come
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mesh cases", daemon=True)

    def start(self, address: str) -> None:
        """Begin; `address`: of the node's records, "" where it keeps none: then others' edits are passed on alone."""
        if address:
            self._records = Records(address, self._mesh.clock)
            self._news.set()
            self._thread.start()

    def stop(self) -> None:
        """End; an edit that is being taken is whole or not there."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(2.0)
        if self._records is not None:
            self._records.close()

    def heed(self, batch: Batch) -> None:
        """A batch of another node's; called by the mesh, which must not wait."""
        if batch.stream.kind in (Kind.CASES, Kind.FILES, Kind.PATTERNS, Kind.PIECES):
            self._news.set()

    def status(self) -> dict[str, Any]:
        """What was told and taken."""
        cases, bundles = self._cases, self._bundles
        return {"cases": cases and cases.status(), "bundles": bundles and bundles.status()}

    def look(self) -> bool:
        """Tell and take what there is; whether more waits."""
        assert self._records is not None
        if self._cases is None or self._bundles is None:
            self._cases = CaseEdits(self._mesh, self._records, self._name_of)
            self._bundles = Bundles(self._mesh, self._records, self._name_of, self._trust)
        more = self._cases.tell()
        self._bundles.tell()
        if self._news.is_set():
            self._news.clear()
            try:
                self._cases.take()
                self._bundles.take()
            except BaseException:
                self._news.set()  # nothing was taken: it is asked again
                raise
        return more

    def _run(self) -> None:
        more, told = True, ""
        while not self._stopping.wait(0.05 if more else LOOK_S):
            more = False
            try:
                more = self.look()
            except MihariError:
                pass  # the records do not answer: the desk tells
            except Exception as bug:
                if repr(bug) != told:  # it is tried again twice a second
                    log.exception("cases could not be passed on")
                told = repr(bug)
