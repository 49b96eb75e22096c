"""Competing explanations: weights, the evidence table, and fleets whose purpose is known, of seeds not tuned on."""

import numpy as np
import pytest
from hand import FleetBook, block, changes, sail
from made_fleets import MAKERS, drawn

from mihari.behaviours.fleets import Area, AreaKind, Change, Surroundings
from mihari.behaviours.fleets.evidence import EVIDENCE, PRIORS, Purpose
from mihari.behaviours.fleets.explaining import only
from mihari.behaviours.fleets.figures import figures
from mihari.behaviours.fleets.purposes import explanations, weights
from mihari.behaviours.fleets.scene import sound
from mihari.behaviours.fleets.view import view
from mihari.core.picture import Category

JUDGING = range(100, 106)  # the table was set on seeds below 30


@pytest.fixture(scope="module")
def judged():
    return {purpose: [drawn(purpose, seed) for seed in JUDGING] for purpose in MAKERS}


def test_priors_sum_to_one_and_every_purpose_has_evidence():
    assert sum(PRIORS.values()) == pytest.approx(1.0)
    assert {piece.purpose for piece in EVIDENCE} == set(Purpose) == set(PRIORS)


def test_weights_of_every_fleet_sum_to_one_best_first(judged):
    for fleet in (fleet for fleets in judged.values() for fleet in fleets):
        weight = [e.weight for e in fleet.explanations]
        assert sum(weight) == pytest.approx(1.0, abs=1e-9)
        assert weight == sorted(weight, reverse=True)
        assert {e.purpose for e in fleet.explanations} == set(Purpose)


@pytest.mark.parametrize("purpose", MAKERS)
def test_each_purpose_is_recognised(judged, purpose):
    right = [fleet.explanations[0].purpose == purpose for fleet in judged[purpose]]
    assert sum(right) >= len(right) - 2


def test_weights_mean_what_they_say(judged):
    """Of explanations told with a weight above 0.7 nine in ten are true, of those below 0.1 at most one in fifty."""
    told = [
        (e.weight, e.purpose == purpose) for purpose, fleets in judged.items() for f in fleets for e in f.explanations
    ]
    likely, unlikely = [true for w, true in told if w > 0.7], [true for w, true in told if w < 0.1]
    assert np.mean(likely) >= 0.9
    assert np.mean(unlikely) <= 0.02


def seen_after(minutes, scene, around):
    book = FleetBook()
    sail(book, lambda minute: scene, minutes, around=around)
    tracking = book._tracking
    return view(
        book.time, sound(scene)[0], tracking.members, tracking.confirmed(book.time), tracking.held, book.parameters
    )


def test_what_is_not_known_is_evidence_for_nothing():
    scene = block(12, speed_kn=0.3)
    bare = seen_after(12, scene.replace(shore_m=np.full(12, np.nan)), Surroundings())
    found = figures(bare, Surroundings())
    for name in ("in_anchorage", "in_port", "port_nm", "wind", "wave", "shore_nm", "one_large", "one_course"):
        assert np.isnan(found.values[name]).all(), name
    _, worth = weights(found)
    unknown = [k for k, piece in enumerate(EVIDENCE) if np.isnan(found.values[piece.figure]).any()]
    assert (worth[:, unknown] == 0.0).all()


def test_every_figure_of_the_table_is_worked_out():
    found = figures(seen_after(12, block(12), Surroundings()), Surroundings())
    assert {piece.figure for piece in EVIDENCE} <= found.values.keys()


def test_figures_are_those_of_a_scene_checked_by_hand():
    """A row of six, 400 m apart, eastbound at 3 kn, in a lane of 1 km around the third."""
    scene = block(6, speed_kn=3.0, course_deg=90.0, hull_length=[20, 20, 20, 20, 20, 90])
    scene = scene.replace(lat_deg=np.full(6, 30.0), lon_deg=125.0 + np.arange(6) * 400.0 / 96_298.0)
    around = Surroundings((Area(30.0, 125.0 + 800 / 96_298.0, 1000.0, AreaKind.LANE),), wind=7.0)
    found = {name: float(value[0]) for name, value in figures(seen_after(12, scene, around), around).values.items()}
    assert found["in_lane"] == pytest.approx(5 / 6)
    assert found["spacing"] == pytest.approx(400.0, rel=0.01)
    assert found["uneven"] == pytest.approx(0.0, abs=0.01)
    assert found["longer"] > 100
    assert found["lengthwise"] == pytest.approx(1.0)
    assert found["one_course"] == pytest.approx(1.0)
    assert found["speed_kn"] == pytest.approx(3.0)
    assert (found["slow"], found["still"], found["fishing_speed"], found["rafted"]) == (1.0, 0.0, 1.0, 0.0)
    assert found["one_large"] == pytest.approx(4.5)
    assert found["largest_central"] == pytest.approx(1000 / 600, rel=0.01)
    assert found["fishing_types"] == 0.5  # nobody tells a type
    assert found["shore_nm"] == pytest.approx(30_000 / 1852)
    assert found["length_nm"] == pytest.approx(np.sqrt(12 * np.var(np.arange(6) * 400)) / 1852, rel=0.01)
    assert (found["wind"], found["vessels"]) == (7.0, 6.0)


def test_a_part_of_a_view_gives_the_figures_of_the_whole():
    scene = block(12, speed_kn=0.3)
    far = block(15, 40_000.0, first=100, speed_kn=1.0, category=Category.FISHING)
    around = Surroundings(wind=5.0)
    seen = seen_after(12, scene.concatenate([scene, far]), around)
    whole, part = figures(seen, around), figures(only(seen, np.array([False, True])), around)
    assert len(seen.fleets) == 2
    for name in whole.values:
        np.testing.assert_array_equal(whole.values[name][1:], part.values[name], err_msg=name)
    assert explanations(part)[0] == explanations(whole)[1]


def test_a_place_is_named():
    around = Surroundings((Area(30.02, 125.02, 8000.0, AreaKind.ANCHORAGE, "Outer roads"),))
    steps = sail(FleetBook(), lambda minute: block(9, category=Category.CARGO, status=1), 12, around=around)
    best = steps[-1].fleets[0].explanations[0]
    assert best.purpose == Purpose.ANCHORAGE
    assert best.because.startswith("for it: 100 % in a known anchorage (Outer roads)")


def test_another_purpose_is_told_when_it_has_been_the_likeliest_for_ten_minutes():
    def scene(minute):
        if minute < 40:
            return block(9, category=Category.FISHING, speed_kn=1.0, shore_m=3000.0)
        return block(9, category=Category.CARGO, status=1, shore_m=3000.0)

    steps = sail(FleetBook(), scene, 80)
    (change,) = changes(steps, Change.PURPOSE)
    first = next(
        k for k, s in enumerate(steps) if s.fleets and s.fleets[0].explanations[0].purpose == Purpose.ANCHORAGE
    )
    assert change.time == steps[first].time + 600
    assert "instead of fishing" in change.because
