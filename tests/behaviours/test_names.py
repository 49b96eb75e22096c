"""What vessels say of themselves over time: another draught is believed when it was told twice."""

from mihari.behaviours.names import Names
from mihari.core.reports import Batch, Claims, ReportKind, Reports

HULL = 431000001


def told(names: Names, *draughts: tuple[float, float]) -> list[list[int]]:
    """(UTC s, m) one after the other; what is new after each."""
    found = []
    for time, metres in draughts:
        reports = Reports.of(1, time=time, kind=ReportKind.AIS_STATIC, claim=0)
        found.append(names.take(Batch(reports, Claims.of(1, mmsi=HULL, name=["MAAS"], draught=metres))))
    return found


def test_a_draught_that_was_told_twice_has_changed_since_it_was_told_first() -> None:
    names = Names()
    told(names, (0.0, 8.0), (360.0, 8.0), (720.0, 11.5))
    assert names.draught_changed(HULL) is None
    assert told(names, (1080.0, 11.5)) == [[HULL]]
    assert names.draught_changed(HULL) == 720.0


def test_one_slip_and_a_little_trim_change_nothing() -> None:
    slip, trim = Names(), Names()
    told(slip, (0.0, 8.0), (360.0, 8.0), (720.0, 80.0), (1080.0, 8.0), (1440.0, 8.0))
    assert slip.draught_changed(HULL) is None
    told(trim, (0.0, 8.0), (360.0, 8.0), (720.0, 8.4), (1080.0, 8.4))
    assert trim.draught_changed(HULL) is None


def test_a_vessel_that_has_told_one_draught_only_has_not_changed_it() -> None:
    names = Names()
    told(names, (0.0, 8.0), (360.0, 8.0))
    assert names.draught_changed(HULL) is None
    told(names, (720.0, float("nan")), (1080.0, 0.0))
    assert len(names.of(HULL).draughts) == 1


def test_draughts_are_kept_with_the_state() -> None:
    names, again = Names(), Names()
    told(names, (0.0, 8.0), (360.0, 8.0), (720.0, 11.5), (1080.0, 11.5))
    again.restore(names.state())
    assert again.draught_changed(HULL) == 720.0
    assert again.state() == names.state()
