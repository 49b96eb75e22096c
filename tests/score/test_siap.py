"""SIAP against Stone Soup: association, attributes and continuity, on random pictures."""

import itertools

import numpy as np
import pytest

from mihari.score.near import close_pairs
from mihari.score.siap import runs, siap
from stone_soup import at

CUTOFF = 12.0
MEASURED = ("completeness", "ambiguity", "spuriousness", "position", "velocity", "longest")
TITLES = {
    "completeness": "SIAP Completeness",
    "ambiguity": "SIAP Ambiguity",
    "spuriousness": "SIAP Spuriousness",
    "position": "SIAP Position Accuracy",
    "velocity": "SIAP Velocity Accuracy",
    "changes": "SIAP Rate of Track Number Change",
    "longest": "SIAP Longest Track Segment",
}


def picture(rng, instants=12, holes=False):
    """Rows (time, id, x, vx, y, vy) of vessels, and of tracks that follow a vessel, then perhaps another."""
    truth, tracks = [], []
    vessels = {}
    for vessel in range(rng.integers(1, 5)):
        begin, end = sorted(rng.integers(0, instants + 1, 2))
        way = rng.uniform(0, 40, 2)[:, None] + np.cumsum(rng.normal(0, 3, (2, instants)), axis=1)
        vessels[vessel] = np.stack([way[0], np.gradient(way[0]), way[1], np.gradient(way[1])])
        truth += [(float(k), vessel, *vessels[vessel][:, k]) for k in range(begin, max(end, begin + 2)) if k < instants]
    for track in range(100, 100 + rng.integers(0, 6)):
        begin, end = sorted(rng.integers(0, instants + 1, 2))
        vessel, turn = rng.integers(0, len(vessels), 2), rng.integers(0, instants)
        for k in range(begin, end):
            if holes and rng.random() < 0.15:
                continue
            state = vessels[vessel[int(k >= turn)]][:, k] + rng.normal(0, [2, 1, 2, 1])
            tracks.append((float(k), track, *state))
    return np.array(truth).reshape(-1, 6), np.array(tracks).reshape(-1, 6)


def followed(truth, tracks):
    """(follows, position error, velocity error) of each track row: the nearest vessel of the moment."""
    follows = np.full(len(tracks), -1)
    position, velocity = np.full(len(tracks), np.nan), np.full(len(tracks), np.nan)
    for time in np.unique(tracks[:, 0]):
        t, k = truth[truth[:, 0] == time], np.flatnonzero(tracks[:, 0] == time)
        row, _ = close_pairs(t[:, [2, 4]], tracks[k][:, [2, 4]], CUTOFF).nearest_row()
        some = row >= 0
        follows[k[some]] = t[row[some], 1]
        away = tracks[k[some]] - t[row[some]]
        position[k[some]], velocity[k[some]] = np.hypot(away[:, 2], away[:, 4]), np.hypot(away[:, 3], away[:, 5])
    return follows, position, velocity


def ours(truth, tracks):
    return siap(truth[:, 0], truth[:, 1].astype(int), tracks[:, 0], tracks[:, 1].astype(int), *followed(truth, tracks))


def stone_soup(truth, tracks):
    """The same attributes by Stone Soup, tracks put to the nearest truth by its own associator."""
    from stonesoup.dataassociator.tracktotrack import TrackToTruth
    from stonesoup.measures import Euclidean
    from stonesoup.metricgenerator.manager import MultiManager
    from stonesoup.metricgenerator.tracktotruthmetrics import SIAPMetrics
    from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState
    from stonesoup.types.state import State
    from stonesoup.types.track import Track

    def paths(rows, state, path):
        mine = [rows[rows[:, 1] == one] for one in np.unique(rows[:, 1])]
        return {path([state(r[2:], timestamp=at(r[0])) for r in some]) for some in mine}

    metric = SIAPMetrics(position_measure=Euclidean((0, 2)), velocity_measure=Euclidean((1, 3)))
    associator = TrackToTruth(
        association_threshold=CUTOFF, consec_pairs_confirm=1, consec_misses_end=1, measure=Euclidean((0, 2))
    )
    manager = MultiManager([metric], associator=associator)
    manager.add_data(
        {"groundtruth_paths": paths(truth, GroundTruthState, GroundTruthPath), "tracks": paths(tracks, State, Track)}
    )
    found = manager.generate_metrics()["siap_generator"]
    return {name: found[title].value for name, title in TITLES.items()}


def plain(truth, tracks):
    """Whether Stone Soup counts the changes of track number as its own documentation says, which is where no stretch
    ends at the moment at which it is begun to be counted, and where no track comes back to a vessel."""
    follows, _, _ = followed(truth, tracks)
    found = runs(tracks[:, 0], tracks[:, 1].astype(int), follows)
    once = len(set(zip(found.vessel, found.track, strict=True))) == len(found.vessel)
    following = follows >= 0
    taken = {(v, t) for t, v in zip(tracks[following, 0], follows[following], strict=True)}
    for vessel in set(found.vessel.tolist()):
        mine = found.vessel == vessel
        times = sorted(t for v, t in taken if v == vessel)
        reached = -np.inf
        for time in times:
            if time <= reached:
                continue
            here = mine & (found.begin <= time) & (time <= found.end)
            reached = found.end[here].max()
            once &= bool(reached > time)
    return once


def test_the_attributes_equal_stone_soup():
    rng = np.random.default_rng(1)
    cases = compared = 0
    for _ in range(300):
        truth, tracks = picture(rng)
        stretches = runs(tracks[:, 0], tracks[:, 1].astype(int), followed(truth, tracks)[0])
        if len(tracks) == 0 or (stretches.begin == stretches.end).any():
            continue  # Stone Soup knows no stretch of a single moment
        cases += 1
        found, told = ours(truth, tracks), stone_soup(truth, tracks)
        for name in MEASURED:
            assert getattr(found, name) == pytest.approx(told[name], abs=1e-9), name
        if plain(truth, tracks):
            compared += 1
            assert found.changes == pytest.approx(told["changes"], abs=1e-9)
    assert cases > 100
    assert compared > 50


def fewest(stretches, moments):
    """The least number of stretches that hold all moments which any of them holds, by trying all."""
    held = {m for m in moments for a, b in stretches if a <= m <= b}
    for number in range(len(stretches) + 1):
        for some in itertools.combinations(stretches, number):
            if held == {m for m in moments for a, b in some if a <= m <= b}:
                return number
    return None


def test_changes_of_track_number_are_the_fewest_that_are_needed():
    rng = np.random.default_rng(2)
    for _ in range(100):
        truth, tracks = picture(rng, holes=True)
        follows, _, _ = followed(truth, tracks)
        found = runs(tracks[:, 0], tracks[:, 1].astype(int), follows)
        needed, covered = 0, 0.0
        for vessel in set(found.vessel.tolist()):
            mine = found.vessel == vessel
            stretches = list(zip(found.begin[mine].tolist(), found.end[mine].tolist(), strict=True))
            needed += fewest(stretches, range(12)) - 1
            halves = np.arange(0.25, 12, 0.5)
            covered += 0.5 * sum(any(a <= h <= b for a, b in stretches) for h in halves)
        told = needed / covered if covered else 0.0
        assert ours(truth, tracks).changes == pytest.approx(told, abs=1e-9)


def test_nothing_to_judge_is_told_as_stone_soup_tells_it():
    none = np.zeros(0)
    found = siap(none, none.astype(int), none, none.astype(int), none.astype(int), none, none)
    assert (found.completeness, found.ambiguity, found.spuriousness, found.changes, found.longest) == (0, 1, 0, 0, 0)
