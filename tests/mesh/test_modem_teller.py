"""Who is told next by a modem, in virtual time, and what a receiver makes of it when messages are lost."""

import numpy as np

from mihari.core.picture import VesselStatus
from mihari.core.shared import Shared
from mihari.mesh import single
from mihari.mesh.heard import widened
from mihari.mesh.modem_book import Book
from mihari.mesh.modem_teller import Teller
from mihari.mesh.reckoning import METRES, apart, reckoned

KEY, AUTHOR, T0 = b"k" * 32, "00112233445566aa", 1.8e9
GROWN = {"cov_ee": 25.0, "cov_nn": 25.0, "cov_uu": 0.04, "cov_vv": 0.04}


def fleet(n: int, time: float, **given) -> Shared:
    told = {"vessel": np.arange(1, n + 1), "lat_deg": 26.0, "lon_deg": 127.0, "east_mps": 0.0, "north_mps": 0.0}
    return Shared.of(n, **told | GROWN | {"time": time, "existence": 1.0, "born": T0} | given)


def told(teller: Teller, own: Shared, now: float) -> int | None:
    row = teller.next(own, now)
    if row is None:
        return None
    teller.keep(row, now)
    return int(row.vessel[0])


def test_each_is_told_once_those_never_told_first_then_nobody():
    teller = Teller(500.0, 300.0)
    assert [told(teller, fleet(3, T0 + t), T0 + t) for t in range(5)] == [1, 2, 3, None, None]
    assert [told(teller, fleet(4, T0 + t), T0 + t) for t in (5, 6)] == [4, None]


def test_only_who_is_not_where_he_is_reckoned_to_be_is_told_again():
    teller, steady = Teller(500.0, 1e9), {"north_mps": np.array([5.0, 5.0])}
    for t in (0.0, 1.0):
        told(teller, fleet(2, T0 + t, lat_deg=26.0 + 5.0 * t / METRES, **steady), T0 + t)
    turned = np.array([26.0 + 5.0 * 90 / METRES, 26.0])  # the second has stopped where it was: 445 m off
    assert told(teller, fleet(2, T0 + 90, lat_deg=turned, **steady), T0 + 90) is None
    turned[0] = 26.0 + 5.0 * 110 / METRES
    assert told(teller, fleet(2, T0 + 110, lat_deg=turned, **steady), T0 + 110) == 2
    assert told(teller, fleet(2, T0 + 110, lat_deg=turned, **steady), T0 + 111) is None


def test_of_those_due_who_was_told_longest_ago_goes_first_and_nobody_starves():
    teller, last, longest = Teller(500.0, 300.0), dict.fromkeys(range(1, 41), T0), 0.0
    for k in range(300):  # forty vessels at four messages a minute: a round takes ten minutes
        now = T0 + 15.0 * k
        one = told(teller, fleet(40, now), now)
        if one is not None:
            longest = max(longest, now - last[one])
            last[one] = now
    assert longest == 40 * 15.0
    assert teller.waiting >= 18


def test_a_new_name_is_told_and_a_row_carries_the_error_that_it_may_grow_to():
    teller = Teller(500.0, 300.0)
    first = teller.next(fleet(1, T0), T0)
    teller.keep(first, T0)
    assert first.cov_ee[0] == 25.0 + (500.0 / 3) ** 2 == widened(fleet(1, T0), 500.0).cov_ee[0]
    assert told(teller, fleet(1, T0 + 1), T0 + 1) is None
    assert told(teller, fleet(1, T0 + 2, mmsi=431000001), T0 + 2) == 1


def test_who_fades_or_leaves_is_told_once_as_gone():
    teller = Teller(500.0, 300.0)
    for t in range(3):
        told(teller, fleet(3, T0 + t), T0 + t)
    status = np.array([VesselStatus.FADED, VesselStatus.LIVE])
    gone = []
    for t in (10, 11, 12):
        row = teller.next(fleet(2, T0 + t, status=status), T0 + t)
        if row is not None:
            heard = single.decode(single.encode(row, 0, AUTHOR, KEY), KEY)[1]
            gone.append((int(heard.vessel[0]), int(heard.status[0]), heard.time[0] - T0))
            teller.keep(row, T0 + t)
    assert gone == [(1, VesselStatus.GONE, 10.0), (3, VesselStatus.GONE, 11.0)]
    assert told(teller, fleet(3, T0 + 13), T0 + 13) == 1  # back again


def test_a_message_that_could_not_be_sent_is_still_to_be_told():
    teller = Teller(500.0, 300.0)
    assert teller.next(fleet(1, T0), T0) is not None
    assert told(teller, fleet(1, T0 + 1), T0 + 1) == 1


def test_a_third_lost_the_receiver_still_has_all_and_not_too_wrong():
    """Twelve vessels that turn now and then, six messages a minute, one in three lost, for two hours."""
    rng, teller, book = np.random.default_rng(3), Teller(500.0, 300.0), Book("ff" * 8, KEY)
    n, speed, course = 12, rng.uniform(1.0, 6.0, 12), rng.uniform(0.0, 2 * np.pi, 12)
    lat, lon, worst, sent = np.full(n, 26.0), np.linspace(127.0, 127.5, n), [], 0
    for step in range(720):
        now = T0 + 10.0 * step
        course = np.where(rng.random(n) < 0.01, rng.uniform(0.0, 2 * np.pi, n), course)
        east, north = speed * np.sin(course), speed * np.cos(course)
        lat, lon = lat + north * 10 / METRES, lon + east * 10 / METRES / np.cos(np.radians(26.0))
        own = fleet(n, now, lat_deg=lat, lon_deg=lon, east_mps=east, north_mps=north)
        row = teller.next(own, now)
        if row is not None:
            teller.keep(row, now)
            sent += 1
            if rng.random() > 1 / 3:
                assert book.take(single.encode(row, 0, AUTHOR, KEY, 5), "m", now - T0, now) == ""
        if step > 60:
            known = book.rows(AUTHOR[:8], now)
            assert len(known) >= n - 1
            at = known.vessel - 1
            there = reckoned({name: getattr(known, name) for name in known.columns()}, np.full(len(known), now))
            worst += apart(*there, lat[at], lon[at]).tolist()
    assert sent <= 720
    assert np.median(worst) < 300.0
    assert np.quantile(worst, 0.95) < 1500.0
