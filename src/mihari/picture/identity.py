"""Which identities support a track, and how much: reports -> weights per (track, MMSI)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mihari.core.picture import ClaimedIdentity
from mihari.picture.claims import ClaimBook
from mihari.picture.settings import PictureSettings


class IdentityWeights:
    """Weights of the identities of each track, an average over the last reports; bounded per track.

    >>> from mihari.picture.settings import PictureSettings
    >>> weights = IdentityWeights(PictureSettings())
    >>> weights.support(1, 431000001), weights.support(1, 431000001), weights.support(1, 431000002)
    (True, False, True)
    >>> [(c.mmsi, round(c.weight, 2)) for c in weights.claims(1, ClaimBook(9))]
    [(431000001, 0.67), (431000002, 0.33)]
    """

    def __init__(self, settings: PictureSettings) -> None:
        self._keep = 1.0 - 1.0 / settings.weight_memory
        self._most_of_one = 1.0 / (1.0 - self._keep)
        self._least, self._most = settings.weight_least, settings.identities
        self._of: dict[int, dict[int, float]] = {}
        self._told: dict[int, tuple[int, ...]] = {}

    def support(self, track: int, mmsi: int) -> bool:
        """One more report of `mmsi` supports `track`; whether the order of its identities has changed."""
        weights = self._of.setdefault(track, {})
        if len(weights) == 1 and mmsi in weights and self._told.get(track) == (mmsi,):
            weights[mmsi] = min(weights[mmsi] + 1.0, self._most_of_one)
            return False
        if len(weights) > 1:
            for other in weights:
                weights[other] *= self._keep
            weights[mmsi] = weights.get(mmsi, 0.0) + 1.0
        else:  # an undisputed name needs no average
            weights[mmsi] = min(weights.get(mmsi, 0.0) + 1.0, self._most_of_one)
        if len(weights) > self._most:
            weights.pop(min(weights, key=lambda m: weights[m]))
        order = tuple(self._order(weights))
        changed = order != self._told.get(track)
        self._told[track] = order
        return changed

    def _order(self, weights: dict[int, float]) -> list[int]:
        least = self._least * sum(weights.values())
        return sorted((m for m in weights if weights[m] >= least), key=lambda m: (-weights[m], m))

    def claims(self, track: int, book: ClaimBook) -> tuple[ClaimedIdentity, ...]:
        """The identities of a track, best first, with their weights (summing to at most 1) and all they have told."""
        weights = self._of.get(track, {})
        total = sum(weights.values()) or 1.0
        return tuple(replace(book.get(m), weight=weights[m] / total) for m in self._order(weights))

    def state(self) -> dict[str, list[Any]]:
        """Weights and told orders as JSON values."""
        return {
            "of": [[track, list(weights.items())] for track, weights in self._of.items()],
            "told": [[track, list(order)] for track, order in self._told.items()],
        }

    def restore(self, state: dict[str, list[Any]]) -> None:
        """Put a `state` back."""
        self._of = {track: dict(weights) for track, weights in state["of"]}
        self._told = {track: tuple(order) for track, order in state["told"]}

    def forget(self, track: int) -> None:
        """The track is gone for good."""
        self._of.pop(track, None)
        self._told.pop(track, None)
