"""Lists of vessels: read with their mistakes explained, matched, told with their own urgency; registers contradict."""

import json
import subprocess
import sys

import numpy as np
import pytest

from mihari.behaviours.lists import Listed, Lists, read_list
from mihari.behaviours.lists.reading import parsed
from mihari.behaviours.names import Name, Version
from mihari.core.behaviour import Standing, Urgency
from mihari.core.errors import BadInput
from mihari.core.picture import Vessels
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Tick
from mihari.lookout import Lookout, alerting_kinds

T0 = 1_700_006_400
WANTED = "MMSI;Name;Flag;Note;Urgency\n431000001;MAAS;PA;fled Naha;alarm\n;  sea   star ;;gear cut;\n"


def told(name="", imo=0, call_sign="", times=2, **of_name):
    return Name([Version(name, imo, call_sign, 1.0, 2.0, times)], **of_name)


def test_csv_of_any_separator_order_and_case_is_read(tmp_path):
    path = tmp_path / "wanted.csv"
    path.write_text(WANTED)
    first, second = read_list(path).vessels
    assert (first.mmsi, first.urgency, first.note, first.list) == (431000001, Urgency.ALARM, "fled Naha", "wanted")
    assert (second.name, second.urgency, second.line) == ("SEA STAR", Urgency.CAUTION, 3)


def test_json_is_read_with_what_all_its_vessels_share():
    text = {"list": "iuu", "urgency": "warning", "vessels": [{"IMO": 9074729}, {"name": "X", "urgency": "caution"}, 7]}
    read = parsed(json.dumps(text).encode(), "f.json")
    assert [(v.list, v.imo, v.urgency.name) for v in read.vessels] == [
        ("iuu", 9074729, "WARNING"),
        ("iuu", 0, "CAUTION"),
    ]
    assert str(read.problems[0]) == "f.json, line 3: no mmsi, imo or name: expected one of them"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("12,,,,", "mmsi 12: expected nine digits"),
        ("x,,,,", "mmsi x: expected a number"),
        (",9074728,,,", "imo 9074728: expected seven digits"),
        (",,,,", None),
        (",,,5,", "no mmsi, imo or name"),
        (",,A,900,", "length 900: expected 0 to 500 m"),
        (",,A,long,", "length long: expected metres"),
        (",,A,,soon", "urgency soon: expected caution"),
    ],
)
def test_a_bad_row_is_left_out_and_explained_with_its_line(row, why):
    read = parsed(f"mmsi,imo,name,length,urgency\n431000001,,,,\n{row}\n431000002,,,,\n".encode(), "l.csv")
    assert [v.mmsi for v in read.vessels] == [431000001, 431000002]
    assert [p.line for p in read.problems] == ([] if why is None else [3])
    assert why is None or why in str(read.problems[0])


@pytest.mark.parametrize("text", [b"", b"a,b\n1,2\n", b"{", b'{"a": 1}', b"\xff\xfe\x00", bytes(range(256)) * 10])
def test_what_is_no_list_is_one_sentence(text):
    with pytest.raises(BadInput, match=r"l\.csv: "):
        parsed(text, "l.csv")


def test_a_vessel_is_found_by_its_numbers_and_by_its_name_only_where_there_is_no_number():
    lists = Lists([Listed("a", imo=9074729, name="MAAS"), Listed("b", name="SEA STAR"), Listed("c", mmsi=431000001)])
    found = [
        [e.list for e in lists.watched(mmsi, name)]
        for mmsi, name in [
            (431000001, Name()),
            (431000009, told("OTHER", 9074729)),
            (431000009, told("MAAS")),
            (431000009, told("SEA  STAR ")),
            (431000009, Name()),
        ]
    ]
    assert found == [["c"], ["a"], [], ["b"], []]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        (told("MAAS", 9074729, "JABC", length=100.0, ship_type=70), []),
        (told("MAAS II"), ["name MAAS II, written MAAS"]),
        (told("MAAS II", times=1), []),
        (told("MAAS", length=120.0), []),
        (told("MAAS", length=121.0), ["length 121 m, written 100 m"]),
        (told("MAAS", ship_type=80), ["type tanker, written bulk carrier"]),
        (told("MAAS", ship_type=90), []),
        (told("", 9074729, "XYZ"), ["call sign XYZ, written JABC"]),
    ],
)
def test_a_register_contradicts_what_is_told_again_and_again(name, texts):
    entry = Listed("r", 431000001, 9074729, "MAAS", "JABC", type="bulk carrier", length=100.0)
    assert Lists(registers=[entry]).differing(431000001, name) == texts


