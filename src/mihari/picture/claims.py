"""What each MMSI has said of itself, merged: Claims rows -> the fullest claim per MMSI."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import Category, ClaimedIdentity
from mihari.core.reports import Claims, Subject


def category_of(ship_type: int, subject: int) -> Category:
    """Coarse type of a vessel from its ship type (M.1371-5 table 53) and from who speaks.

    >>> category_of(70, 0).name, category_of(30, 0).name, category_of(-1, Subject.SART).name, category_of(52, 0).name
    ('CARGO', 'FISHING', 'DISTRESS', 'SERVICE')
    """
    if subject >= Subject.SART:
        return Category.DISTRESS
    if subject == Subject.AIRCRAFT:
        return Category.AIRCRAFT
    if ship_type in (36, 37):
        return Category.PLEASURE
    if ship_type == 30:
        return Category.FISHING
    if ship_type in (31, 32, 33, 34, 35) or 50 <= ship_type <= 59:
        return Category.SERVICE
    tens = {4: Category.HIGH_SPEED, 6: Category.PASSENGER, 7: Category.CARGO, 8: Category.TANKER}
    return tens.get(ship_type // 10, Category.OTHER if ship_type > 0 else Category.UNKNOWN)


def identity_of(claims: Claims, row: int) -> ClaimedIdentity:
    """One row of claims as the identity it tells, with full weight."""
    length = float(claims.bow[row]) + float(claims.stern[row])
    beam = float(claims.port[row]) + float(claims.starboard[row])
    draught = float(claims.draught[row])
    return ClaimedIdentity(
        mmsi=int(claims.mmsi[row]),
        weight=1.0,
        imo=int(claims.imo[row]),
        name=str(claims.name[row]),
        call_sign=str(claims.call_sign[row]),
        destination=str(claims.destination[row]),
        ship_type=int(claims.ship_type[row]),
        length=length if math.isfinite(length) and length > 0 else None,
        beam=beam if math.isfinite(beam) and beam > 0 else None,
        draught=draught if math.isfinite(draught) and draught > 0 else None,
        device=str(claims.device[row]),
        navigation_status=int(claims.status[row]),
        subject=int(claims.subject[row]),
    )


def merged(old: ClaimedIdentity, new: ClaimedIdentity) -> ClaimedIdentity:
    """`old` with what `new` tells; what `new` leaves out stays.

    >>> a = ClaimedIdentity(7, 1.0, name="MAAS", ship_type=70)
    >>> merged(a, ClaimedIdentity(7, 1.0, destination="NAHA")).name
    'MAAS'
    """
    return replace(
        old,
        imo=new.imo or old.imo,
        name=new.name or old.name,
        call_sign=new.call_sign or old.call_sign,
        destination=new.destination or old.destination,
        ship_type=new.ship_type if new.ship_type >= 0 else old.ship_type,
        length=old.length if new.length is None else new.length,
        beam=old.beam if new.beam is None else new.beam,
        draught=old.draught if new.draught is None else new.draught,
        device=new.device or old.device,
        navigation_status=new.navigation_status if new.navigation_status >= 0 else old.navigation_status,
        subject=new.subject,
    )


def bare(claims: Claims) -> Array:
    """(n,) whether a row tells no more than MMSI, subject, status and device: what position reports tell."""
    silent = (claims.imo == 0) & (claims.name == "") & (claims.call_sign == "") & (claims.destination == "")
    measured = np.isfinite(claims.bow) | np.isfinite(claims.port) | np.isfinite(claims.draught)
    return np.asarray(silent & (claims.ship_type < 0) & ~measured)


class ClaimBook:
    """MMSI -> the merged claim, for at most `limit` MMSI; the longest unheard leave first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: dict[int, ClaimedIdentity] = {}

    def __len__(self) -> int:
        return len(self._known)

    def state(self) -> dict[int, ClaimedIdentity]:
        """All that is known, the longest unheard first."""
        return dict(self._known)

    def restore(self, known: dict[int, ClaimedIdentity]) -> None:
        """Know this and nothing else."""
        self._known = dict(known)

    def get(self, mmsi: int) -> ClaimedIdentity:
        """What is known of an MMSI; a bare one if nothing is."""
        return self._known.get(mmsi) or ClaimedIdentity(mmsi, 1.0)

    def same(self, mmsi: int, status: int, device: str) -> bool:
        """Whether a claim of no more than these tells nothing new; quick, for the many position reports."""
        known = self._known.get(mmsi)
        return (
            known is not None
            and (status < 0 or known.navigation_status == status)
            and (not device or known.device == device)
        )

    def hear(self, claims: Claims, row: int) -> bool:
        """Take in one claim; whether it told anything new."""
        new = identity_of(claims, row)
        old = self._known.pop(new.mmsi, None)
        both = new if old is None else merged(old, new)
        self._known[new.mmsi] = both
        if len(self._known) > self._limit:
            self._known.pop(next(iter(self._known)))
        return both != old
