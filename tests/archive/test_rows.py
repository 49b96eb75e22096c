"""Inputs become rows of tables and inputs again, bit for bit, through Parquet."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive_helpers import inputs_of, same_input, steps_of

from mihari.archive.rows import Rows, rows_of_steps, steps_of_rows
from mihari.archive.tables import TABLES, of_table, to_table, write
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind, sensor_of, sensor_told
from mihari.feeds.plots import Held, to_reports


def through_parquet(rows, folder):
    made = {}
    for name, columns in (("steps", rows.steps), ("plots", rows.plots), ("reports", rows.heard), ("claims", rows.said)):
        write(to_table(columns), folder / f"{name}.parquet")
        made[name] = of_table(TABLES[name], pq.read_table(folder / f"{name}.parquet"))
    return Rows(*made.values())


def again(taken, known, folder):
    return list(steps_of_rows(through_parquet(rows_of_steps(taken, known), folder), known))


def test_the_simulated_strait_comes_back_bit_for_bit_and_small(strait, tmp_path):
    inputs, sensors = inputs_of(strait)
    taken, known = steps_of(inputs), [(0, sensors)]
    rows = rows_of_steps(taken, known)
    assert rows.plots.derived.all()  # positions and covariances are not stored
    for before, after in zip(taken, again(taken, known, tmp_path), strict=True):
        assert (before.number, before.at, before.published) == (after.number, after.at, after.published)
        same_input(before.given, after.given)
    count = len(rows.plots) + len(rows.heard)
    assert sum(p.stat().st_size for p in tmp_path.glob("*.parquet")) < 25 * count


def radar(lat_deg=26.2, **more):
    return Sensor(0, "naha", SensorKind.RADAR, lat_deg, 127.6, range_sd=8.0, bearing_sd=0.003, **more)


def plots(sensor, count=5, **more):
    held = {"range": 1000.0 * np.arange(1, count + 1), "bearing": 0.1, "kind": ReportKind.PLOT, "height": 0.0}
    return to_reports(0, sensor, Held.of(count, offset=np.arange(count), time=7.0, received=7.1, **(held | more)))


@pytest.mark.parametrize(
    ("reports", "derived"),
    [
        (plots(radar()), True),
        (plots(radar(), height=9000.0, kind=ReportKind.TRANSPONDER), False),
        (plots(radar(26.3)), False),
        (plots(Sensor(0, "x", SensorKind.RADAR), lat_deg=26.0, lon_deg=127.0), False),
        (plots(Sensor(0, "x", SensorKind.RADAR)), False),
        (plots(radar(), range=np.nan), True),  # nothing follows, and nothing was told
    ],
    ids=["measured", "aircraft", "learned another place since", "told by the radar", "no place", "no range"],
)
def test_what_does_not_follow_from_the_measurement_is_stored(reports, derived, tmp_path):
    known = [(0, (radar(),))]
    taken = steps_of([Sector(0, 7.0, 7.1, 0.0, 0.2, reports), Tick(8.0)])
    rows = rows_of_steps(taken, known)
    assert bool(rows.plots.derived.all()) is derived
    for before, after in zip(taken, again(taken, known, tmp_path), strict=True):
        same_input(before.given, after.given)


def test_sensors_that_change_between_sectors_are_those_of_their_time(tmp_path):
    first, second = radar(26.2), radar(26.3)
    known = [(0, (first,)), (1, (second,))]
    taken = steps_of([Sector(0, 7.0, 7.1, 0.0, 0.2, plots(first)), Sector(0, 8.0, 8.1, 0.2, 0.4, plots(second))])
    assert rows_of_steps(taken, known).plots.derived.all()
    for before, after in zip(taken, again(taken, known, tmp_path), strict=True):
        same_input(before.given, after.given)


def odd_batches():
    full = Claims.of(3, mmsi=[1, 2, 3], name=["A", "", "Ü—船"], imo=[0, 9074729, 0], bow=[np.nan, 1.5, 0.0], device="B")
    yield Batch(Reports.of(3, claim=[0, 1, 2], time=[1.0, 2.0, 3.0], lat_deg=1.0, lon_deg=2.0, kind=1), full)
    yield Batch(Reports.of(4, claim=[2, -1, 0, 2], time=4.0, kind=2), full)  # out of order, none, twice, one unused
    yield Batch(Reports.of(0), full)
    yield Batch(Reports.of(2, time=5.0))
    yield Batch(Reports.of(1, claim=0, time=np.nan), Claims.of(1, mmsi=7, subject=3))


def test_odd_batches_come_back_as_they_were(tmp_path):
    taken = steps_of([*odd_batches(), Tick(9.0)])
    for before, after in zip(taken, again(taken, [(0, ())], tmp_path), strict=True):
        same_input(before.given, after.given)


def test_rows_may_come_in_any_order(tmp_path):
    taken = steps_of(list(odd_batches()))
    rows, rng = rows_of_steps(taken, [(0, ())]), np.random.default_rng(1)
    mixed = Rows(
        rows.steps,
        rows.plots,
        rows.heard.take(rng.permutation(len(rows.heard))),
        rows.said.take(rng.permutation(len(rows.said))),
    )
    for before, after in zip(taken, steps_of_rows(mixed, [(0, ())]), strict=True):
        same_input(before.given, after.given)


def test_columns_left_out_of_one_part_are_absent_there_when_parts_are_joined():
    heard = TABLES["reports"]
    parts = [to_table(heard.of(1, mmsi=1)), to_table(heard.of(1, mmsi=2, device="A", status=5, heading=0.5))]
    joined = of_table(heard, pa.concat_tables(parts, promote_options="default"))
    assert joined.device.tolist() == ["", "A"]
    assert joined.status.tolist() == [-1, 5]
    assert np.isnan(joined.heading[0])


def test_a_sensor_is_told_and_read_again():
    for sensor in (radar(), Sensor(3, "cape", SensorKind.AIS, source="s1")):
        again = sensor_of(sensor_told(sensor))
        assert repr(again) == repr(sensor)
