"""Patterns of fishing, cables, anchors and small craft, and their plays: the proof holds, every variant finds room."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.library import load
from mihari.library.cases import beside, load_cases
from mihari.library.pattern import FOLDER
from mihari.library.proof import prove
from mihari.simulate.episodes import COASTS, PLAYS, episode
from mihari.simulate.episodes.making import laid_on

NAMES = (
    "cable_crawl",
    "fishing_in_closed",
    "disguised_fishing",
    "pair_trawling",
    "longline_hauling",
    "purse_seine_set",
    "cable_survey",
    "anchor_drags",
    "anchor_over_cable",
    "closed_by_night",
    "night_dash",
    "out_and_back",
    "waits_unlit",
    "swarm_leaves",
    "fleet_turns",
)
SEEDS = range(8)  # of which one at least must find room


@pytest.mark.parametrize("name", NAMES)
def test_the_proof_of_a_pattern_holds(name: str) -> None:
    pattern = load(name)
    assert pattern.path is not None
    cases = load_cases(beside(pattern.path))
    assert prove(pattern, cases).problem == ""
    assert {case.coast for case in cases} == {"nansei"}, "the other coasts judge"


@pytest.mark.parametrize("name", NAMES)
def test_a_pattern_says_where_it_is_from_and_what_to_look_for(name: str) -> None:
    file = load(name).file
    assert len(file.references) >= 2
    assert len(file.innocent) >= 2
    assert len(file.look.checklist) >= 3
    assert file.look.sensor
    assert all(parameter.source for parameter in file.parameter)
    assert len(PLAYS[name].real) >= 2
    assert len(PLAYS[name].alike) >= 4
    assert (FOLDER / f"{name}.cases.parquet").stat().st_size <= 150_000


@pytest.mark.parametrize("name", NAMES)
def test_a_play_is_the_same_for_the_same_seed(name: str) -> None:
    first, again = (episode(name, "nansei", real=True, seed=3).episode for _ in range(2))
    assert first.events == again.events
    assert first.mmsi == again.mmsi
    np.testing.assert_array_equal(first.heard.reports.lat_deg, again.heard.reports.lat_deg)
    np.testing.assert_array_equal(first.echoes.lon_deg, again.echoes.lon_deg)


@pytest.mark.slow
@pytest.mark.parametrize("coast", list(COASTS))
@pytest.mark.parametrize("name", NAMES)
def test_every_variant_finds_room_on_every_coast(name: str, coast: str) -> None:
    play = PLAYS[name]
    variants = [(variant, real) for real, some in ((True, play.real), (False, play.alike)) for variant in some]
    without = [v for v, real in variants if not any(laid_on(play, COASTS[coast], v, real, seed) for seed in SEEDS)]
    assert without == []
