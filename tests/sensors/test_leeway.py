"""Leeway: the U.S. Coast Guard's list is read as laid out, and the classes of the package are among it."""

import numpy as np
import pytest

from mihari.core.errors import BadInput
from mihari.sensors.leeway import LIGHT, Fit, leeway, leeways, read_leeway
from recordings import recording

LIST = "patrol/leeway/OBJECTPROP.DAT"
UPWIND = {"SEPIRB"}  # 0.4 % of the wind less 1.8 cm/s: its line is below 0 up to 4.5 m/s
ONE = "A-1   1\n >>Thing\n 1.0 2.0 3.0 4.0 5.0 6.0 -4.0 -5.0 6.0\n"


def test_the_whole_list_is_read():
    found = read_leeway(recording(LIST))
    assert len(found) == 85
    assert next(iter(found)) == "PIW-1"
    assert list(found)[-1] == "MED-WASTE-7"
    assert found["PIW-1"].downwind == Fit(0.0096, 0.0, 0.12)
    assert found["PIW-1"].left == Fit(-0.0054, 0.0, 0.094)
    raft = found["LIFE-RAFT-DB-13"]
    assert (raft.depth, raft.source) == (3, "OBJECTPROP.DAT:28")
    assert raft.description == "4-14 person capacity, deep ballast system, canopy, no drogue, light loading"
    assert (raft.downwind, raft.right, raft.left) == (
        Fit(0.0375, -0.0232, 0.0451), Fit(0.01, -0.0531, 0.0391), Fit(-0.0047, -0.0014, 0.0391),
    )  # fmt: skip
    assert {name for name, one in found.items() if one.right.slope < one.left.slope} == set()


def test_the_classes_of_the_package_are_those_of_the_list():
    found = read_leeway(recording(LIST))
    for name, one in leeways().items():
        row = found[one.source.split(":")[0]]
        assert (one.downwind, one.right, one.left) == (row.downwind, row.right, row.left), name
        assert "Allen" in one.source


def test_in_a_calm_nothing_is_blown_away_and_almost_nothing_is_blown_upwind():
    for name, one in read_leeway(recording(LIST)).items():
        assert one.downwind.speed(0.0, 3.0) == one.right.speed(0.0, 3.0) == one.left.speed(0.0, -3.0) == 0
        assert (one.downwind.speed(np.linspace(0, 30, 301)).min() >= 0) == (name not in UPWIND), name


def test_the_line_is_the_lists_from_light_wind_up():
    fit = leeway("person, life jacket").downwind
    assert fit.speed([LIGHT, 10.0]).tolist() == pytest.approx([0.016 * LIGHT - 0.0398, 0.16 - 0.0398])


def test_scatter_is_that_of_the_fit_at_10_mps():
    fit = leeway("fishing vessel").right
    assert float(fit.speed(10.0, 1.0) - fit.speed(10.0)) == pytest.approx(0.094)
    assert float(fit.speed(10.0, -2.0) - fit.speed(10.0)) == pytest.approx(-2 * 0.094)


def test_notes_after_a_blank_line_are_not_read(tmp_path):
    file = tmp_path / "list.dat"
    file.write_text(ONE + "\nany notes, with caf\xe9\n", encoding="latin-1")
    assert list(read_leeway(file)) == ["A-1"]
    assert read_leeway(file)["A-1"].depth == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "three lines"),
        ("\n" + ONE, "three lines"),
        (ONE + "B-1 2\n", ":4: expected three lines"),
        (ONE + ONE, ":4: A-1 is there twice"),
        (ONE.replace("A-1   1", "A 1 1"), ":1: expected a name and a number, found 'A 1 1'"),
        (ONE.replace("A-1   1", "A-1 x"), ":1: expected a name and a number"),
        (ONE.replace("2.0", "two"), ":3: expected nine figures"),
        (ONE.replace("2.0", "nan"), ":3: expected nine figures"),
        (ONE.replace("2.0", ""), ":3: expected nine figures"),
        (ONE.replace("3.0", "-3.0"), ":3: expected nine figures"),
    ],
)
def test_a_damaged_list_is_refused_with_the_line(tmp_path, text, words):
    file = tmp_path / "list.dat"
    file.write_text(text)
    with pytest.raises(BadInput, match=words):
        read_leeway(file)


def test_a_list_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"none\.dat: cannot be read: no such file"):
        read_leeway(tmp_path / "none.dat")


def test_an_unknown_class_is_refused_with_those_known():
    with pytest.raises(BadInput, match=r"'submarine' is known; known are person; .*wreckage"):
        leeway("submarine")
