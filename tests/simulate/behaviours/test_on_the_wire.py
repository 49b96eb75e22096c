"""What devices tell while a happening lasts, read back from the bytes of the stations."""

from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from mihari.core.geodesy import inverse
from mihari.formats.ais import decode_bytes
from mihari.simulate import Simulation, load
from mihari.simulate.calls import Behaviour

SPAN = 3600.0
PLAYED = (
    ("ais_off", "inside radar cover"),
    ("ais_off", "short"),
    ("false_position", "offset"),
    ("false_position", "one jump"),
    ("cloned_identity", "clone"),
    ("changed_identity", "at sea"),
    ("distress", "sinking"),
    ("distress", "test"),
)


@pytest.fixture(scope="module")
def simulated(mask):
    strait = load("strait")
    calls = tuple(
        Behaviour(kind, (26.15, 127.0), 20_000.0, start=300.0, end=3300.0, variant=variant, threshold=600.0)
        for kind, variant in PLAYED
    )
    return Simulation(replace(strait, duration=SPAN, traffic=(), behaviours=calls), mask)


@pytest.fixture(scope="module")
def coast(simulated):
    quiet = copy(simulated)
    quiet.antennas = ()  # radars have nothing to say here
    return quiet


@pytest.fixture(scope="module")
def reports(coast):
    """Positions that some station heard: time after the start, MMSI, place and status, in order of time."""
    data = b"".join(d.data for d in coast.stream(SPAN) if d.channel.startswith("ais"))
    decoded = decode_bytes(data)
    assert len(decoded.refused) == 0
    said = decoded.messages
    return said.take(np.isin(said.message_type, (1, 2, 3, 18))), said


def played(coast, kind, variant):
    event = coast.traffic.events[PLAYED.index((kind, variant))]
    assert event.kind == kind
    return event


def of(coast, reports, row):
    """The reports with the MMSI of this row, and when they were heard, s after the start."""
    said = reports[0].take(np.isin(reports[0].mmsi, [coast.vessels.mmsi[row]]))
    return said, said.time - coast.scenario.start


def off(coast, said, time, row):
    """Metres between what was told and where the vessel of `row` truly is."""
    true = coast.traffic.motion.at(time, np.full(len(time), row))
    return inverse(said.lat_deg, said.lon_deg, true.lat_deg, true.lon_deg)[0]


@pytest.mark.parametrize("variant", ["inside radar cover", "short"])
def test_nothing_is_heard_while_the_device_is_off_and_everything_around_it(coast, reports, variant):
    event = played(coast, "ais_off", variant)
    _, time = of(coast, reports, event.vessels[0])
    assert not ((time > event.start + 1) & (time < event.end)).any()
    for start in (event.start - 120, event.end + 15):
        assert ((time > start) & (time < start + 105)).any()


def test_radars_see_it_all_the_while(simulated):
    event = played(simulated, "ais_off", "inside radar cover")
    moments = simulated.scenario.start + np.arange(event.start, event.end, 60.0)
    seen = [simulated.cover(time)[event.vessels[0]].any() for time in moments]
    assert np.mean(seen) > 0.9


def test_false_places_are_told_as_long_as_the_event_lasts(coast, reports):
    for variant, most in (("offset", 1000), ("one jump", 2)):
        event = played(coast, "false_position", variant)
        row = event.vessels[0]
        said, time = of(coast, reports, row)
        away = off(coast, said, time, row)
        during = (time > event.start + 1) & (time < event.end)
        assert (away[during] > 1852).all()
        assert (away[(time < event.start) | (time > event.end + 1)] < 60).all()
        assert 0 < len(np.unique(time[during].round())) <= most


def test_a_clone_tells_the_first_ones_number_from_another_place(coast, reports):
    event = played(coast, "cloned_identity", "clone")
    honest, clone = event.vessels
    said, time = of(coast, reports, honest)
    during = (time > event.start + 1) & (time < event.end)
    by_clone = off(coast, said, time, clone) < 60
    by_honest = off(coast, said, time, honest) < 60
    assert (by_clone | by_honest).all()
    assert (by_clone & during).sum() > 20
    assert (by_honest & during).sum() > 20
    assert not (by_clone & ~during & ((time < event.start) | (time > event.end + 1))).any()


def test_a_changed_name_takes_the_place_of_the_own(coast, reports):
    event = played(coast, "changed_identity", "at sea")
    row = event.vessels[0]
    _, time = of(coast, reports, row)
    assert not ((time > event.start + 1) & (time < event.end)).any()
    said, when = of(coast, reports, row + 1)  # the identity that it takes: the ghost behind it
    assert len(said) > 20
    assert (off(coast, said, when, row) < 60).all()
    assert ((when >= event.start) & (when <= event.end + 1)).all()


def test_a_transmitter_calls_with_its_own_number_and_status_and_no_static_data(coast, reports):
    for variant, status in (("sinking", 14), ("test", -1)):
        event = played(coast, "distress", variant)
        row = event.vessels[0]
        said, when = of(coast, reports, row + 1)
        assert {int(m) // 1_000_000 for m in said.mmsi} <= {970, 974}
        assert len(said) > 0
        assert set(said.status.tolist()) == {status}  # 15, under test, is read as "not told"
        assert (off(coast, said, when, row) < 60).all()
        assert ((when >= event.start) & (when <= event.end + 1)).all()
        sent = reports[1]
        assert not np.isin(sent.message_type[sent.mmsi == said.mmsi[0]], (5, 24)).any()
