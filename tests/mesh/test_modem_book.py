"""What is believed of single frames, what is refused and by what name, and how it joins what links tell."""

import random
import struct

import numpy as np
import pytest

from mihari.core.picture import ClaimedIdentity, Source, VesselStatus
from mihari.core.shared import Foreign, Shared
from mihari.mesh import modem_book, single
from mihari.mesh.modem_book import Book
from mihari.mesh.modem_join import joined, nameless

KEY, OTHER = b"k" * 32, b"q" * 32
ME, AUTHOR, T0 = "ffeeddccbbaa9988", "1a2b3c4d5e6f7081", 1.8e9
SHORT = AUTHOR[:8]


def row(vessel: int = 7, time: float = T0, **given) -> Shared:
    told = {"lat_deg": 26.2, "lon_deg": 127.6, "east_mps": 3.0, "north_mps": -1.5, "existence": 1.0, "source": 3}
    told |= {"cov_ee": 100.0, "cov_nn": 100.0, "cov_uu": 0.04, "cov_vv": 0.04, "born": T0 - 100.0}
    return Shared.of(1, **told | {"vessel": vessel, "time": time} | given)


def frame(vessel: int = 7, time: float = T0, run: int = 3, key: bytes = KEY, author: str = AUTHOR, **given) -> bytes:
    return single.encode(row(vessel, time, **given), 0, author, key, run)


def take(book: Book, one: bytes, utc: float = T0) -> str:
    return book.take(one, "acoustic", utc - T0, utc)


def ids(book: Book, utc: float = T0) -> list[int]:
    return book.rows(SHORT, utc).vessel.tolist() if SHORT in book.voices else []


