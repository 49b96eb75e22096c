"""The IMC feed: telemetry, bearings told hours late from where they were heard, AIS heard aboard, answers."""

import math
import random

import dpkt
import numpy as np
import pytest

from fuzzing import survives
from mihari.core.asset import AssetKind
from mihari.core.health import Health
from mihari.core.reports import Batch, ReportKind, Sector, Tick
from mihari.core.sensor import SensorKind
from mihari.feeds import Chunk, FeedAddress, SensorRegistry, open_stage
from mihari.feeds.imc import VEHICLES, WAITING
from mihari.feeds.replay import recorded
from mihari.feeds.vehicles import Listed
from mihari.formats.ais import encode as ais
from mihari.formats.imc import encode, goto, plan, start
from mihari.simulate.recordings import frame

NOW = 1.8e9
GLIDER = 30
LISTED = (Listed("glider", AssetKind.UNDERWATER, ("sea",), GLIDER),)


def stage(listed=LISTED, scheme="udp://:6002?format=imc&name=sea"):
    sensors = SensorRegistry()
    sensors.roll.listed = tuple(listed)
    health = Health(0, "sea", "")
    return open_stage(FeedAddress.parse(scheme), 3, sensors, health), sensors, health


def wire(message, time, source=GLIDER, **fields):
    return encode({"message": message, "time": time, "source": source, **fields})


def state(time, lat_deg=26.0, lon_deg=127.0, **fields):
    return wire("EstimatedState", time, lat_deg=lat_deg, lon_deg=lon_deg, **fields)


def heard(time, bearing_deg, sd_deg=5.0, **fields):
    return wire("UsblAnglesExtended", time, bearing=math.radians(bearing_deg), accuracy=math.radians(sd_deg), **fields)


def fed(feed, *pieces, received=NOW):
    return [given for piece in pieces for given in feed.take(Chunk(received, piece))]


def test_a_state_is_told_with_what_was_told_of_energy_and_mode():
    feed, sensors, health = stage()
    pieces = (
        wire("VehicleState", NOW - 2, op_mode="MANEUVER"),
        wire("FuelLevel", NOW - 2, value_percent=62.5),
        state(NOW - 1, x=1105.743, vx=0.0, vy=0.3, depth=12.5, psi=-math.pi / 2),
    )
    assert fed(feed, *pieces) == []
    ((told, kind),) = sensors.roll.drained()
    assert (told.asset, kind, told.time, told.received) == ("glider", AssetKind.UNDERWATER, NOW - 1, NOW)
    assert told.lat_deg == pytest.approx(26.00998, abs=2e-5)
    assert told.lon_deg == pytest.approx(127.0)
    assert (told.height, told.energy, told.mode) == (-12.5, 0.625, "mission")
    assert told.course == pytest.approx(math.pi / 2)
    assert told.heading == pytest.approx(1.5 * math.pi)
    assert told.speed == pytest.approx(0.3)
    assert (health.messages, health.received_bytes) == (3, sum(map(len, pieces)))


def test_a_plan_that_runs_is_its_mode_and_answers_go_to_whoever_talks():
    feed, sensors, _ = stage()
    running = {"state": "EXECUTING", "plan_id": "survey"}
    fed(feed, state(NOW - 1), wire("PlanControlState", NOW, **running), state(NOW))
    assert [told.mode for told, _ in sensors.roll.drained()] == ["", "plan survey"]
    answer = wire("PlanControl", NOW, type="SUCCESS", op="START", request_id=7, plan_id="survey")
    fed(feed, answer, wire("PlanDB", NOW, type="SUCCESS", op="SET", request_id=8))
    assert [m["message"] for m in sensors.roll.talk.taken("sea")] == ["PlanControlState", "PlanControl", "PlanDB"]


def test_a_request_of_a_console_makes_no_vehicle():
    feed, sensors, _ = stage(())
    asked = start(plan("p", [goto(26.0, 127.0, speed=1.0)]), 1) | {"time": NOW, "source": 0x4000}
    fed(feed, encode(asked), wire("Heartbeat", NOW, 0x4000), wire("Announce", NOW, 0x4000, sys_type="CCU"))
    assert sensors.roll.drained() == []
    assert feed._vehicles == {}


