"""`mihari score`: files in, figures that follow from them out, and one sentence for what cannot be scored."""

import contextlib
import io
import json
import signal
import subprocess
import sys
from collections import Counter, namedtuple
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from mihari.cli import main
from mihari.core.tracks import Believed, Tracks
from mihari.score.asked import KEY, Asked
from mihari.score.moments import Sailed

START, DEGREE = 1_795_143_600.0, 111_319.49  # m of the equator


Ended = namedtuple("Ended", "code out err")


def score(*arguments):
    """`mihari score` in this process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(["score", *map(str, arguments)])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return Ended(ended.value.code, out.getvalue(), err.getvalue())


def sentence(*arguments):
    ended = score(*arguments)
    assert ended.code == 2, ended
    (line,) = [line for line in ended.err.splitlines() if line.startswith(("mihari:", "Error:"))]
    return line


def write(path, columns):
    parquet.write_table(pa.table(columns.columns()), path, row_group_size=7)
    return path


def write_asked(path, columns, begin, end, every=10.0):
    """A track file that tells when its tracks were asked for, as `mihari track` does."""
    table = pa.table(columns.columns())
    parquet.write_table(table.replace_schema_metadata(Asked(begin, end, every).metadata()), path, row_group_size=7)
    return path


def sailing(seconds=60, start=START, shift=0.0):
    """Three vessels on the equator, 10 m/s to the east; the third is out of cover."""
    parts = [
        Sailed.of(
            3, time=start + t, vessel=[4, 5, 6], lat_deg=[0.0, 0.1, 0.2], lon_deg=(10.0 * t + shift) / DEGREE,
            east_mps=10.0, north_mps=0.0, cover=[1, 3, 0], mmsi=[244000001, 0, 244000003],
        )
        for t in range(seconds + 1)
    ]  # fmt: skip
    return Sailed.concatenate(parts)


def tracking(times=range(0, 61, 10), start=START, every=1, kind=Believed, **columns):
    """Vessel 4 held 30 m off by track 40, from the fourth moment on by 41; vessel 5 missed; a track at vessel 6."""
    parts = []
    for k, t in enumerate(times):
        more = {"mmsi": [244000001, 244000003], "moment": start + t} if kind is Believed else {}
        parts.append(
            kind.of(
                2, time=start + t, id=[40 if k < 3 else 41, 60], lat_deg=[0.0, 0.2],
                lon_deg=(10.0 * t + np.array([30.0, 0.0])) / DEGREE, east_mps=10.0, north_mps=0.0,
                cov_ee=900.0, cov_nn=900.0, cov_uu=1.0, cov_vv=1.0, cov_en=0.0, cov_eu=0.0, cov_ev=0.0, cov_nu=0.0,
                cov_nv=0.0, cov_uv=0.0, existence=1.0, status=1, heard_radar=start + t, heard_ais=start + t,
                **(more | columns),
            )
        )  # fmt: skip
    return kind.concatenate(parts)


def test_the_figures_follow_from_the_files(tmp_path):
    truth, tracks = write(tmp_path / "truth.parquet", sailing()), write(tmp_path / "t.parquet", tracking())
    result = score(tracks, truth, "--json")
    assert result.code == 0, result.err
    found = json.loads(result.out)
    assert found["over"]["moments"] == 7
    assert (found["over"]["vessels"], found["over"]["out_of_cover_mean"]) == (2, 1.0)
    assert found["gospa"]["mean"] == pytest.approx(np.sqrt(30**2 + 100**2 / 2), rel=1e-4)
    assert (found["gospa"]["missed_vessels"], found["gospa"]["false_tracks"]) == (1.0, 0.0)
    assert (found["identity"]["switches"], found["identity"]["never"]) == (1, 1)
    assert found["identity"]["fragmentation"] == 2.0
    assert found["consistency"]["position"] == pytest.approx(0.5, rel=1e-3)
    assert found["consistency"]["inside"] == 1.0
    assert (found["pairing"]["precision"], found["pairing"]["recall"]) == (1.0, 1.0)
    assert found["over_time"]["missed"] == [1] * 7


def test_who_finds_nothing_is_judged_at_every_moment_that_was_asked_for(tmp_path):
    truth = write(tmp_path / "truth.parquet", sailing())

    def missed(tracks, begin=START - 20, end=START + 90):
        """Of the two vessels in cover, at each moment."""
        ended = score(write_asked(tmp_path / "t.parquet", tracks, begin, end), truth, "--json")
        assert ended.code == 0, ended
        return json.loads(ended.out)["over_time"]["missed"]

    assert missed(tracking()) == [1] * 7
    assert missed(tracking(range(20, 41, 10))) == [2, 2, 1, 1, 1, 2, 2]  # late, and lost before the end
    assert missed(tracking([0, 10, 50, 60])) == [1, 1, 2, 2, 2, 1, 1]
    assert missed(tracking([0, 10]), end=START + 30) == [1, 1, 2, 2]  # nobody asked later
    assert missed(Believed.empty()) == [2] * 7
    assert missed(Believed.empty(), begin=START + 3, end=START + 25) == [2, 2, 2]


def test_a_track_file_that_tells_nonsense_of_its_moments_gets_one_sentence(tmp_path):
    truth = write(tmp_path / "truth.parquet", sailing())
    for begin, end, every in [(2.0, 1.0, 10.0), (0.0, float("inf"), 10.0), (0.0, 1e9, 1e-9)]:
        bad = write_asked(tmp_path / "t.parquet", tracking(), begin, end, every)
        assert f"metadata {KEY}: expected begin, end" in sentence(bad, truth)


def test_the_table_says_how_many_were_out_of_cover(tmp_path):
    truth, tracks = write(tmp_path / "truth.parquet", sailing()), write(tmp_path / "t.parquet", tracking())
    told = score(tracks, truth).out
    assert "7 moments from 2026-11-20T03:00:00Z to 2026-11-20T03:01:00Z" in told
    assert "1 out of cover not judged" in told
    assert "GOSPA and OSPA (order 2, cutoff 100 m, alpha 2)" in told


def test_truth_is_taken_between_two_seconds_and_tracks_back_to_the_moment(tmp_path):
    truth = write(tmp_path / "truth.parquet", sailing())
    late = tracking(times=[10.5, 20.5])
    late = late.replace(time=late.time + 2.0, lon_deg=late.lon_deg + 20.0 / DEGREE)
    found = json.loads(score(write(tmp_path / "t.parquet", late), truth, "--json").out)
    assert found["gospa"]["rms"] == pytest.approx(30.0, rel=1e-3)


def test_tracks_without_an_mmsi_are_scored_but_for_the_pairing(tmp_path):
    truth = write(tmp_path / "truth.parquet", sailing())
    plain = write(tmp_path / "t.parquet", tracking(kind=Tracks))
    found = json.loads(score(plain, truth, "--json").out)
    assert found["pairing"] is None
    assert found["identity"]["switches"] == 1
    assert "no column mmsi" in score(plain, truth).out


def test_files_that_cannot_be_scored_get_one_sentence(tmp_path):
    truth, tracks = write(tmp_path / "truth.parquet", sailing()), write(tmp_path / "t.parquet", tracking())
    text = tmp_path / "notes.txt"
    text.write_text("no tracks here")
    assert "no Parquet file, expected truth" in sentence(tracks, text)
    assert "no Parquet file, expected tracks" in sentence(text, truth)
    assert "column lat_deg" not in sentence(truth, tracks)  # exchanged: told by the first column that is missing
    assert "no file of tracks: column id is missing" in sentence(truth, truth)
    assert "no file of truth: column vessel is missing" in sentence(tracks, tracks)
    assert "no such file" in sentence(tracks, tmp_path / "none.parquet")
    assert "is a folder" in sentence(tracks, tmp_path)
    later = write(tmp_path / "later.parquet", tracking(start=START + 86_400.0))
    told = sentence(later, truth)
    assert "no time in common" in told
    assert "2026-11-21T03:00:00Z" in told
    assert "2026-11-20T03:01:00Z" in told
    assert "no time in common" in sentence(write(tmp_path / "none.parquet", Believed.empty()), truth)
    assert "not in the order of time" in sentence(tracks, write(tmp_path / "b.parquet", sailing().take([5, 4, 3, 0])))


def test_settings_that_make_no_metric_get_one_sentence(tmp_path):
    truth, tracks = write(tmp_path / "truth.parquet", sailing()), write(tmp_path / "t.parquet", tracking())
    assert "above 0" in sentence(tracks, truth, "--cutoff", "0")
    assert "at least 1" in sentence(tracks, truth, "--order", "0.5")
    for value in ("3", "nan", "0"):
        assert "alpha': expected a number above 0 and at most 2" in sentence(tracks, truth, "--alpha", value)
    assert "at most 20" in sentence(tracks, truth, "--order", "1000")
    assert "at most 1e+07" in sentence(tracks, truth, "--cutoff", "1e300")
    assert score(tracks, truth, "--order", "20", "--cutoff", "1e7").code == 0


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("lat_deg", [np.nan, 0.0], "column lat_deg: expected numbers from -90 to 90, found nan"),
        ("lat_deg", [0.0, 91.0], "from -90 to 90, found 91"),
        ("lat_deg", ["north", "south"], "column lat_deg: expected numbers, found string"),
        ("lon_deg", [None, 1.0], "column lon_deg: expected numbers that are finite, found nan"),
        ("time", [START, np.inf], "column time: expected numbers that are finite, found inf"),
        ("east_mps", [-np.inf, 0.0], "column east_mps"),
    ],
)
def test_values_that_cannot_be_get_one_sentence_in_tracks_as_in_truth(tmp_path, column, values, told):
    truth, tracks = write(tmp_path / "truth.parquet", sailing()), write(tmp_path / "t.parquet", tracking())
    for rows in (tracking([0]), sailing(0).take([0, 1])):
        columns = {name: pa.array(values) if name == column else own for name, own in rows.columns().items()}
        bad = tmp_path / "bad.parquet"
        parquet.write_table(pa.table(columns), bad)
        given = (bad, truth) if isinstance(rows, Believed) else (tracks, bad)
        assert told in sentence(*given)


def test_a_hole_in_the_truth_is_not_bridged(tmp_path):
    whole = sailing(120)
    holed = whole.take((whole.time < START + 15) | (whole.time > START + 85))
    found = json.loads(
        score(
            write(tmp_path / "t.parquet", tracking(range(0, 121, 10))), write(tmp_path / "h.parquet", holed), "--json"
        ).out
    )
    assert found["over"]["moments"] == 6  # 0, 10, and 90 to 120 s


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A minute of the strait, simulated and tracked."""
    folder = tmp_path_factory.mktemp("strait")
    mihari = [sys.executable, "-m", "mihari"]
    subprocess.run([*mihari, "simulate", "strait", "-o", folder, "--duration", "60"], check=True, capture_output=True)
    files = [*folder.glob("*.pcap"), *folder.glob("*.nmea")]
    subprocess.run([*mihari, "track", *files, "-o", folder / "tracks.parquet"], check=True, capture_output=True)
    return folder


