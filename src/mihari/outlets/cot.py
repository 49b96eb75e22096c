"""Our picture -> Cursor on Target, for a TAK server (a stream) or the mesh (datagrams): one event a vessel."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from mihari.core.picture import Picture
from mihari.formats.cot import build, events_of, to_proto
from mihari.formats.cot.vessels import STALE_S
from mihari.outlets.teller import EVERY_S, Due

FORMS = ("xml", "proto")


class CotTeller:
    """Each piece is one event. `form`: xml or proto, may be changed at any time (a server agrees to it, see
    `formats.cot.negotiation`); `stream`: for a TCP connection rather than datagrams. `flagged` and `friends` as in
    `formats.cot.events_of`, may be replaced at any time. ValueError for another form.

    >>> from mihari.core.picture import Vessels
    >>> teller = CotTeller("kume")
    >>> pieces = teller.offer(Picture(0.0, 1, Vessels.of(1, id=7, time=0.0, lat_deg=1.0, lon_deg=1.0)))
    >>> len(pieces), b'uid="mihari.kume.7"' in pieces[0]
    (1, True)
    """

    def __init__(
        self, node: str = "mihari", *, every_s: float = EVERY_S, form: str = "xml", stream: bool = True,
        friends: Set[int] = frozenset(), flagged: Mapping[int, str] | None = None,
    ) -> None:  # fmt: skip
        if form not in FORMS:
            raise ValueError(f"form {form!r}: expected one of {', '.join(FORMS)}")
        self.node, self.form, self.stream, self.friends, self.flagged = node, form, stream, friends, flagged or {}
        self.stale_s = max(STALE_S, 3 * every_s)  # two told in vain before it fades on other maps
        self._due = Due(every_s)

    def offer(self, picture: Picture) -> list[bytes]:
        """One piece for each vessel whose turn it is."""
        rows = self._due.rows(picture)
        if not len(rows):
            return []
        some = replace(picture, vessels=picture.vessels.take(rows))
        events = events_of(some, self.node, self.friends, self.flagged, self.stale_s)
        return [to_proto(event, self.stream) if self.form == "proto" else build(event) for event in events]
