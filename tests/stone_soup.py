"""Random pictures as Stone Soup's types: the oracle of the scores."""

import datetime

import numpy as np

START = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC).replace(tzinfo=None)


def at(seconds):
    return START + datetime.timedelta(seconds=float(seconds))


def states(points, seconds=0.0):
    """(n, d) points as Stone Soup's states of one time."""
    from stonesoup.types.state import State

    return [State(point, timestamp=at(seconds)) for point in np.asarray(points, float)]


def scene(rng, vessels=None, tracks=None, size=60.0, dimensions=2):
    """Points of vessels and of tracks: some near a vessel, some anywhere."""
    n = rng.integers(0, 9) if vessels is None else vessels
    m = rng.integers(0, 9) if tracks is None else tracks
    truth, estimate = rng.uniform(0, size, (n, dimensions)), rng.uniform(0, size, (m, dimensions))
    near = rng.random(m) < 0.7 if n else np.zeros(m, bool)
    if n:
        estimate[near] = truth[rng.integers(0, n, near.sum())] + rng.normal(0, 4, (near.sum(), dimensions))
    return truth, estimate
