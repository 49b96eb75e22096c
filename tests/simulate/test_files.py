"""Scenario files as people meet them: the schema, the built-in ones, recorded traffic, areas without land or sea."""

import dataclasses
import tomllib
from importlib import resources

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.recordings import ROOT, recording

from mihari.commands.simulate import simulate
from mihari.core.errors import BadInput, ConfigError
from mihari.simulate import Simulation, builtin_names, load, recordings
from mihari.simulate.node_file import node_text
from mihari.simulate.recordings import write_recordings, write_truth
from mihari.simulate.scenario import Scenario, parse
from mihari.simulate.schema import schema

SHIP = '[[vessel]]\nname = "x"\nkind = "cargo"\nroute_deg = [[26, 127], [26, 127.5]]\n'
SEA = 'name = "s"\nstart = 2026-11-20T03:00:00Z\narea = "open sea"\nbox_deg = [[25, 126], [27, 128]]\n'


STATION = '[[station]]\nname = "S"\nlat_deg = 26\nlon_deg = 127\nheight_m = 50\nmmsi = 4310001\n'
NEAR = '[[radar]]\nname = "x"\nlat_deg = 26\nlon_deg = 127\nheight_m = 9\nsac = 1\nsic = 1\n'


def names_of(cls):
    return {f.metadata["key"].name for f in dataclasses.fields(cls) if "key" in f.metadata}


def test_the_schema_knows_every_key_and_no_other():
    told = schema()
    assert set(told["properties"]) == names_of(Scenario)
    for f in dataclasses.fields(Scenario):
        k = f.metadata.get("key")
        if k is not None and k.kind == "tables":
            assert set(told["properties"][k.name]["items"]["properties"]) == names_of(k.of), k.name
            assert told["properties"][k.name]["items"]["additionalProperties"] is False


@pytest.mark.parametrize("name", builtin_names())
def test_built_in_scenarios_say_what_they_are_for_and_fit_the_schema(name):
    text = (resources.files("mihari.simulate") / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    table, told = tomllib.loads(text), schema()
    assert table["name"] == name
    assert len(table["about"]) > 20
    for key, value in table.items():
        assert key in told["properties"]
        for row in value if isinstance(value, list) and value and isinstance(value[0], dict) else []:
            items = told["properties"][key]["items"]
            assert set(row) <= set(items["properties"])
            assert set(items["required"]) <= set(row)
    assert parse(load(name).toml(), "again") == load(name)


def test_open_sea_has_no_land_and_needs_a_box():
    group = '[[traffic]]\nkind = "cargo"\ncount = 3\naround_deg = [26, 127]\nradius_nm = 20\n'
    assert len(Simulation(parse(SEA + group, "s.toml")).vessels) == 3
    for text in (SEA.replace("box_deg = [[25, 126], [27, 128]]\n", ""), SEA.replace('"open sea"', '"nansei"')):
        with pytest.raises(ConfigError, match="box_deg"):
            parse(text, "s.toml")


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('[[traffic]]\nkind = "cargo"\ncount = 1\naround_deg = [26.5, 127.97]\nradius_nm = 1', "no water for a cargo"),
        ('[[station]]\nname = "X"\nlat_deg = -30\nlon_deg = 10\nheight_m = 9\nmmsi = 1', "outside the area"),
        ('[[radar]]\nname = "x"\nlat_deg = 50\nlon_deg = 10\nheight_m = 9\nsac = 1\nsic = 1', "outside the area"),
        ('[[vessel]]\nname = "x"\nkind = "cargo"\nroute_deg = [[50, 10], [50, 11]]', "outside the area"),
        (
            '[[radar]]\nname = "x"\nlat_deg = 26\nlon_deg = 127\nheight_m = 9\nsac = 1\nsic = 2\naboard = "y"',
            "no vessel",
        ),
        (
            '[[radar]]\nname = "x"\nlat_deg = 26\nlon_deg = 127\nheight_m = 9\nsac = 1\nsic = 1\nprofile = "z"',
            "profile",
        ),
        (
            '[[cable]]\nname = "x"\npoints_deg = [[26, 127], [50, 10]]',
            "cable[0].points_deg: 50, 10 is outside the area",
        ),
        ('[[recorded]]\nfile = "nothing.csv"', "no file 'nothing.csv'"),
        ("[weather]\nsea_state = 12", "weather.sea_state"),
        ("[weather]\nrain = 12", "unknown key"),
    ],
)
def test_what_cannot_be_is_one_clear_sentence(strait, table, sentence):
    text = f'name = "s"\nstart = 2026-11-20T03:00:00Z\narea = "nansei"\n{table}\n'
    with pytest.raises(BadInput) as wrong:
        Simulation(parse(text, "s.toml"), strait.mask)
    assert sentence in str(wrong.value)
    assert str(wrong.value).startswith("s.toml: ")
    assert "\n" not in str(wrong.value)