def test_a_simulation_is_tracked_and_scored_beside_the_clairvoyant(recorded):
    result = score(recorded / "tracks.parquet", recorded / "truth.parquet", "--json", "--clairvoyant", recorded)
    assert result.code == 0, result.err
    found = json.loads(result.out)
    assert found["over"]["vessels"] > 200
    assert found["gospa"]["mean"] < 1000  # all missed: about 1,170
    assert found["siap"]["completeness"] > 0.8
    assert found["pairing"]["precision"] > 0.95
    limit = found["clairvoyant"]
    assert limit["gospa"]["mean"] < found["gospa"]["mean"]
    assert limit["siap"]["completeness"] > found["siap"]["completeness"]
    assert limit["identity"]["first_mean"] <= found["identity"]["first_mean"]
    assert limit["over"]["moments"] == found["over"]["moments"]


def test_a_recording_is_judged_from_its_begin_on_before_anybody_is_confirmed(recorded):
    asked = Asked.of(parquet.ParquetFile(recorded / "tracks.parquet").metadata.metadata, recorded)
    assert (asked.begin - START, asked.end - START, asked.every) == (0.0, 60.0, 10.0)
    found = json.loads(score(recorded / "tracks.parquet", recorded / "truth.parquet", "--json").out)
    assert found["over"]["moments"] == 7
    assert found["over_time"]["tracks"][0] == 0
    assert found["identity"]["first_median"] == 10.0