def test_a_frame_is_believed_and_its_row_comes_out():
    book = Book(ME, KEY)
    assert take(book, frame(mmsi=431000001)) == ""
    got = book.rows(SHORT, T0)
    assert (got.vessel.tolist(), got.mmsi.tolist(), got.born.tolist()) == ([7], [431000001], [T0 - 100.0])
    assert got.lat_deg[0] == pytest.approx(26.2, abs=1e-7)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (frame(key=OTHER), "signature"),
        (frame()[:-1], "length"),
        (frame() + b"x", "length"),
        (b"", "length"),
        (frame()[:20] + b"\x55" + frame()[21:], "signature"),
        (frame(time=T0 + 20.0), "future"),
        (frame(time=T0 - 1900.0), "old"),
        (frame(author=ME), "from myself"),
        (frame(lat_deg=95.0), "range"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_cannot_be_believed_is_refused_by_name_and_leaves_nothing(one, reason):
    book = Book(ME, KEY)
    assert take(book, one) == reason
    assert book.voices == {}


def test_of_a_version_to_come_nothing_is_read():
    body = bytearray(frame()[:-8])
    body[0] = 2
    assert take(Book(ME, KEY), bytes(body) + single._code(bytes(body), KEY)) == "version"


def test_an_older_frame_is_replayed_and_the_same_once_more_changes_nothing():
    book, first, second = Book(ME, KEY), frame(), frame(time=T0 + 30.0, lat_deg=26.3)
    assert [take(book, f, T0 + 30) for f in (first, second, first, second)] == ["", "", "replayed", "again"]
    assert book.rows(SHORT, T0 + 30).lat_deg[0] == pytest.approx(26.3)
    assert book.voices[SHORT].heard == 30.0


def test_a_vessel_that_was_told_gone_does_not_come_back_by_replay():
    book, first = Book(ME, KEY), frame()
    assert [take(book, f, T0 + 9) for f in (first, frame(time=T0 + 9, status=int(VesselStatus.GONE)))] == ["", ""]
    assert ids(book, T0 + 9) == []
    assert take(book, first, T0 + 9) == "replayed"
    assert take(book, frame(time=T0 + 20), T0 + 20) == ""
    assert ids(book, T0 + 20) == [7]


def test_another_run_of_an_author_tells_its_vessels_anew_and_the_last_one_cannot_be_replayed():
    book, old = Book(ME, KEY), [frame(v, T0 + v) for v in (1, 2, 3)]
    assert [take(book, f, T0 + 5) for f in old] == [""] * 3
    assert take(book, frame(1, T0 + 60, run=4), T0 + 60) == ""
    assert ids(book, T0 + 60) == [1]
    assert [take(book, f, T0 + 61) for f in old] == ["replayed"] * 3
    assert ids(book, T0 + 61) == [1]


def test_a_clock_that_links_have_measured_is_allowed_for():
    book = Book(ME, KEY, lambda author: 40.0)
    assert take(book, frame(time=T0 + 40.0)) == ""
    assert book.rows(SHORT, T0).time.tolist() == [T0]


def test_who_is_not_told_of_fades_and_is_forgotten_and_so_is_a_silent_author():
    book = Book(ME, KEY)
    take(book, frame())
    take(book, frame(8, T0 + 800.0, source=int(Source.EXERCISE | Source.AIS)), T0 + 800.0)
    later = book.rows(SHORT, T0 + 1000.0)
    assert later.status.tolist() == [VesselStatus.FADED, VesselStatus.LIVE]
    assert later.source.tolist() == [0, Source.EXERCISE | Source.AIS]
    book.tidy(T0 + 1801.0)
    assert ids(book, T0 + 1801.0) == [8]
    book.tidy(T0 + 2700.0)
    assert book.voices == {}


def test_more_vessels_or_authors_than_a_coast_has_are_a_flood(monkeypatch):
    monkeypatch.setattr(modem_book, "VESSELS_MOST", 3)
    monkeypatch.setattr(modem_book, "AUTHORS_MOST", 2)
    book = Book(ME, KEY)
    assert [take(book, frame(v)) for v in range(5)] == ["", "", "", "flood", "flood"]
    assert [take(book, frame(author=f"{a:08x}00000000")) for a in range(1, 4)] == ["", "flood", "flood"]
    assert take(book, frame(1, T0 + 1.0), T0 + 1.0) == ""  # who is known goes on


def test_random_bytes_and_flipped_bits_are_refused_and_survived():
    book, rng, good = Book(ME, KEY), random.Random(5), frame()
    for _ in range(2000):
        assert take(book, rng.randbytes(rng.choice((0, 8, 45, 46, 46, 46, 47, 64, 2048)))) in ("length", "signature")
        at = rng.randrange(len(good) * 8)
        flipped = bytearray(good)
        flipped[at // 8] ^= 1 << at % 8
        assert take(book, bytes(flipped)) == "signature"
    assert book.voices == {}


def test_whoever_has_the_key_breaks_nothing_with_strange_values():
    """Random bodies with a right code: believed or refused, and what comes out can be drawn."""
    book, rng = Book(ME, KEY), random.Random(6)
    for k in range(3000):
        body = bytearray(rng.randbytes(single.BODY.size))
        body[0] = single.VERSION | rng.randrange(16) << 4
        struct.pack_into(">I", body, 9, round((T0 - single.EPOCH_S + rng.uniform(-2000, 20)) / single.TICK_S))
        if k % 2:
            body[1:5] = bytes.fromhex(SHORT)
        take(book, bytes(body) + single._code(bytes(body), KEY))
    assert SHORT in book.voices
    assert len(book.voices) <= modem_book.AUTHORS_MOST
    for one in joined((), book, nameless, T0):
        assert np.isfinite(one.rows.lat_deg).all()
        assert (np.abs(one.rows.lat_deg) <= 90.0).all()


# with what links tell


def by_link(rows: Shared, lag: float = 0.5, **given) -> Foreign:
    return Foreign(AUTHOR, "diver", rows, given.pop("identities", {}), 0.0, through="patrol", lag=lag)


def known(prefix: str) -> tuple[str, str]:
    return (AUTHOR, "diver") if prefix == SHORT else nameless(prefix)


def test_an_author_known_by_modem_alone_is_one_and_named_by_its_certificate_where_that_came():
    book = Book(ME, KEY)
    take(book, frame(mmsi=431000001))
    (one,) = joined((), book, nameless, T0)
    assert (one.author, one.name, one.through) == ("1a2b3c4d00000000", "modem 1a2b3c4d", "acoustic")
    assert one.identities == {7: (ClaimedIdentity(431000001, 1.0),)}
    (one,) = joined((), book, known, T0)
    assert (one.author, one.name, one.lag) == (AUTHOR, "diver", 0.0)


def test_the_later_row_holds_whichever_way_it_came():
    book = Book(ME, KEY)
    take(book, frame(7, T0 + 10.0, lat_deg=26.5), T0 + 10.0)
    for time, lat_deg in ((T0 + 5.0, 26.5), (T0 + 10.0, 26.2), (T0 + 15.0, 26.2)):
        told = by_link(row(7, time, heard_radar=T0 + 1.0, mmsi=431000001, born=T0 - 100.25))
        (one,) = joined((told,), book, known, T0 + 16.0)
        assert one.rows.lat_deg[0] == pytest.approx(lat_deg)
        kept = (one.rows.heard_radar[0], one.rows.mmsi[0], one.rows.born[0])
        assert kept == (T0 + 1.0, 431000001, T0 - 100.25)
        assert (one.through, one.lag) == ("patrol", 0.5)


def test_when_the_link_is_silent_its_rows_coast_and_fade_and_the_modems_do_not():
    book = Book(ME, KEY)
    take(book, frame(7, T0 + 50.0), T0 + 50.0)
    told = Shared.concatenate([row(7, T0), row(8, T0)])
    for lag, status in ((30.0, VesselStatus.LIVE), (90.0, VesselStatus.COASTING), (400.0, VesselStatus.FADED)):
        (one,) = joined((by_link(told, lag),), book, known, T0 + 60.0)
        assert one.rows.status.tolist() == [VesselStatus.LIVE, status]
    assert (one.through, one.lag) == ("acoustic", 0.0)
    (one,) = joined((by_link(told, 2000.0),), book, known, T0 + 60.0)
    assert one.rows.vessel.tolist() == [7]


def test_what_a_link_has_told_and_taken_back_is_gone_until_it_is_told_again():
    book = Book(ME, KEY)
    take(book, frame(7))
    take(book, frame(9))
    both = by_link(Shared.concatenate([row(7, T0 + 1.0), row(8, T0 + 1.0)]))
    assert joined((both,), book, known, T0 + 2.0)[0].rows.vessel.tolist() == [7, 8, 9]
    (one,) = joined((by_link(row(8, T0 + 3.0)),), book, known, T0 + 4.0)
    assert one.rows.vessel.tolist() == [8, 9]
    assert take(book, frame(7), T0 + 5.0) == "again"
    assert take(book, frame(7, T0 + 6.0), T0 + 6.0) == ""
    assert joined((by_link(row(8, T0 + 3.0)),), book, known, T0 + 7.0)[0].rows.vessel.tolist() == [7, 8, 9]


def test_other_authors_are_left_as_they_are():
    book, other = Book(ME, KEY), Foreign("a" * 16, "kume", row(1), {}, 0.0, lag=1.0)
    assert joined((other,), book, known, T0) == (other,)
    take(book, frame())
    told = joined((other,), book, known, T0)
    assert [one.name for one in told] == ["diver", "kume"]
    assert told[1] is other
