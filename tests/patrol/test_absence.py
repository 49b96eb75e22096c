"""What an empty look says: by hand, by Monte Carlo, and through the real path of an aircraft's pictures."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from mihari.core.asset import AssetKind
from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.core.reports import Tick
from mihari.feeds import Chunk, SensorRegistry
from mihari.feeds.klv import KlvFeed
from mihari.feeds.vehicles import Listed, VehicleRoll
from mihari.formats.klv import encode
from mihari.patrol.absence import Believed, after_empty, doubted, unseen
from mihari.patrol.file import PatrolFile
from mihari.patrol.flown import Looked
from mihari.patrol.ground import ground_of
from mihari.pipeline import Pipeline

GROUND = ground_of(
    PatrolFile.model_validate(
        {
            "name": "row", "start": "2026-11-21T00:00:00Z", "hours": 8,
            "area": {"lat_deg": 0.0, "lon_deg": 126.0, "along_km": 60, "across_km": 20, "bearing_deg": 90},
            "demand": [{"name": "all", "every_h": 2, "vessel": "fishing"}],
        }
    )
)  # fmt: skip


def tracks(*places: tuple[float, float], **more: Any) -> Believed:
    lat, lon = np.array(places).T
    count = len(lat)
    told: dict[str, Any] = {"existence": np.full(count, 0.9), "sd": np.full(count, 100.0), "heard": np.zeros(count)}
    told |= {"length": np.full(count, math.nan)} | more
    return Believed(lat_deg=lat, lon_deg=lon, **told)


def middle(cell: int) -> tuple[float, float]:
    return float(GROUND.cells.lat_deg[cell]), float(GROUND.cells.lon_deg[cell])


def test_the_rule_is_that_of_bayes_by_counting_worlds() -> None:
    rng = np.random.default_rng(1)
    there = rng.random(200_000) < 0.7
    seen = there & (rng.random(200_000) < 0.6)
    assert float(after_empty(0.7, 0.6)) == pytest.approx(there[~seen].mean(), abs=0.004)


def test_looks_one_after_the_other_are_one_look_with_the_chance_of_any() -> None:
    assert float(after_empty(after_empty(0.8, 0.5), 0.6)) == pytest.approx(float(after_empty(0.8, 1 - 0.5 * 0.4)))


def test_a_look_doubts_what_is_in_its_cell_and_nothing_else() -> None:
    look = Looked(1, 1000.0, 2000.0, 0.8)
    found = doubted(tracks(middle(0), middle(1), middle(2)), [look], GROUND)
    assert found == pytest.approx([0.9, 0.18 / 0.28, 0.9], abs=1e-6)


def test_what_was_heard_of_since_the_look_began_was_seen_and_what_is_smaller_may_have_been_missed() -> None:
    look = Looked(1, 1000.0, 2000.0, 0.8)
    heard = doubted(tracks(middle(1), heard=np.array([1500.0])), [look], GROUND)
    small = doubted(tracks(middle(1), length=np.array([8.0])), [look], GROUND)
    large = doubted(tracks(middle(1), length=np.array([80.0])), [look], GROUND)
    assert (heard[0], small[0]) == (0.9, 0.9)
    assert large[0] == pytest.approx(0.18 / 0.28)


def test_a_track_whose_place_is_not_well_known_is_doubted_by_the_share_that_was_looked_at() -> None:
    edge = (0.0, float(GROUND.cells.corners[1, 1, 1]))  # between cells 1 and 2
    found = doubted(tracks(edge), [Looked(1, 1000.0, 2000.0, 0.8)], GROUND)
    assert found[0] == pytest.approx(float(after_empty(0.9, 0.4)), abs=1e-3)
    both = doubted(tracks(edge), [Looked(1, 1.0, 2.0, 0.8), Looked(2, 1.0, 2.0, 0.8)], GROUND)
    assert both[0] == pytest.approx(float(after_empty(0.9, 1 - 0.6 * 0.6)), abs=1e-3)


def test_the_input_is_left_as_it_was_and_no_looks_change_nothing() -> None:
    one = tracks(middle(1))
    doubted(one, [Looked(1, 1000.0, 2000.0, 0.8)], GROUND)
    assert doubted(one, [], GROUND).tolist() == [0.9]


def test_weights_of_places_after_a_search_in_vain_and_what_it_would_have_found() -> None:
    weight, chance = np.array([0.6, 0.4]), np.array([0.9, 0.5])
    left, found = unseen(weight, chance)
    assert found == pytest.approx(0.6 * 0.9 + 0.4 * 0.5)
    assert left == pytest.approx([0.06 / 0.26, 0.2 / 0.26])
    with pytest.raises(BadInput, match="place, time, drift or a chance of seeing is wrong"):
        unseen([1.0], [1.0])


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(BadInput, match=re.escape("probabilities and chances lie between 0 and 1")):
        after_empty(0.5, 1.5)


# through the real path: KLV of an aircraft's camera -> looks -> tracks

CORNERS = [(26.03, 126.98), (26.03, 127.02), (26.01, 127.01), (26.01, 126.99)]
BOAT = {"lat_deg": 26.02, "lon_deg": 127.0, "height": 0.0, "sigma_east": 20.0, "sigma_north": 40.0, "sigma_up": 0.0,
        "rho_east_north": 0.0, "rho_east_up": 0.0, "rho_north_up": 0.0}  # fmt: skip


def picture(time: float, processor: bool, boat: bool = False, off_deg: float = 0.0) -> bytes:
    """A packet: what the picture shows, moved by `off_deg` to the east, and what a processor found in it."""
    names = [f"corner_{what}_{k}_deg" for k in range(1, 5) for what in ("lat", "lon")]
    corners = dict(zip(names, [v for lat, lon in CORNERS for v in (lat, lon + off_deg)], strict=True))
    told = {"set": "0601", "time": time, "sensor_lat_deg": 26.0, "sensor_lon_deg": 127.0 + off_deg,
            "sensor_true_altitude": 1000.0, "platform_heading": 0.5, **corners, "version": 19}  # fmt: skip
    targets = {"targets": [{"id": 1, "location": BOAT}]} if boat else {}
    return encode({**told, "vmti": {"version": 6, "targets_in_frame": len(targets), **targets}} if processor else told)


def existence_after(processor: bool, off_deg: float = 0.0) -> tuple[float, float]:
    """Existence of a boat's track that a camera found, and after 20 s of empty pictures."""
    sensors, pipeline, known = SensorRegistry(), Pipeline(), -1
    sensors.roll = VehicleRoll([Listed("tb3", AssetKind.AIRCRAFT, ("eye",), system=1)])
    feed = KlvFeed(0, "eye", sensors, Health(0, "eye", ""))
    told = []
    for k in range(40):
        time = 1000.0 + k
        shown = picture(time, True, boat=True) if k < 20 else picture(time, processor, off_deg=off_deg)
        for look in feed.take(Chunk(time, shown)):
            if sensors.version != known:
                known, sensed = sensors.known()
                pipeline.know(sensed)
            pipeline.take(look)
        pipeline.take(Tick(time))
        if k in (19, 39):
            found = pipeline.tracks(time)
            told.append(float(found.existence.max(initial=0.0)))
    return told[0], told[1]


def test_empty_pictures_of_where_a_track_should_be_take_it_away_through_the_real_path() -> None:
    before, after = existence_after(processor=True)
    assert before > 0.95
    assert after < 0.2


@pytest.mark.parametrize(("processor", "off_deg"), [(False, 0.0), (True, 0.2)])
def test_pictures_that_nobody_looked_at_or_of_elsewhere_say_nothing_of_it(processor: bool, off_deg: float) -> None:
    before, after = existence_after(processor, off_deg)
    assert after > 0.9 * before
