"""This node's own picture -> what its author tells: vessels that have changed, names, what is gone."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from mihari.core.columns import specs
from mihari.core.picture import Identity, Picture, Vessels
from mihari.core.shared import Shared
from mihari.mesh import identities
from mihari.mesh.author import Author
from mihari.mesh.batches import Kind

NAMES_S = 1.0  # between two looks at names
NAMES_AGAIN_S = 1200.0  # a name is told again after so long
NAMES_AT_ONCE = 15  # in a batch: some 60 bytes each
TAKEN = [name for name, _, _ in specs(Shared) if name != "vessel"]


def shared_of(vessels: Vessels, since: int = -1) -> Shared:
    """Vessels of a node's own picture that changed after picture `since`, as they are told.

    Those whose covariance is not known are left out.
    """
    told = (vessels.changed > since) & np.isfinite(vessels.cov_uu) & np.isfinite(vessels.lat_deg)
    rows = np.flatnonzero(told)
    return Shared(vessel=vessels.id[rows], **{name: getattr(vessels, name)[rows] for name in TAKEN})


class Own:
    """Tells what has changed since the last picture."""

    def __init__(self, author: Author) -> None:
        self.author = author
        self.vessels = 0  # in the last picture
        self._sequence = 0
        self._names_at = -math.inf
        self._named: dict[int, tuple[int, float]] = {}  # vessel -> (changed, UTC s at which it was told)

    def see(self, picture: Picture, gone: Iterable[int], now: float) -> None:
        """A picture, and the vessels that have left since the last; `now`: UTC s."""
        vessels = picture.vessels
        self.vessels = len(vessels)
        changed, self._sequence = shared_of(vessels, self._sequence), picture.sequence
        gone = list(gone)
        self.author.see(changed, gone, now)
        left = [v for v in gone if self._named.pop(v, None) is not None]
        if left:
            self.author.forget(Kind.IDENTITIES, left)
        if now - self._names_at >= NAMES_S or now < self._names_at:
            self._names_at = now
            self._tell_names(picture, now)

    def _tell_names(self, picture: Picture, now: float) -> None:
        """Births and names: also of vessels that tell none, since the eldest names a vessel that several nodes hold."""
        vessels, known = picture.vessels, picture.identities
        born = vessels.born.tolist()
        due = [(v, b) for v, b in zip(vessels.id.tolist(), born, strict=True) if self._due(v, known.get(v), now)]
        for at in range(0, len(due), NAMES_AT_ONCE):
            some = due[at : at + NAMES_AT_ONCE]
            body = identities.encode([(b, known[v].claims if v in known else ()) for v, b in some])
            self.author.tell(Kind.IDENTITIES, np.array([v for v, _ in some], np.int64), body, now)
            self._named |= {v: (known[v].changed if v in known else 0, now) for v, _ in some}

    def _due(self, vessel: int, identity: Identity | None, now: float) -> bool:
        changed, at = self._named.get(vessel, (-1, -math.inf))
        return now - at > NAMES_AGAIN_S or changed < (0 if identity is None else identity.changed)