def test_bearings_hours_old_are_looks_from_where_the_vehicle_was_then():
    feed, sensors, health = stage()
    then = NOW - 3 * 3600
    burst = (
        state(NOW, 26.5, 127.5),  # where it comes up
        state(then, 26.0, 127.0, depth=100.0),
        heard(then + 15, 40.0),
        heard(then + 15, 310.0, 7.0),
        heard(then + 45, 41.0),
        state(then + 60, 26.1, 127.2, depth=100.0),
    )
    looks = fed(feed, *burst)
    assert [(one.time - then, one.received, len(one.reports)) for one in looks] == [(15, NOW, 2), (45, NOW, 1)]
    assert [(one.lat_deg, one.lon_deg) for one in looks] == [
        (pytest.approx(26.025), pytest.approx(127.05)),
        (pytest.approx(26.075), pytest.approx(127.15)),
    ]
    sensor = sensors[looks[0].sensor]
    assert (sensor.name, sensor.kind) == ("glider hydrophone", SensorKind.HYDROPHONE)
    r = looks[0].reports
    assert r.kind.tolist() == [ReportKind.BEARING] * 2
    assert np.degrees(r.bearing).tolist() == pytest.approx([40.0, 310.0])
    assert np.degrees(np.sqrt(r.bearing_var)).tolist() == pytest.approx([5.0, 7.0])
    assert (r.time - then).tolist() == [15.0, 15.0]
    assert (looks[0].start, looks[0].end) == (0.0, 0.0)
    assert math.isnan(looks[0].near)
    assert next(told.lat_deg for told, _ in sensors.roll.drained()) == pytest.approx(26.5)
    assert health.noticed == {}


def test_how_the_burst_is_cut_changes_no_look():
    then = NOW - 7200
    burst = [state(then + 60.0 * k) + heard(then + 60 * k, k) + heard(then + 60 * k, 2 * k) for k in range(20)]
    data = b"".join([*burst, state(NOW)])

    def looks(size):
        feed, _, _ = stage(scheme="tcp://127.0.0.1:6002?format=imc&name=sea")
        pieces = [data[k : k + size] for k in range(0, len(data), size)]
        given = [*fed(feed, *pieces), *feed.finish()]
        return [(s.time, s.lat_deg, s.reports.bearing.tolist(), s.reports.offset.tolist()) for s in given]

    whole = looks(len(data))
    assert len(whole) == 20
    assert all(len(bearings) == 2 for _, _, bearings, _ in whole)
    assert looks(1) == looks(97) == looks(1000) == whole


def test_a_bearing_whose_place_nobody_told_is_counted_and_let_go():
    feed, _, health = stage()
    assert fed(feed, state(NOW), heard(NOW - 7200, 10.0)) == []
    assert fed(feed, state(NOW + 601), received=NOW + 601) == []
    assert health.noticed == {"bearing without a place": 1}


def test_bearings_of_a_modem_and_of_a_clock_that_is_not_set_are_no_looks():
    feed, _, health = stage()
    fed(feed, state(NOW - 60), heard(NOW - 30, 10.0, peer="buoy"), heard(5000.0, 10.0), state(NOW))
    assert feed.finish() == []
    assert health.noticed == {"bearing of a modem": 1, "absurd time": 1, "bearing without a time": 1}


def test_a_bearing_without_an_accuracy_leaves_it_to_the_sensor():
    feed, _, _ = stage()
    (look,) = fed(feed, state(NOW - 60), heard(NOW - 30, 10.0, 0.0), state(NOW))
    assert math.isnan(look.reports.bearing_var[0])


def test_ais_heard_aboard_is_a_report_by_its_name():
    feed, sensors, _ = stage()
    told = {"mmsi": "431000001", "name": "ASAHI MARU", "lat_deg": 26.3, "lon_deg": 127.2, "course_deg": 90.0,
            "speed_kn": 10.0, "sensor_class": "A", "type_and_cargo": 70, "a": 100.0, "b": 20.0, "c": 8.0,
            "d": 8.0}  # fmt: skip
    (batch,) = fed(feed, wire("AisInfo", NOW - 100, **told))
    assert isinstance(batch, Batch)
    assert sensors[int(batch.reports.sensor[0])].name == "glider"
    assert batch.claims.mmsi.tolist() == [431000001]
    assert (batch.claims.bow[0], batch.claims.ship_type[0], batch.claims.device[0]) == (100.0, 70, "A")
    assert batch.reports.speed[0] == pytest.approx(5.1444, abs=1e-3)
    assert batch.reports.time[0] == NOW - 100
    (batch,) = fed(feed, wire("AisInfo", NOW, **(told | {"course_deg": 360.0, "speed_kn": 102.3, "lat_deg": 26.4})))
    assert np.isnan(batch.reports.speed[0])
    assert np.isnan(batch.reports.course[0])
    assert fed(feed, wire("AisInfo", NOW, **(told | {"lat_deg": 91.0}))) == []
    assert fed(feed, wire("AisInfo", NOW, **(told | {"mmsi": "?"}))) == []


def test_a_fix_is_a_place_where_no_state_is_told():
    feed, sensors, _ = stage()
    fix = {"lat_deg": 26.2, "lon_deg": 127.3, "validity": 4 | 16, "sog": 0.5, "cog": 1.0}
    fed(feed, wire("GpsFix", NOW - 100, **fix), wire("GpsFix", NOW - 90, **(fix | {"validity": 0})))
    fed(feed, state(NOW - 50), wire("GpsFix", NOW - 40, **fix))
    told = [told for told, _ in sensors.roll.drained()]
    assert [(one.time - NOW, one.lat_deg) for one in told] == [(-100, pytest.approx(26.2)), (-50, pytest.approx(26.0))]
    assert (told[0].speed, told[0].height) == (pytest.approx(0.5), 0.0)
    assert math.isnan(told[0].course)


