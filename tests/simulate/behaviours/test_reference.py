"""The scenario `behaviours`: everything is in it, and nothing that nobody was told of."""

from itertools import combinations

import numpy as np
import pytest

from mihari.core.geodesy import inverse
from mihari.simulate import load
from mihari.simulate.behaviours import INJECTORS, casts
from mihari.simulate.behaviours.measure import moved, runs
from mihari.simulate.stage import Stage

WORDS = {
    "ais_off": ("inside radar", "outside radar", "short of", "range loss", "outage of"),
    "false_position": ("km off", "circle", "where it was", "another sea", "short of", "one fix", "antenna", "wander"),
    "cloned_identity": ("first one's identity", "short of", "no MMSI was ever"),
    "changed_identity": ("at sea", "short of", "in port"),
    "rendezvous": ("transfer", "short of", "pilot", "bunkering", "trawling"),
    "loitering": ("waits", "short of", "anchor", "hauls"),
    "loitering_cable": ("to and fro", "short of", "fishes", "cable ship"),
    "fleet": ("240 vessels leave together", "short of", "only drifts", "lane"),
    "shadowing": ("follows", "short of", "no turn"),
    "dash": ("runs for the shore", "short of", "along the coast", "pilot"),
    "drifting": ("engine", "short of", "hauls"),
    "distress": ("calls for help", "short of", "test"),
}


@pytest.fixture(scope="module")
def laid_out(mask):
    scenario = load("behaviours")
    return scenario, casts(scenario, Stage.of(scenario, mask.on_land, mask.area.covers), np.random.default_rng(5))


def test_every_variant_of_every_kind_is_in_it(laid_out):
    notes = {kind: [] for kind in INJECTORS}
    for cast in laid_out[1]:
        notes[cast.events[0].kind].append(cast.events[0].note)
    for kind, words in WORDS.items():
        assert len(words) == len({**INJECTORS[kind].REAL, **INJECTORS[kind].ALIKE})
        for word in words:
            assert any(word in note for note in notes[kind]), (kind, word)


def test_no_two_of_different_casts_meet(laid_out):
    """Rendezvous by definition between vessels that belong to different happenings would have no event."""
    scenario, made = laid_out
    time = np.arange(0.0, scenario.duration, 60.0)
    small = [cast for cast in made if len(cast.actors) <= 12]
    sailed = [(n, moved(a.path, time)) for n, cast in enumerate(small) for a in cast.actors if not a.ghost]
    for (n, one), (m, two) in combinations(sailed, 2):
        if n == m:
            continue
        slow = np.flatnonzero((one.speed < 1.03) & (two.speed < 1.03))
        near = np.zeros(len(time), bool)
        near[slow] = inverse(one.lat_deg[slow], one.lon_deg[slow], two.lat_deg[slow], two.lon_deg[slow])[0] < 500
        assert all(end - start < 1800 for start, end in runs(near, time))
