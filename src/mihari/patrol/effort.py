"""Probability of areas, sweep rates, hours to spend -> how long to search each area so that most is found.

An area that holds the searched-for with probability p, swept at rate w for a time t, gives it up with probability
p (1 - exp(-w t)) (Koopman's random search); w is sweep width times speed over the size of the area, `sweep_rate`.
Several resources that search one area add up: exp(-Σ w t). Whatever unit of time the rates are in, efforts are in too.

One resource: Charnes and Cooper, "The theory of search: optimum distribution of search effort", Management Science 5
(1958) 44-50. Several: Washburn, "Finite method for a nonlinear allocation problem", J. Optimization Theory and
Applications 85 (1995) 705-726, has the problem; here the single-resource optima are taken in turn until nothing moves,
from a start in the interior, since from nothing that takes hundreds of turns. What is found is concave in the efforts,
and they are bounded resource by resource, so that no other distribution beats the one nothing moves in.

Fails where looks depend on each other, where the searched-for moves between areas, and where travel between areas
costs time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.errors import BadInput

Floats = NDArray[np.float64]

SETTLED = 1e-10  # of all probability: what the best may find beyond the one returned
TURNS = 200  # at most, each resource after the other, once the start is near; usually one
STEPS = 80  # at most, of the interior start; 10 to 25 are usual
INSIDE = 0.99  # of the way to the next bound that a step may go


def sweep_rate(sweep_width: ArrayLike, speed: ArrayLike, area: ArrayLike) -> Floats:
    """Rate in 1/s at which a craft of `sweep_width` m and `speed` m/s covers an `area` in m².

    >>> round(float(3600 * sweep_rate(2000.0, 50.0, 360e6)), 9)  # 360 km² an hour
    1.0
    """
    return np.asarray(np.multiply(sweep_width, speed) / np.asarray(area, dtype=np.float64))


def found(weight: ArrayLike, rate: ArrayLike, time: ArrayLike) -> float:
    """Probability that a search finds: Σ p (1 - exp(-Σ w t)).

    weight: (n,); rate, time: (n,) or (n, k), of one resource or k.

    >>> round(found([0.5, 0.5], [[1.0, 1.0], [0.0, 1.0]], [[1.0, 1.0], [0.0, 1.0]]), 4)  # (1 - e⁻²)/2 + (1 - e⁻¹)/2
    0.7484
    """
    p, w, t = (np.asarray(value, dtype=np.float64) for value in (weight, rate, time))
    depth = w * t if w.ndim == 1 else (w * t).sum(axis=1)
    return float(-(p * np.expm1(-depth)).sum())


def beatable_by(weight: ArrayLike, rate: ArrayLike, time: ArrayLike) -> float:
    """What another distribution of the same efforts can find beyond this one, at the most.

    weight: (n,); rate, time: (n, k). The slope of `found`, followed to the best corner: since `found` is concave, it
    rises less than that.

    >>> round(beatable_by([1.0, 1.0], [[1.0], [1.0]], [[1.0], [1.0]]), 12)  # evenly is best
    0.0
    """
    p, w, t = (np.asarray(value, dtype=np.float64) for value in (weight, rate, time))
    slope = w * (p * np.exp(-(w * t).sum(axis=1)))[:, None]
    return float((t.sum(axis=0) * slope.max(axis=0, initial=0.0)).sum() - (slope * t).sum())


def one_resource(weight: ArrayLike, rate: ArrayLike, effort: float) -> Floats:
    """Time (n,) for each area that finds most, in all `effort`; nothing where no area is worth any. Exact.

    weight, rate: (n,), not below 0; weights need not sum to 1. In the best distribution what the next moment finds,
    p w exp(-w t), is the same in all areas that are searched, and less in all others (Charnes and Cooper 1958). Areas
    are taken in the order of p w until the next is worth less than that.

    >>> one_resource([0.5, 0.5], [1.0, 1.0], 3.0).tolist()
    [1.5, 1.5]
    >>> one_resource([0.9, 0.1], [1.0, 1.0], 1.0).tolist()  # e⁻¹ of 0.9 is still more than 0.1
    [1.0, 0.0]
    """
    p, w = _checked(weight, rate, (effort,))
    if w.ndim != 1:
        raise BadInput(f"rates of shape {w.shape} for one resource; expected one rate for each area")
    return _one(_log(p), w, float(effort))


def several_resources(weight: ArrayLike, rate: ArrayLike, effort: ArrayLike) -> Floats:
    """Time (n, k) for each area and resource that finds most, each resource having its own `effort` (k,).

    weight: (n,), rate: (n, k), not below 0. What is found is within `SETTLED` of the best; `beatable_by` proves it. Not
    always so where rates differ a hundred-millionfold and some area could be swept ten thousand times over: then
    `TURNS` may not suffice. How resources share areas need not be unique: two that are alike can be exchanged.

    >>> several_resources([0.5, 0.5], [[1.0, 0.1], [0.1, 1.0]], [1.0, 1.0]).tolist()  # each where it is good
    [[1.0, 0.0], [0.0, 1.0]]
    """
    efforts = np.atleast_1d(np.asarray(effort, dtype=np.float64))
    p, w = _checked(weight, rate, efforts)
    if w.ndim != 2 or w.shape[1] != len(efforts):
        raise BadInput(f"rates of shape {w.shape} for {len(efforts)} resources; expected a column for each")
    time = np.zeros_like(w)
    areas, used = (p * w.max(axis=1, initial=0.0)) > 0, ((p[:, None] * w).max(axis=0, initial=0.0) * efforts) > 0
    part = np.ix_(areas, used)
    if used.sum() == 1:
        k = int(np.flatnonzero(used)[0])
        time[:, k] = _one(_log(p), w[:, k], float(efforts[k]))
    elif used.any():
        time[part] = _in_turn(p[areas] / p.sum(), w[part], efforts[used])
    return time


def _checked(weight: ArrayLike, rate: ArrayLike, efforts: ArrayLike) -> tuple[Floats, Floats]:
    p, w, total = (np.asarray(value, dtype=np.float64) for value in (weight, rate, efforts))
    if p.ndim != 1 or w.ndim not in (1, 2) or len(w) != len(p):
        raise BadInput(f"weights of shape {p.shape} with rates of shape {w.shape}; expected one weight for each area")
    for name, values in (("weights", p), ("rates", w), ("efforts", total)):
        if not np.isfinite(values).all() or (values < 0).any():
            raise BadInput(f"{name} must be numbers from 0 up")
    return p, w


def _log(value: Floats) -> Floats:
    """Logarithms; -inf of 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(value))