def test_the_same_imo_number_under_another_mmsi_is_told():
    lists = Lists(registers=[Listed("r", 431000001, 9074729)])
    assert lists.differing(431000002, told("A", 9074729)) == ["MMSI 431000002, written 431000001"]


def heard(mmsi, seconds, name="", imo=0):
    n = len(seconds)
    reports = Reports.of(
        n, time=T0 + np.asarray(seconds, float), kind=ReportKind.AIS_POSITION, lat_deg=26.2, lon_deg=127.2, speed=5.0,
        claim=np.arange(n), feed=0, offset=np.arange(n),
    )  # fmt: skip
    return Batch(reports, Claims.of(n, mmsi=mmsi, name=np.full(n, name), imo=imo, device="A"))


def run(lookout, *batches):
    found = []
    for batch in batches:
        lookout.take(batch, Vessels.empty)
        step = lookout.take(Tick(float(batch.reports.time.max())), Vessels.empty)
        found += step.behaviours
    return [b for b in found if b.kind in ("watch_list", "register_differs")]


def test_a_listed_vessel_that_is_heard_raises_an_alert_with_the_list_s_urgency_and_note():
    lookout = Lookout()
    lookout.look_for(Lists([Listed("wanted", 431000001, note="fled Naha", urgency=Urgency.ALARM)]))
    found = run(lookout, heard(431000002, [0, 60]), heard(431000001, [70, 130]))
    assert [(b.vessels, b.urgency, b.start - T0, b.end) for b in found] == [((431000001,), Urgency.ALARM, 70, None)]
    assert found[0].because == "MMSI 431000001 is on wanted: fled Naha"
    assert found[0].evidence.facts["list"] == "wanted"
    assert "watch_list" in alerting_kinds()
    assert "register_differs" not in alerting_kinds()
    assert [b.because for b in lookout.going_on()] == ["MMSI 431000001 is on wanted: fled Naha"]


def test_a_name_that_is_told_later_counts_from_the_first_report_on_in_any_order():
    for order in ((0, 1), (1, 0)):
        lookout = Lookout()
        lookout.look_for(Lists([Listed("names", name="SEA STAR")]))
        batches = [heard(431000001, [0, 60]), heard(431000001, [120, 180], "SEA STAR")]
        found = run(lookout, *(batches[k] for k in order))
        assert [b.start - T0 for b in found if b.standing is Standing.GOING_ON][-1] == 0


def test_who_is_on_no_list_any_more_is_retracted():
    lookout = Lookout()
    lookout.look_for(Lists([Listed("wanted", 431000001)]))
    run(lookout, heard(431000001, [0, 60]))
    lookout.look_for(Lists())
    assert [b.standing for b in run(lookout, heard(431000001, [120, 180]))] == [Standing.RETRACTED]


def test_a_contradicted_register_is_listed():
    lookout = Lookout()
    lookout.look_for(Lists(registers=[Listed("r", 431000001, name="MAAS")]))
    found = run(lookout, heard(431000001, [0, 60, 120], "OTHER"), heard(431000001, [180, 240], "OTHER"))
    assert found[-1].because == ("OTHER (431000001) does not tell what is registered: name OTHER, written MAAS")


def mihari(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "mihari", *arguments], capture_output=True, text=True, timeout=100, check=False
    )


def test_detect_takes_watch_lists_and_explains_bad_lines(tmp_path):
    (tmp_path / "p.csv").write_text(
        "mmsi,t,lat,lon\n" + "".join(f"431000001,{T0 + 60 * k},26.2,127.2\n" for k in range(9))
    )
    (tmp_path / "wanted.csv").write_text("mmsi,note\n431000001,fled\n12,\n")
    command = ["detect", str(tmp_path / "p.csv"), "--kind", "watch_list", "--json", "--watch-list"]
    done = mihari(*command, str(tmp_path / "wanted.csv"))
    assert "line 3: mmsi 12: expected nine digits" in done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert [(r["because"], r["urgency"]) for r in rows] == [("MMSI 431000001 is on wanted: fled", "caution")]
    missing = mihari(*command, str(tmp_path / "none.csv"))
    assert (missing.returncode, "none.csv: no such file" in missing.stderr) == (2, True)