def test_a_folder_without_a_simulation_knows_nobody_s_reports(recorded, tmp_path):
    files = recorded / "tracks.parquet", recorded / "truth.parquet"
    assert "no scenario.toml" in sentence(*files, "--clairvoyant", tmp_path)
    (tmp_path / "scenario.toml").write_bytes((recorded / "scenario.toml").read_bytes())
    assert "truth.parquet: no such file" in sentence(*files, "--clairvoyant", tmp_path)
    (tmp_path / "truth.parquet").write_bytes((recorded / "truth.parquet").read_bytes())
    assert "plots.parquet: no such file" in sentence(*files, "--clairvoyant", tmp_path)


def test_a_folder_of_another_simulation_is_no_limit_for_this_one(recorded, tmp_path):
    (tmp_path / "scenario.toml").write_bytes((recorded / "scenario.toml").read_bytes())
    whole = parquet.read_table(recorded / "truth.parquet")
    away = whole.set_column(
        whole.schema.get_field_index("lat_deg"), "lat_deg", pa.array(whole["lat_deg"].to_numpy() + 1e-4)
    )
    later = whole.set_column(whole.schema.get_field_index("time"), "time", pa.array(whole["time"].to_numpy() + 3600))
    fewer = whole.filter(pa.array(whole["vessel"].to_numpy() != 7))
    for other in (away, later, fewer):
        parquet.write_table(other, tmp_path / "truth.parquet")
        told = sentence(recorded / "tracks.parquet", recorded / "truth.parquet", "--clairvoyant", tmp_path)
        assert "another simulation" in told


