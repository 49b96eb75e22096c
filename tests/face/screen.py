"""A browser's memory for the tests: applies frames as the page does and checks what it may rely on."""

from __future__ import annotations

from typing import Any

from mihari.core.picture import Vessels
from mihari.face import frames
from mihari.face.frames import Kind
from mihari.face.rows import Rows, rows_of

Row = tuple[int, ...]


def row_tuples(rows: Rows) -> dict[int, Row]:
    """Vessel id -> all of its wire numbers."""
    tables = (rows.words.T.tolist(), rows.halves.T.tolist(), rows.octets.T.tolist())
    return {w[0]: (*w, *h, *o) for w, h, o in zip(*tables, strict=True)}


def expected(vessels: Vessels, base: float) -> dict[int, Row]:
    """What a screen must show of these vessels."""
    return row_tuples(rows_of(vessels, base))


class Screen:
    """What a browser shows after the frames it was given."""

    def __init__(self) -> None:
        self.shown: dict[int, Row] = {}
        self.sequence = 0
        self.kinds: list[Kind] = []
        self.messages: list[dict[str, Any]] = []
        self.identities: dict[int, Any] = {}
        self.plots = 0
        self.picture, self.base = -1, 0.0

    def take(self, raw: bytes) -> Kind:
        """Apply one frame; numbers run from 1 without a gap, the first vessels are a snapshot."""
        frame = frames.decode(raw)
        assert frame.sequence == self.sequence + 1
        self.sequence, self.picture = frame.sequence, frame.picture
        self.kinds.append(frame.kind)
        if frame.kind in (Kind.SNAPSHOT, Kind.DELTA):
            self._take_rows(frame)
        elif frame.kind == Kind.JSON:
            self._take_message(frames.decode_json(frame))
        elif frame.kind == Kind.PLOTS:
            self.plots += len(frames.decode_plots(frame)[0])
        return frame.kind

    def _take_rows(self, frame: frames.Frame) -> None:
        rows, removed = frames.decode_rows(frame)
        news = row_tuples(rows)
        assert not set(removed.tolist()) & set(news)
        if frame.kind == Kind.SNAPSHOT:
            self.shown, self.base = {}, frame.base
        else:
            assert Kind.SNAPSHOT in self.kinds
            assert frame.base == self.base
        assert set(removed.tolist()) <= set(self.shown)
        self.shown.update(news)
        for vessel in removed.tolist():
            del self.shown[vessel]

    def _take_message(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        if message["type"] == "identities":
            self.identities.update({i["vessel"]: i["claims"] for i in message["identities"]})