def test_vehicles_that_nobody_listed_go_by_number_and_are_bounded():
    feed, sensors, _ = stage(())
    fed(feed, *(wire("EstimatedState", NOW, source, lat_deg=26.0, lon_deg=127.0) for source in range(1, 300)))
    names = [told.asset for told, _ in sensors.roll.drained()]
    assert names[:2] == ["sea 1", "sea 2"]
    assert len(names) == VEHICLES


def test_what_waits_is_bounded():
    feed, _, health = stage()
    fed(feed, b"".join(heard(NOW - 10_000 + k, 1.0) for k in range(WAITING + 50)))
    assert health.noticed == {"bearing without a place": 50}


def test_hostile_numbers_are_survived():
    rng, odd = random.Random(4), (math.nan, math.inf, -math.inf, 1e300, -1e300, 0.0, -0.0, 1e-300, 91.0, 7.0)
    feed, sensors, _ = stage()
    for k in range(300):
        fields = {name: rng.choice(odd) for name in ("x", "y", "vx", "vy", "psi", "depth", "height", "z")}
        place = {"lat_deg": rng.choice(odd), "lon_deg": rng.choice(odd)}
        where = place if k % 2 else {"lat_deg": 26.0, "lon_deg": 127.0}
        told = {"speed_kn": rng.choice(odd), "course_deg": rng.choice(odd), "a": rng.choice(odd), **place}
        fed(feed, wire("EstimatedState", NOW + k, **(fields | where)))
        fed(feed, wire("UsblAnglesExtended", NOW + k, bearing=rng.choice(odd), accuracy=rng.choice(odd)))
        fed(feed, wire("FuelLevel", NOW + k, value_percent=rng.choice(odd)))
        fed(feed, wire("AisInfo", NOW + k, mmsi="431000001", draught=rng.choice(odd), **told))
    places = [(one.lat_deg, one.lon_deg) for one, _ in sensors.roll.drained()]
    assert len(places) > 20
    assert all(abs(lat) <= 90 and abs(lon) <= 180 for lat, lon in places)


def test_hostile_bytes_are_survived():
    good = b"".join((state(NOW), heard(NOW, 10.0), wire("FuelLevel", NOW, value_percent=50.0),
                     wire("AisInfo", NOW, mmsi="1", lat_deg=1.0, lon_deg=1.0)))  # fmt: skip

    def take(data):
        feed, _, _ = stage()
        given = [*feed.take(Chunk(NOW, data)), *feed.finish()]
        assert all(isinstance(one, Batch | Sector) for one in given)

    survives(take, [good], count=300)


def captured(path, *datagrams):
    """(time of capture, octets) as a capture."""
    with path.open("wb") as file:
        out = dpkt.pcap.Writer(file)
        for when, data in datagrams:
            out.writepkt(frame(data, 6002), ts=when)


def test_a_capture_is_played_as_late_as_it_came(tmp_path):
    """Beside AIS that goes on: looks of hours ago stand where the vehicle came up, and it is not there before."""
    then = NOW - 3 * 3600
    captured(
        tmp_path / "sea.pcap",
        (then, state(then, 26.0, 127.0)),
        (NOW, state(then + 60, 26.0, 127.0, depth=90.0)),
        (NOW, heard(then + 90, 40.0)),
        (NOW, state(then + 120, 26.1, 127.0, depth=90.0)),
        (NOW + 1, state(NOW + 1, 26.5, 127.5)),
    )
    position = {"message_type": 1, "mmsi": 431000001, "lat_deg": 26.0, "lon_deg": 127.0, "speed": 0.0, "course": 0.0}
    log = b"".join(b"".join(ais(position, time=t, station="NAHA")) for t in (then + 10, then + 7200, NOW + 60))
    (tmp_path / "ais.nmea").write_bytes(log)
    feeds = [f"pcap:{tmp_path}/sea.pcap?format=imc&name=sea", f"file:{tmp_path}/ais.nmea?format=ais"]
    sensors = SensorRegistry()
    sensors.roll.listed = LISTED
    healths = [Health(k, "", "") for k in range(2)]
    order, places = [], []
    given = recorded([FeedAddress.parse(url) for url in feeds], sensors, healths, lambda: NOW)
    for one in given:
        places += [round(told.lat_deg, 1) for told, _ in sensors.roll.drained()]
        if not isinstance(one, Tick):
            order.append("look" if isinstance(one, Sector) else "ais")
            assert len(order) > 2 or places == [26.0]
    assert order == ["ais", "ais", "look", "ais"]
    assert places[-1] == 26.5
