"""Figures of fleets -> competing explanations of their purpose, weights that sum to 1, and what speaks for each."""

from __future__ import annotations

import numpy as np

from mihari.behaviours.fleets.evidence import EVIDENCE, PRIORS, Piece, Purpose
from mihari.behaviours.fleets.figures import Figures
from mihari.core.behaviour import Explanation
from mihari.core.columns import Array

PURPOSES = tuple(PRIORS)
WORTH_SAYING = 0.2  # nats: what moves the odds less than by a fifth is not worth an officer's time
MOST = 3  # pieces told for and against each
FEWEST_WEIGHT = 0.02  # below it a purpose is told without reasons


def worth(piece: Piece, values: Array) -> Array:
    """(g,) what a piece of evidence is worth, nats.

    >>> piece = Piece(Purpose.FISHING, "speed_kn", (2.0, 4.0), -1.0, 1.0, "")
    >>> worth(piece, np.array([1.0, 2.5, 9.0, np.nan])).tolist()
    [-1.0, -0.5, 1.0, 0.0]
    """
    share = np.clip((values - piece.at[0]) / (piece.at[1] - piece.at[0]), 0.0, 1.0)
    return np.where(np.isnan(share), 0.0, piece.low + (piece.high - piece.low) * share)


def weights(figures: Figures) -> tuple[Array, Array]:
    """(g, purposes) weights that sum to 1 for each fleet, and (g, pieces) what each piece is worth."""
    values = [worth(piece, figures.values[piece.figure]) for piece in EVIDENCE]
    value = np.column_stack(values)
    odds = np.tile(np.log([PRIORS[purpose] for purpose in PURPOSES]), (len(value), 1))
    for k, piece in enumerate(EVIDENCE):
        odds[:, PURPOSES.index(piece.purpose)] += value[:, k]
    likely = np.exp(odds - odds.max(axis=1, keepdims=True))
    return likely / likely.sum(axis=1, keepdims=True), value


def explanations(figures: Figures) -> list[tuple[Explanation, ...]]:
    """For each fleet, the likeliest first; of equals in the order of `Purpose`."""
    weight, value = weights(figures)
    made = []
    for k in range(len(weight)):
        of_purpose = {purpose: float(weight[k, i]) for i, purpose in enumerate(PURPOSES)}
        ranked = sorted(PURPOSES, key=lambda purpose: -of_purpose[purpose])
        made.append(
            tuple(Explanation(str(p), of_purpose[p], _because(p, of_purpose[p], k, value, figures)) for p in ranked)
        )
    return made


def _because(purpose: Purpose, weight: float, k: int, value: Array, figures: Figures) -> str:
    """What speaks for it and against it, strongest first, with the figures."""
    if weight < FEWEST_WEIGHT:
        return "next to nothing speaks for it"
    mine = [(float(value[k, i]), piece) for i, piece in enumerate(EVIDENCE) if piece.purpose is purpose]
    ranked = sorted(mine, key=lambda both: -abs(both[0]))
    parts = []
    for word, sign in (("for it: ", 1.0), ("against it: ", -1.0)):
        told = [piece for nats, piece in ranked if sign * nats >= WORTH_SAYING][:MOST]
        if told:
            parts.append(word + ", ".join(_said(piece, k, figures) for piece in told))
    if purpose is Purpose.UNKNOWN and not parts:
        return "what is left when nothing else fits well"
    return "; ".join(parts) or "nothing speaks for it or against it"


def _said(piece: Piece, k: int, figures: Figures) -> str:
    """A piece in words, with the name of the place where it is about one."""
    place = figures.near.get(piece.figure.removeprefix("in_").removesuffix("_nm"))
    area = place.area[k] if place else None
    name = f" ({area.name})" if area and area.name else ""
    return piece.says.format(float(figures.values[piece.figure][k])).replace("%", " %") + name
