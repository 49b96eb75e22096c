"""Our picture -> TLL sentences for chart displays: position, name and status of a vessel. IEC 61162-1, 8.3 (TLL).

TLL counts vessels from 00 to 99: those without AIS come first, because a display hears AIS itself. It cannot say that a
vessel is part of an exercise, so those are never told.
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import Picture, Source, VesselStatus
from mihari.core.units import DAY_S
from mihari.formats.nmea import datagram_450, encode
from mihari.outlets.teller import EVERY_S, Due, Numbers

LONGEST_NAME = 20
PLAIN = str.maketrans(dict.fromkeys("$*,!\\^~", " "))
LOST = (VesselStatus.FADED, VesselStatus.GONE)


class TllTeller:
    """Each piece is one sentence, or one datagram of IEC 61162-450 where `source` names the speaker ("RA0001").

    `left_out`: vessels of the last picture for which no number was left. `ais`: whether those with AIS are told too.

    >>> from mihari.core.picture import Vessels
    >>> teller = TllTeller()
    >>> teller.offer(Picture(43200.0, 1, Vessels.of(1, id=7, time=43200.0, lat_deg=26.5, lon_deg=127.25, status=0)))
    [b'$RATLL,00,2630.00,N,12715.00,E,#7,120000.00,T,*3A\\r\\n']
    """

    def __init__(self, *, every_s: float = EVERY_S, source: str = "", ais: bool = True) -> None:
        self.source, self.ais, self.left_out = source, ais, 0
        self._due, self._numbers = Due(every_s), Numbers(0, 99)

    def offer(self, picture: Picture) -> list[bytes]:
        """The vessels whose turn it is."""
        vessels = picture.vessels
        told = (vessels.source & Source.EXERCISE == 0) & (self.ais | (vessels.mmsi <= 0))
        self._numbers.keep(set(vessels.id[told].tolist()))
        order = np.flatnonzero(told)
        order = order[np.argsort(vessels.mmsi[order] > 0, kind="stable")]
        numbers = {int(vessels.id[row]): self._numbers.of(int(vessels.id[row])) for row in order}
        self.left_out = sum(number is None for number in numbers.values())
        due = self._due.rows(picture)
        sent = [self._sentence(picture, row, number) for row in due.tolist()
                if (number := numbers.get(int(vessels.id[row]))) is not None]  # fmt: skip
        for vessel in vessels.id[vessels.status == VesselStatus.GONE].tolist():
            self._numbers.free(vessel)
        return [piece for one in sent for piece in self._wrapped(one)]

    def _wrapped(self, sentence: bytes) -> list[bytes]:
        return datagram_450([sentence], self.source) if self.source else [sentence]

    def _sentence(self, picture: Picture, row: int, number: int) -> bytes:
        v = picture.vessels
        return encode({
            "formatter": "TLL", "talker": "RA", "number": number, "lat_deg": round(float(v.lat_deg[row]), 6),
            "lon_deg": round(float(v.lon_deg[row]), 6), "name": _name(picture, row, v.mmsi),
            "time_of_day": round(float(v.time[row]) % DAY_S, 2) % DAY_S,
            "status": "L" if v.status[row] in LOST else "T",
        }, longest=120)  # fmt: skip


def _name(picture: Picture, row: int, mmsi: Array) -> str:
    vessel = int(picture.vessels.id[row])
    identity = picture.identities.get(vessel)
    claimed = identity.claims[0].name if identity and identity.claims else ""
    told = claimed or (identity.called if identity else "") or (f"{mmsi[row]:09d}" if mmsi[row] > 0 else f"#{vessel}")
    return told.translate(PLAIN).encode("ascii", "replace").decode()[:LONGEST_NAME].strip()
