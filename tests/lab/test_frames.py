"""Columns as tables of other libraries and back; the tracker on a table."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from mihari.core.errors import BadInput
from mihari.core.geodesy import plot_position
from mihari.core.reports import Claims, ReportKind, Reports, Sector
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Tracks, TrackStatus
from mihari.lab import track_frame
from mihari.tracks import Tracker

pandas = pytest.importorskip("pandas")
RADAR = Sensor(0, "pier", SensorKind.RADAR, 26.0, 127.0, period=2.5)
TURNS = np.arange(10)
PASSING = {"time": 2.5 * TURNS + 1e9, "range": 5000.0 + 20.0 * TURNS, "bearing": np.full(10, 1.0)}


def some(kind, n=3):
    """Columns with values of all kinds; the last row is absent wherever that has a value."""
    rng, made = np.random.default_rng(1), kind.of(n)
    given = {}
    for name, values in made.columns().items():
        kinds = {"f": rng.normal(size=n), "i": rng.integers(0, 99, n), "u": rng.integers(0, 2**8 - 1, n)}
        given[name] = kinds.get(values.dtype.kind, np.array(["A", "B", ""])[:n]).astype(values.dtype)
        given[name][-1] = values[-1]
    return kind.of(n, **given)


@pytest.mark.parametrize("kind", [Tracks, Reports, Claims])
@pytest.mark.parametrize("through", ["pandas", "arrow", "stream", "mapping"])
def test_columns_come_back_as_they_went(kind, through):
    columns = some(kind)
    ways = {"stream": lambda: pa.table(columns), "mapping": columns.columns}
    frame = ways.get(through, lambda: columns.to_frame(through))()
    again = kind.from_frame(frame)
    for name, values in columns.columns().items():
        equal_nan = values.dtype.kind == "f"
        assert np.array_equal(getattr(again, name), values, equal_nan=equal_nan), name


def test_polars_takes_columns_as_they_are_and_gives_them_back():
    polars = pytest.importorskip("polars")
    columns = some(Tracks)
    assert polars.DataFrame(columns).equals(columns.to_frame("polars"))
    assert np.array_equal(Tracks.from_frame(columns.to_frame("polars")).id, columns.id)
    assert isinstance(track_frame(polars.DataFrame(PASSING), sensor=RADAR), polars.DataFrame)


def test_sixty_four_bits_of_sensors_are_kept():
    tracks = Tracks.of(1, sensors=np.array([2**63], np.uint64))
    assert Tracks.from_frame(tracks.to_frame()).sensors.tolist() == [2**63]


def test_points_in_time_become_seconds():
    frame = pandas.DataFrame(
        {"time": pandas.to_datetime(["1970-01-01T00:01:00Z", "1970-01-01T09:02:00+09:00"], utc=True)}
    )
    assert Reports.from_frame(frame).time.tolist() == [60.0, 120.0]


def test_a_misspelt_column_is_told():
    with pytest.raises(BadInput, match="Reports has no column 'lat'"):
        Reports.from_frame({"lat": [1.0]})


def test_what_is_no_table_is_told():
    with pytest.raises(BadInput, match="found list"):
        Reports.from_frame([1, 2])
    with pytest.raises(BadInput, match=r"Reports\.sensor: expected int16"):
        Reports.from_frame({"sensor": ["x"]})


def test_a_library_that_is_absent_is_told_in_a_sentence(monkeypatch):
    def absent(name, *rest):
        raise ImportError(name)

    monkeypatch.setattr("mihari.core.frames.import_module", absent)
    with pytest.raises(BadInput, match="polars is not installed"):
        Tracks.empty().to_frame("polars")
    assert Tracks.empty().to_frame("arrow").num_rows == 0


def test_a_table_of_plots_becomes_the_tracks_of_the_product():
    frame = track_frame(pandas.DataFrame(PASSING), sensor=RADAR)
    assert isinstance(frame, pandas.DataFrame)
    tracker = Tracker([RADAR])
    plots = Reports.of(10, time=PASSING["time"], kind=ReportKind.PLOT, sensor=0)
    lat_deg, lon_deg = plot_position(26.0, 127.0, 0.0, PASSING["range"], PASSING["bearing"])[:2]
    plots = plots.replace(lat_deg=lat_deg, lon_deg=lon_deg)
    for k in range(10):
        time = float(PASSING["time"][k])
        tracker.step(Sector(0, time, time, 0.0, 0.0, plots.take([k])))
    last = tracker.believed(float(PASSING["time"][-1]))
    ours = frame[frame.moment == frame.moment.max()]
    assert ours.lat_deg.tolist() == last.lat_deg.tolist()
    assert ours.status.tolist() == [TrackStatus.CONFIRMED]


def test_the_order_of_rows_does_not_matter():
    mixed = np.random.default_rng(2).permutation(10)
    frame = pandas.DataFrame(PASSING)
    pandas.testing.assert_frame_equal(track_frame(frame, sensor=RADAR), track_frame(frame.iloc[mixed], sensor=RADAR))


def test_a_turn_without_plots_is_a_miss():
    rows = TURNS != 6
    table = {name: values[rows] for name, values in PASSING.items()}
    frame = track_frame(table, sensor=RADAR).to_pandas()
    assert np.allclose(np.unique(frame.moment), PASSING["time"])
    existence = frame[frame.id == 1].existence.to_numpy()
    assert existence[6] < existence[5]


def test_ais_names_the_track():
    rows = {"time": PASSING["time"], "mmsi": np.full(10, 431000001), "lat_deg": 26.0 + 1e-4 * TURNS, "lon_deg": 127.1}
    rows["lon_deg"] = np.full(10, 127.1)
    frame = track_frame(ais=pandas.DataFrame(rows))
    assert frame.mmsi.iloc[-1] == 431000001


def test_what_is_missing_is_told():
    with pytest.raises(BadInput, match="need the sensor"):
        track_frame(PASSING)
    with pytest.raises(BadInput, match="without a place"):
        track_frame({"time": [1.0]}, sensor=RADAR)
    assert len(track_frame({"time": np.zeros(0)}, sensor=RADAR)) == 0
