"""Our picture -> ASTERIX 062 and the status of our service (065), for another centre. EUROCONTROL-SPEC-0149-9, -15."""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import Picture, Source, Vessels, VesselStatus
from mihari.core.units import DAY_S
from mihari.formats.asterix import encode_service, encode_system_tracks
from mihari.formats.asterix.system_tracks import Status, SystemTracks
from mihari.outlets.teller import EVERY_S, Due, Numbers

TENTATIVE_BELOW = 0.9  # existence
SERVICE_S = 10.0  # the status of the service, so that a centre knows that silence is no failure


class SystemTrackTeller:
    """Each piece is one datagram. `sac`, `sic`: who we are. A vessel keeps its track number until it is gone.

    >>> from mihari.core.picture import Vessels
    >>> teller = SystemTrackTeller(12, 34)
    >>> [piece[0] for piece in teller.offer(Picture(0.0, 1, Vessels.of(1, id=7, time=0.0, lat_deg=1.0, lon_deg=1.0)))]
    [65, 62]
    """

    def __init__(self, sac: int, sic: int, *, every_s: float = EVERY_S) -> None:
        self.source, self.left_out = sac << 8 | sic, 0
        self._due, self._numbers, self._begun = Due(every_s), Numbers(0, 0xFFFF), set[int]()
        self._served = -np.inf

    def offer(self, picture: Picture) -> list[bytes]:
        """The status of our service where it is due, then the vessels whose turn it is."""
        pieces = []
        if not 0 <= picture.time - self._served < SERVICE_S:
            self._served = picture.time
            pieces.append(encode_service(self.source, picture.time % DAY_S))
        rows = self._due.rows(picture)
        numbers = [self._numbers.of(vessel) for vessel in picture.vessels.id[rows].tolist()]
        self.left_out = sum(number is None for number in numbers)
        kept = np.array([number is not None for number in numbers], bool)
        told = self._tracks(picture, rows[kept], [number for number in numbers if number is not None])
        pieces += encode_system_tracks(told)
        gone = picture.vessels.id[picture.vessels.status == VesselStatus.GONE].tolist()
        here = set(picture.vessels.id.tolist()) - set(gone)
        self._numbers.keep(here)
        self._begun = (self._begun | set(picture.vessels.id[rows].tolist())) & here
        return pieces

    def _tracks(self, picture: Picture, rows: Array, numbers: list[int]) -> SystemTracks:
        v = picture.vessels.take(rows)
        return SystemTracks.of(
            len(v),
            source=self.source,
            time_of_day=v.time % DAY_S,
            track_number=numbers,
            status=self._status(v),
            lat_deg=v.lat_deg,
            lon_deg=v.lon_deg,
            east_mps=v.east_mps,
            north_mps=v.north_mps,
            cov_ee=v.cov_ee,
            cov_en=v.cov_en,
            cov_nn=v.cov_nn,
            velocity_sd_east=np.sqrt(v.cov_uu),
            velocity_sd_north=np.sqrt(v.cov_vv),
            orientation=v.heading,
            identification=[_name(picture, vessel) for vessel in v.id.tolist()],
            age=np.maximum(picture.time - np.fmax(v.heard_radar, v.heard_ais), 0.0),
        )

    def _status(self, v: Vessels) -> Array:
        begun = np.array([vessel not in self._begun for vessel in v.id.tolist()], bool)
        bits = np.full(len(v), int(Status.SURFACE), np.int64)
        for flag, holds in (
            (Status.TENTATIVE, v.existence < TENTATIVE_BELOW),
            (Status.ENDED, v.status == VesselStatus.GONE),
            (Status.BEGUN, begun & (v.status != VesselStatus.GONE)),
            (Status.COASTED, (v.status == VesselStatus.COASTING) | (v.status == VesselStatus.FADED)),
            (Status.SIMULATED, v.source & Source.EXERCISE != 0),
        ):
            bits |= np.where(holds, int(flag), 0)
        return bits


def _name(picture: Picture, vessel: int) -> str:
    identity = picture.identities.get(vessel)
    claim = identity.claims[0] if identity and identity.claims else None
    return "" if claim is None else (claim.call_sign or claim.name)[:8].strip()