def test_where_no_radar_looks_everyone_is_judged_only_when_asked(tmp_path):
    truth = write(tmp_path / "truth.parquet", sailing().replace(cover=np.zeros(183)))
    tracks = write(tmp_path / "t.parquet", tracking())
    assert "--everyone" in sentence(tracks, truth)
    found = json.loads(score(tracks, truth, "--everyone", "--json").out)
    assert found["over"]["vessels"] == 3
    assert "3 vessels, in cover or not (3 at a time), 3 tracks" in score(tracks, truth, "--everyone").out


def test_alerts_are_scored_against_what_happened(tmp_path):
    files = write(tmp_path / "t.parquet", tracking()), write(tmp_path / "truth.parquet", sailing())
    events = {"kind": ["dark", "dark"], "vessels": [[4], [5]], "start": [START, START], "end": [None, None]}
    parquet.write_table(pa.table(events | {"innocent": [False, True]}), tmp_path / "events.parquet")
    alerts = {"kind": ["dark", "dark"], "tracks": [[40], [60]], "start": [START + 20, START + 20]}
    parquet.write_table(pa.table(alerts), tmp_path / "alerts.parquet")
    asked = [*files, "--events", tmp_path / "events.parquet", "--alerts", tmp_path / "alerts.parquet"]
    found = json.loads(score(*asked, "--json").out)["alerts"]
    assert (found["precision"], found["recall"], found["latency_mean"]) == (0.5, 1.0, 20.0)
    assert found["false_per_1000_vessel_days"] == pytest.approx(1000 / (3 * 60 / 86_400))
    assert found["by_kind"]["dark"]["right"] == 1
    assert "fooled by what is innocent" in score(*asked).out
    assert "go together" in sentence(*files, "--events", tmp_path / "events.parquet")
    assert "no file of events" in sentence(*files, "--events", asked[-1], "--alerts", asked[-1])


def drawn(path):
    """How many marks of each shape a picture has, and its words."""
    root = ElementTree.parse(path).getroot()
    name = "{http://www.w3.org/2000/svg}"
    uses = Counter(use.get("href") for use in root.iter(f"{name}use"))
    return uses, " ".join(t.text or "" for t in root.iter(f"{name}text"))


@pytest.mark.parametrize("shift", [0.0, 180 * DEGREE])
def test_a_picture_shows_what_was_missed_and_where_tracks_changed(tmp_path, shift):
    truth = write(tmp_path / "truth.parquet", sailing(shift=shift))
    tracks = tracking()
    tracks = write(tmp_path / "t.parquet", tracks.replace(lon_deg=tracks.lon_deg + shift / DEGREE))
    ended = score(tracks, truth, "--plot", tmp_path / "wrong.svg")
    assert ended.code == 0, ended
    uses, words = drawn(tmp_path / "wrong.svg")
    assert "missed, 7 times" in words
    assert "another track takes over, 1 times" in words
    assert uses["#diamond"] == 2  # the one, and its sign in the legend
    assert uses["#cross"] == 1
    assert (tmp_path / "wrong.svg").stat().st_size < 100_000


def test_a_picture_of_a_simulation_has_its_coast_its_radars_and_the_clairvoyant(recorded, tmp_path):
    files = recorded / "tracks.parquet", recorded / "truth.parquet"
    assert score(*files, "--clairvoyant", recorded, "--plot", tmp_path / "wrong.svg").code == 0
    uses, words = drawn(tmp_path / "wrong.svg")
    assert uses["#triangle"] == 2
    assert "GSHHG" in words
    assert "dashed: clairvoyant" in words


def test_a_picture_that_cannot_be_made_is_told_before_the_work(recorded, tmp_path):
    files = recorded / "tracks.parquet", recorded / "truth.parquet"
    assert "ends in .svg" in sentence(*files, "--plot", tmp_path / "wrong.png")
    assert "cannot be written" in sentence(*files, "--plot", tmp_path / "nowhere" / "wrong.svg")