def _one(log_weight: Floats, w: Floats, effort: float) -> Floats:
    """`one_resource` of weights given by their logarithms: what others leave of an area may be too little for a number.

    >>> _one(np.array([-2000.0, -2001.0]), np.ones(2), 2.0).tolist()
    [1.5, 0.5]
    """
    time = np.zeros_like(w)
    height = log_weight + _log(w)
    worth = np.flatnonzero(height > -np.inf)
    if effort <= 0 or not len(worth):
        return time
    order = worth[np.argsort(-height[worth], kind="stable")]
    height, spread = height[order], 1 / w[order]
    spreads, heights = np.cumsum(spread), np.cumsum(height * spread)
    taken = max(int(np.count_nonzero(heights - height * spreads < effort)), 1)  # effort that levels all with the last
    level = (heights[taken - 1] - effort) / spreads[taken - 1]  # logarithm of what the next moment finds
    time[order[:taken]] = np.maximum(height[:taken] - level, 0.0) * spread[:taken]
    return np.asarray(time * (effort / time.sum()))


def _in_turn(p: Floats, w: Floats, efforts: Floats) -> Floats:
    """Each resource's optimum given the others', one after the other, from a start in the interior."""
    time = _interior(p, w * efforts) * efforts
    for _ in range(TURNS):
        for k in range(len(efforts)):
            others = (w * time).sum(axis=1) - w[:, k] * time[:, k]
            time[:, k] = _one(np.log(p) - others, w[:, k], float(efforts[k]))
        if beatable_by(p, w, time) <= SETTLED:
            break
    return time


def _interior(p: Floats, w: Floats) -> Floats:
    """Shares (n, k) of each resource's effort, near the best, by a primal-dual interior point method.

    w: (n, k), rate times effort. Shares x > 0 of each column sum to 1; `slack` s > 0 is what a share would have to find
    more to be worth while, `price` λ what each resource's effort is worth: slope + s = λ and x s = a target that goes
    to 0 with what is left to find (Boyd and Vandenberghe, Convex Optimization, 2004, section 11.7). The Hessian is of
    rank one in each area.
    """
    n, k = w.shape
    x = np.full((n, k), 1 / n)
    slope = w * (p * np.exp(-(w * x).sum(axis=1)))[:, None]
    price = 1.1 * slope.max(axis=0) + 1e-3 / n
    slack = price - slope
    for _ in range(STEPS):
        gap = beatable_by(p, w, x)
        if gap < 0.1 * SETTLED:
            break
        target = 0.1 * gap / (n * k)
        left = p * np.exp(-(w * x).sum(axis=1))
        loose = x / slack
        stretch = loose * w
        gain = left / (1 + left * (stretch * w).sum(axis=1))
        wanted = left[:, None] * w - price + target / x
        alone = loose * wanted - stretch * (gain * (stretch * wanted).sum(axis=1))[:, None]
        shared = np.diag(loose.sum(axis=0)) - (stretch * gain[:, None]).T @ stretch
        short = 1 - x.sum(axis=0)
        change = np.linalg.solve(shared, alone.sum(axis=0) - short)
        step = alone - (loose * change - stretch * (gain * (stretch @ change))[:, None])
        slack_step = target / x - slack - step / loose
        x = x + _far(x, step) * step
        far = _far(slack, slack_step)
        slack, price = slack + far * slack_step, price + far * change
    return np.asarray(x / x.sum(axis=0))


def _far(value: Floats, step: Floats) -> float:
    """Share of a step that keeps all values above 0."""
    down = step < 0
    return min(1.0, INSIDE * float((value[down] / -step[down]).min())) if down.any() else 1.0
