"""What the simulated AIS stations send, read back with our own decoder and with pyais."""

from itertools import islice

import numpy as np
import pytest

from mihari.core.geodesy import inverse
from mihari.core.units import KNOT
from mihari.formats.ais import decode_bytes
from mihari.sensors.ais import SLOT_S
from mihari.simulate.transponders import Transponders, together

POSITIONS = (1, 2, 3, 18)


@pytest.fixture(scope="module", params=[0, 1])
def station(request, strait, datagrams):
    """(station, its datagrams, the messages in them)."""
    own = [d for d in datagrams if d.channel == f"ais-{request.param}"]
    decoded = decode_bytes(b"".join(d.data for d in own))
    assert len(decoded.refused) == 0
    assert decoded.tag_refused == 0
    return strait.scenario.stations[request.param], own, decoded.messages


def rows_by_mmsi(strait):
    v = strait.vessels
    return {int(m): k for k, m in enumerate(v.mmsi) if m}


def test_positions_match_the_truth_at_the_time_of_the_tag_block(strait, station):
    which, _, messages = station
    row_of, late = rows_by_mmsi(strait), 0.03 if which.milliseconds else 1.03
    said = messages.take(np.isin(messages.message_type, POSITIONS))
    assert len(said) > 800
    rows = np.array([row_of[m] for m in said.mmsi.tolist()])
    truth = strait.traffic.motion.at(said.time - SLOT_S - strait.scenario.start, rows)
    off, _ = inverse(said.lat_deg, said.lon_deg, truth.lat_deg, truth.lon_deg)
    assert np.all(off < 15.0 + truth.speed * late)  # six standard deviations, and the way in the clock's unit
    assert np.abs(said.speed - truth.speed).max() < 0.7 * KNOT
    assert np.all(said.second >= 0)


def test_a_vessel_without_ais_never_speaks(strait, station):
    _, _, messages = station
    known = set(rows_by_mmsi(strait))
    known |= {s.mmsi for s in strait.scenario.stations} | {a.mmsi for a in strait.scenario.aids}
    assert set(messages.mmsi.tolist()) <= known
    assert 0 not in messages.mmsi


def test_all_kinds_of_message_are_sent(strait):
    from mihari.simulate import Simulation

    data = b"".join(d.data for d in Simulation(strait.scenario, strait.mask).stream(370.0) if d.channel == "ais-1")
    messages = decode_bytes(data).messages
    assert set(messages.message_type.tolist()) == {1, 3, 4, 5, 18, 21, 24}
    static = messages.static
    names = dict(zip(static.mmsi.tolist(), static.name.tolist(), strict=True))
    v = strait.vessels
    heard = [k for k in np.flatnonzero(v.device == "A") if int(v.mmsi[k]) in names]
    assert len(heard) > 150
    assert all(names[int(v.mmsi[k])] == v.name[k] for k in heard)
    length = dict(zip(static.mmsi.tolist(), (static.bow + static.stern).tolist(), strict=True))
    assert all(abs(length[int(v.mmsi[k])] - v.hull_length[k]) <= 1.5 for k in heard)


def test_both_stations_hear_the_same_ships(strait, datagrams):
    heard = []
    for k in (0, 1):
        data = b"".join(d.data for d in datagrams if d.channel == f"ais-{k}")
        heard.append(set(decode_bytes(data).messages.mmsi.tolist()))
    assert len(heard[0] & heard[1]) > 100
    assert heard[0] != heard[1]


def test_an_independent_decoder_accepts_every_sentence(station):
    pyais = pytest.importorskip("pyais")
    _, own, messages = station
    lines = b"".join(d.data for d in own).splitlines()
    count = 0
    for message in pyais.IterMessages(lines):
        assert message.is_valid
        count += 1
    assert count == len(messages)


def test_datagrams_come_when_the_message_is_complete(station):
    _, own, messages = station
    assert len(own) == len(messages)
    told = messages.time
    sent = np.array([d.time for d in own])
    assert np.all(sent - told >= 0)
    assert np.all(sent - told < 1.1)


def on_the_air(simulation, seconds, seed):
    """What all devices send in the first `seconds` s."""
    transponders = Transponders(simulation.scenario, simulation.traffic)
    return together(list(islice(transponders.air(np.random.default_rng(seed)), seconds)))


def test_position_reports_keep_the_intervals_of_the_standard(strait):
    air = on_the_air(strait, 400, 5)
    transponders = Transponders(strait.scenario, strait.traffic)
    position = np.array([isinstance(message, bytes) for message in air.message])
    assert set(air.vessel[position]) == set(np.flatnonzero(strait.vessels.has_ais))
    for row in np.unique(air.vessel[position]).tolist():
        elapsed = air.time[position & (air.vessel == row)] - strait.scenario.start
        rows = np.full(len(elapsed), row)
        moving, turn = strait.traffic.motion.at(elapsed, rows), strait.traffic.motion.turn(elapsed, rows)
        expected = transponders.intervals(rows, moving, turn)[:-1]
        gaps = np.diff(elapsed)
        assert np.all(np.abs(gaps - expected) <= 0.02 * expected + 2 * SLOT_S)


def test_messages_start_at_slots_and_in_order(strait):
    air = on_the_air(strait, 60, 6)
    elapsed = air.time[air.vessel >= 0] - strait.scenario.start
    assert len(elapsed) > 500
    assert np.all(np.diff(elapsed) >= 0)
    assert np.abs(elapsed / SLOT_S - np.rint(elapsed / SLOT_S)).max() < 1e-3


def test_static_data_come_every_six_minutes_from_every_device(strait):
    air = on_the_air(strait, 1100, 7)
    named = [(row, time) for row, time, m in zip(air.vessel, air.time, air.message, strict=True)
             if row >= 0 and not isinstance(m, bytes) and m.get("part") != 1]  # fmt: skip
    rows, times = np.array([row for row, _ in named]), np.array([time for _, time in named])
    assert set(rows) == set(np.flatnonzero(strait.vessels.has_ais))
    for row in np.unique(rows).tolist():
        assert np.diff(times[rows == row]) == pytest.approx(360.0, abs=0.001)
        assert 3 <= np.count_nonzero(rows == row) <= 4
