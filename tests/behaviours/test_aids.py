"""Aids to navigation: real message 21 in, the one off station out; what the standard calls meaningless is not told."""

import numpy as np
import pytest

from mihari.archive.state import pack, unpack
from mihari.behaviours.engine import Engine
from mihari.core.behaviour import Standing, Urgency
from mihari.core.health import Health
from mihari.core.reports import AID, OFF_POSITION, VIRTUAL, Batch, Claims, ReportKind, Reports, Subject
from mihari.feeds.ais import AisFeed, claims_of
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.formats.ais import Decoder, encode

START = 1_700_000_040
BUOY, EVERY_S = 992471001, 180
DEGREE = np.pi / 180 * 6371008.8


def sentences(second=10, kind=24, off=True, virtual=False):
    said = {"message_type": 21, "mmsi": BUOY, "aid_type": kind, "name": "HARBOUR 7", "lat_deg": 26.0, "lon_deg": 127.0}
    return encode(said | {"second": second, "off_position": off, "virtual": virtual})


def status(**said):
    return int(claims_of(Decoder().feed(b"".join(sentences(**said)), START)).status[0])


@pytest.mark.parametrize(
    ("second", "held"), [(0, True), (59, True), (60, False), (61, False), (62, False), (63, False)]
)
def test_off_position_counts_with_a_fix_of_that_second_only(second, held):
    assert status(second=second) == AID + (OFF_POSITION if held else 0)


@pytest.mark.parametrize(("kind", "held"), [(0, False), (1, False), (3, False), (4, True), (5, False), (17, False),
                                            (19, False), (20, True), (31, True)])  # fmt: skip
def test_off_position_counts_of_a_floating_aid_only(kind, held):
    assert status(kind=kind) == AID + (OFF_POSITION if held else 0)


def test_on_position_and_virtual_are_told_as_well():
    assert (status(off=False), status(off=False, virtual=True)) == (AID, AID + VIRTUAL)


def test_a_buoy_that_says_it_is_off_position_raises_a_caution_from_bytes():
    feed = AisFeed(0, "coast", SensorRegistry(), Health(0, "coast", "udp:"), recorded=True)
    engine, told = Engine(), []
    for k in range(20):
        now = START + EVERY_S * k
        for batch in feed.take(Chunk(now, b"".join(sentences(off=k >= 8)), now)):
            engine.hear(batch)
        told += engine.step(now)
    assert {(b.kind, b.vessels, b.urgency) for b in told} == {("off_position", (BUOY,), Urgency.CAUTION)}
    (b,) = engine.standing()
    assert (b.start, b.end, b.decided) == (START + 8 * EVERY_S, None, START + 12 * EVERY_S)
    assert b.because.startswith("HARBOUR 7 (992471001) says for 33 min")
    assert (b.lat_deg, b.lon_deg) == pytest.approx((26.0, 127.0))
    assert b.evidence.facts["aid"] == "real"
    assert len(engine.memory) == 0  # an aid is no vessel


def aids(times, metres, key=BUOY):
    """A batch of an aid's messages, so far north of its station."""
    n = len(times)
    reports = Reports.of(n, time=START + np.asarray(times, float), lat_deg=26.0 + np.asarray(metres) / DEGREE,
                         lon_deg=179.9999, kind=ReportKind.AIS_POSITION, claim=np.arange(n))  # fmt: skip
    return Batch(reports, Claims.of(n, mmsi=key, subject=Subject.AID, status=AID))


def standing(engine):
    live = [b for b in engine.standing() if b.standing is not Standing.RETRACTED]
    return [(b.kind, b.start - START, None if b.end is None else b.end - START) for b in live]


@pytest.mark.parametrize(("metres", "held"), [(500.5, True), (499.5, False)])
def test_far_is_more_than_five_hundred_metres_from_where_it_was_first(metres, held):
    engine = Engine()
    times = np.arange(0, 7200, EVERY_S)
    engine.hear(aids(times, np.where(times < 3600, 0.0, metres)))
    engine.step(START + 7200)
    assert standing(engine) == ([("off_station", 3600, None)] if held else [])


def test_two_bad_fixes_at_the_begin_are_no_station():
    engine = Engine()
    times = np.arange(0, 7200, EVERY_S)
    engine.hear(aids(times, np.where(times < 2 * EVERY_S, 9000.0, 0.0)))
    engine.step(START + 7200)
    assert standing(engine) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_arrival_says_nothing(seed):
    rng = np.random.default_rng(seed)
    times = np.arange(0, 36_000, EVERY_S)
    metres = np.where((times > 9000) & (times < 27_000), 900.0, 0.0)
    found = []
    for arrival in (times + 0.0, times + rng.uniform(0, 20_000, len(times))):
        engine = Engine()
        for now in range(0, 60_000, 600):
            came = (arrival > now - 600) & (arrival <= now)
            if came.any():
                engine.hear(aids(times[came], metres[came]))
            engine.step(START + now)
        found.append(standing(engine))
    assert found[0] == found[1] == [("off_station", 9180, 27_000)]


def test_an_aid_that_falls_silent_off_station_is_over_when_it_was_heard_last():
    engine = Engine()
    times = np.arange(0, 7200, EVERY_S)
    engine.hear(aids(times, np.where(times < 1800, 0.0, 2000.0)))
    for now in (7200, 7200 + 3000, 7200 + 3700):
        engine.step(START + now)
    assert standing(engine) == [("off_station", 1800, 7020)]


def test_it_goes_on_from_a_state():
    times = np.arange(0, 14_400, EVERY_S)
    metres = np.where(times < 3600, 0.0, 700.0)
    first, second, whole = Engine(), Engine(), Engine()
    first.hear(aids(times[:30], metres[:30]))
    first.step(START + 5400)
    second.restore(unpack(pack(first.state())))
    whole.hear(aids(times, metres))
    second.hear(aids(times[30:], metres[30:]))
    for engine in (whole, second):
        engine.step(START + 14_400)
    assert standing(second) == standing(whole) == [("off_station", 3600, None)]


def test_more_aids_than_there_is_room_for_are_counted(monkeypatch):
    monkeypatch.setattr("mihari.behaviours.aids.MOST", 2)
    engine = Engine()
    for key in range(BUOY, BUOY + 4):
        engine.hear(aids([0, 60], [0, 0], key))
    engine.step(START + 120)
    assert (len(engine.finder.aids.memory), engine.finder.aids.left_out) == (2, 4)
