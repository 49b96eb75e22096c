"""What people told, in the picture: half a day's, bounded, corrected in its place."""

from __future__ import annotations

import pytest

from mihari.archive.state import pack, unpack
from mihari.core.person_report import PersonReport
from mihari.picture.told import KEPT_S, MOST, ToldBook


def told(uid: str, time: float = 0.0, what: str = "skiff") -> PersonReport:
    return PersonReport(time, "KAI", 26.0, 127.0, 100.0, 0.0, 100.0, what=what, uid=uid, received=time + 1.0)


def whats(book: ToldBook) -> list[str]:
    return [one.what for one in book.reports]


def test_the_oldest_go_first_and_there_are_never_more_than_that() -> None:
    book = ToldBook()
    for k in range(3 * MOST):
        book.take(told(f"r{k}", time=float((k * 7919) % (3 * MOST)), what=str(k)))  # in no order of time
        assert len(book.reports) <= MOST
    assert [one.time for one in book.reports] == [float(t) for t in range(2 * MOST, 3 * MOST)]


def test_a_correction_takes_the_place_of_what_it_corrects_and_is_as_old_as_it_says() -> None:
    book = ToldBook()
    book.take(told("r1", 100.0))
    book.take(told("r2", 200.0, "tanker"))
    book.take(told("r1", 300.0, "two skiffs"))
    assert whats(book) == ["tanker", "two skiffs"]


def test_what_is_older_than_half_a_day_goes_as_time_passes() -> None:
    book = ToldBook()
    book.take(told("r1", 0.0))
    book.take(told("r2", 60.0, "tanker"))
    book.pass_time(KEPT_S)
    before = book.reports
    assert whats(book) == ["skiff", "tanker"]
    book.pass_time(KEPT_S + 1.0)
    assert whats(book) == ["tanker"]
    assert len(before) == 2  # what flows is frozen
    book.pass_time(KEPT_S + 2.0)
    assert book.reports is book.reports  # nothing new: the same tuple, which costs nobody anything


def test_it_goes_on_from_a_state_and_from_none_that_is_no_state() -> None:
    book, again = ToldBook(), ToldBook()
    book.take(told("r1"))
    book.take(
        PersonReport(60.0, "KAI", 26.0, 127.0, 1.0, 0.5, 2.0, "tanker", "tanker", "", 1.5, 4.0, uid="r2", received=61.0)
    )
    again.restore(unpack(pack(book.state())))
    assert again.reports == book.reports
    for wrong in ({}, {"told": [{"who": "KAI"}]}, {"told": [{"more": 1}]}):
        with pytest.raises((KeyError, TypeError)):
            again.restore(wrong)
    assert again.reports == book.reports