def test_recorded_vessels_are_where_they_told_and_nowhere_in_gaps(monkeypatch):
    recording("ais/SolentAIS.csv")
    monkeypatch.setenv("MIHARI_DATA", str(ROOT))
    simulation = Simulation(load("solent"))
    table = np.genfromtxt(ROOT / "ais/SolentAIS.csv", delimiter=",", names=True, dtype=None, encoding="utf-8")
    start = simulation.scenario.start
    time = np.array([np.datetime64(t.replace(" ", "T")) for t in table["Time"]]).astype("datetime64[ms]")
    elapsed = time.astype(np.int64) / 1e3 - start
    traffic, errors = simulation.traffic, []
    for row in range(0, len(traffic.vessels), 7):
        own = table["MMSI"] == traffic.vessels.mmsi[row]
        own &= (elapsed >= traffic.since[row]) & (elapsed <= traffic.until[row])
        moving = traffic.motion.at(elapsed[own], np.full(own.sum(), row))
        away = np.hypot(moving.lat_deg - table["Latitude_degrees"][own],
                        0.63 * (moving.lon_deg - table["Longitude_degrees"][own])) * 111_000  # fmt: skip
        errors.append(np.median(away))
        gaps = np.diff(np.sort(elapsed[own]))
        assert gaps.max(initial=0.0) <= 360.0
    assert np.median(errors) < 5.0
    there = simulation.truth(start + 2000.0)
    assert 20 < len(there) < len(traffic.vessels)


def test_recorded_positions_that_are_no_csv_are_one_sentence(tmp_path):
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    text = SEA + '[[recorded]]\nfile = "bad.csv"\n'
    with pytest.raises(BadInput, match="expected CSV with the columns"):
        Simulation(parse(text, str(tmp_path / "s.toml")))


def test_events_of_a_recording_cut_short_end_with_it(tmp_path):
    call = '[[behaviour]]\nkind = "loitering"\naround_deg = [26, 127]\nradius_nm = 20\ncount = 4\n'
    simulation = Simulation(parse(SEA + "duration_s = 7200\n" + call + STATION, "s.toml"))
    start = simulation.scenario.start
    assert len(simulation.traffic.events) >= 4
    cut = sorted(event.start for event in simulation.traffic.events)[2] + 5.0
    write_recordings(simulation, tmp_path, cut)
    told = pq.read_table(tmp_path / "events.parquet").to_pylist()
    assert len(told) == sum(event.start < cut for event in simulation.traffic.events)
    assert all(event["start"] < start + cut and event["end"] <= start + cut for event in told)


HEADER = "Time,MMSI,Latitude_degrees,Longitude_degrees\n"
ROW = "2026-11-20 03:00:00.5,431000001,26.0,127.0\n"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (ROW.replace("431000001", ""), "row 3: expected MMSI between 1 and 999999999, found nothing"),
        (ROW.replace("431000001", "99999999999"), "row 3: expected MMSI between 1 and 999999999, found 99999999999"),
        (ROW.replace("431000001", "x"), "Row #3: CSV conversion error to int64: invalid value 'x'"),
        (ROW.replace("26.0", "139.8"), "row 3: expected Latitude_degrees between -90 and 90, found 139.8"),
        (ROW.replace("127.0", "nan"), "row 3: expected Longitude_degrees between -180 and 180, found n"),
        (
            ROW.replace("2026-11-20 03:00:00.5", ""),
            "row 3: expected Time such as 2016-01-12 13:02:11.218, found nothing",
        ),
        (
            ROW.replace("2026-11-20 03:00:00.5", "soon"),
            "row 3: expected Time such as 2016-01-12 13:02:11.218, found soon",
        ),
        (ROW.replace("00.5", "00.5Z"), "expected every Time like 2016-01-12 13:02:11.218, or every one with a zone,"),
    ],
)
def test_a_recorded_row_that_cannot_be_is_named(tmp_path, row, sentence):
    (tmp_path / "rows.csv").write_text(HEADER + ROW + row)
    with pytest.raises(BadInput) as wrong:
        Simulation(parse(SEA + '[[recorded]]\nfile = "rows.csv"\n', str(tmp_path / "s.toml")))
    assert sentence in str(wrong.value)
    assert str(wrong.value).startswith(str(tmp_path / "rows.csv"))
    assert "\n" not in str(wrong.value)


