"""Inputs become rows of tables and inputs again, bit for bit, through Parquet."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive_helpers import inputs_of, same_input, steps_of

from mihari.archive.rows import Rows, rows_of_steps, steps_of_rows, stretch_of_rows
from mihari.archive.tables import TABLES, of_table, to_table, write
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind, sensor_like, sensor_of, sensor_told
from mihari.core.steps import Stretch
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


def looks():
    """What is no radar's, and a radar's that moves."""
    told = {"time": 7.0, "received": 7.1}
    bearings = Reports.of(
        3, kind=ReportKind.BEARING, bearing=[0.1, 0.2, np.nan], bearing_var=[1e-4, np.nan, -1.0], **told
    )
    ranges = Reports.of(2, kind=ReportKind.RANGE, range=[900.0, 1200.0], range_var=25.0, **told)
    area = Reports.of(1, kind=ReportKind.AREA, lat_deg=26.1, lon_deg=127.5, cov_ee=2e5, cov_en=0.0, cov_nn=2e5, **told)
    yield Sector(1, 7.0, 7.1, 0.5, 2.5, bearings)
    yield Sector(1, 7.2, 7.3, 0.5, 2.5, bearings, 26.21, -179.99)
    yield Sector(2, 7.4, 7.5, 0.0, 0.0, ranges, 26.0, 127.0)
    yield Sector(3, 7.6, 7.7, 0.0, 0.0, area)
    yield Sector(0, 8.0, 8.1, 0.0, 0.2, plots(radar(26.3)), 26.3, 127.6)
    yield Sector(0, 9.0, 9.1, 0.0, 0.2, plots(radar()))


def test_looks_of_all_kinds_and_the_places_of_what_moves_come_back(tmp_path):
    kinds = (SensorKind.CAMERA, SensorKind.RANGER, SensorKind.PERSON)
    sensors = (radar(), *(sensor_like(k, kind.name, kind) for k, kind in enumerate(kinds, 1)))
    given = [*looks(), Tick(10.0)]
    taken = steps_of(given)
    for before, after in zip(taken, again(taken, [(0, sensors)], tmp_path), strict=True):
        same_input(before.given, after.given)
    at_once = stretch_of_rows(through_parquet(rows_of_steps(taken, [(0, sensors)]), tmp_path), [(0, sensors)])
    for one, other in zip(at_once.steps.columns().values(), Stretch.of(given).steps.columns().values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_steps_written_before_sensors_moved_are_read(tmp_path):
    taken = steps_of([Sector(0, 9.0, 9.1, 0.0, 0.2, plots(radar())), Tick(10.0)])
    rows = rows_of_steps(taken, [(0, (radar(),))])
    write(to_table(rows.steps).drop_columns(["lat_deg", "lon_deg"]), tmp_path / "steps.parquet")
    steps = of_table(TABLES["steps"], pq.read_table(tmp_path / "steps.parquet"))
    read = steps_of_rows(Rows(steps, rows.plots, rows.heard, rows.said), [(0, (radar(),))])
    for before, after in zip(taken, read, strict=True):
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
    for sensor in (radar(), Sensor(3, "cape", SensorKind.AIS, source="s1"), sensor_like(4, "mast", SensorKind.LIDAR)):
        again = sensor_of(sensor_told(sensor))
        assert repr(again) == repr(sensor)