def test_recorded_times_are_not_taken_for_milliseconds(tmp_path):
    (tmp_path / "rows.csv").write_text(HEADER + ROW.replace("2026-11-20 03:00:00.5", "1795143600"))
    with pytest.raises(BadInput, match=r"row 2: expected Time such as 2016-01-12 13:02:11\.218, found 1795143600"):
        Simulation(parse(SEA + '[[recorded]]\nfile = "rows.csv"\n', str(tmp_path / "s.toml")))


@pytest.mark.parametrize("zone", ["", "Z"])
def test_recorded_times_are_utc(tmp_path, zone):
    rows = [ROW.replace("03:00:00.5", f"03:0{k}:00.5{zone}").replace("26.0", f"26.00{k}") for k in range(3)]
    (tmp_path / "rows.csv").write_text(HEADER + "".join(rows))
    simulation = Simulation(parse(SEA + '[[recorded]]\nfile = "rows.csv"\n', str(tmp_path / "s.toml")))
    assert simulation.traffic.since.tolist() == [0.5]
    assert simulation.traffic.until.tolist() == [120.5]


def test_a_ship_that_cannot_turn_in_so_little_water_is_told_so():
    group = '[[traffic]]\nkind = "cargo"\ncount = 1\naround_deg = [26, 127]\nradius_nm = 3\nspeed_kn = [13, 13]\n'
    with pytest.raises(
        ConfigError, match=r"no room for a cargo around 26\.000, 127\.000: within 3 NM it cannot turn at 13"
    ):
        Simulation(parse(SEA + group, "s.toml"))


def test_files_of_a_made_up_name_are_toml():
    scenario = dataclasses.replace(parse(SEA, "s.toml"), name='a\n"b"\\\x7f')
    for text in (scenario.toml(), node_text(scenario)):
        assert scenario.name in (tomllib.loads(text).get("name"), tomllib.loads(text).get("node", {}).get("name"))


def test_truth_of_a_long_scenario_is_made_piece_by_piece(tmp_path):
    simulation = Simulation(parse(SEA + "truth_every_s = 0.1\nduration_s = 1e8\n", "s.toml"))

    class Enough(Exception):
        pass

    def progress(share):
        raise Enough

    with pytest.raises(Enough):
        write_truth(simulation, tmp_path / "truth.parquet", progress=progress)


def test_truth_in_pieces_is_the_truth(tmp_path, monkeypatch):
    simulation = Simulation(parse(SEA + SHIP, "s.toml"))
    monkeypatch.setattr(recordings, "TRUTH_ROWS", 4)
    write_truth(simulation, tmp_path / "truth.parquet", duration=10.0)
    elapsed = pq.read_table(tmp_path / "truth.parquet")["time"].to_numpy() - simulation.scenario.start
    assert elapsed.tolist() == list(range(11))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--seed", "-5"], "-5 is not in the range"),
        (["--seed", "99999999999999999999999"], "is not in the range"),
        (["--duration", "1e9"], "expected a number of at least 1 and at most 1e+08, found '1e9'"),
        (["--duration", "nan"], "expected a number of at least 1"),
    ],
)
def test_options_are_held_to_the_limits_of_the_file(tmp_path, options, sentence):
    told = CliRunner().invoke(simulate, ["strait", "-o", str(tmp_path), *options])
    assert told.exit_code == 2
    assert sentence in told.output
    assert not list(tmp_path.iterdir())


def test_a_duration_may_not_lead_past_what_recordings_can_tell(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(SEA.replace("2026-", "2105-"))
    with pytest.raises(ConfigError, match="the scenario's end before 2106"):
        CliRunner().invoke(
            simulate,
            [str(path), "-o", str(tmp_path), "--duration", "1e8"],
            catch_exceptions=False,
            standalone_mode=False,
        )
