"""Plans as JSON: what was written is read again, and whatever else is there is told in one sentence."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from mihari.core.errors import BadInput
from mihari.patrol.plan import Plan, Shortfall, Sortie, Stop, read, to_json, write

BEGIN = 1_795_219_200.0
STOPS = (
    Stop("cell", "3", BEGIN + 900, BEGIN + 960, 26.0, 126.0),
    Stop("way", "", BEGIN + 999, BEGIN + 999, 26.0, 126.1),
)
SORTIE = Sortie("tb2", "field", BEGIN, 26.3, 126.2, STOPS, "field", BEGIN + 7200, 26.3, 126.2)
PLAN = Plan(
    "Island",
    BEGIN,
    BEGIN + 28800,
    (SORTIE,),
    {"fresh": 0.5},
    (Shortfall("look at v", "too far"),),
    {"3": BEGIN},
    (SORTIE,),
)


def written(*way: Any) -> str:
    """The plan with another value at a place: keys, then the value."""
    told = json.loads(json.dumps(to_json(PLAN)))
    inner = told
    for key in way[:-2]:
        inner = inner[key]
    inner[way[-2]] = way[-1]
    return json.dumps(told)


def test_a_plan_is_read_as_it_was_written(tmp_path):
    write(PLAN, tmp_path / "plan.json")
    assert read(tmp_path / "plan.json") == PLAN


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "found a list, expected an object with its format"),
        ("3", "found 3, expected an object with its format"),
        ("null", "found null, expected"),
        ('"plan"', "found 'plan', expected"),
        ("{}", 'found format null, expected "mihari plan 1"'),
        ("", "line 1 column 1"),
        ("[" * 100_000, "depth limit exceeded"),
        ('{"format": ' * 100_000, "depth limit exceeded"),
        ('{"format": "\\ud800"}', "surrogate in string"),
        (written("begin", "a"), "begin: expected a number, found 'a'"),
        (written("begin", "5"), "begin: expected a number, found '5'"),
        (written("begin", True), "begin: expected a number, found true"),
        (written("begin", float("nan")), "expected a JSON value"),
        (written("begin", 10**400), "infinity"),
        (written("begin", 1e300), r"begin: expected less than 253402300800, found 1e\+300"),
        (written("end", BEGIN), "end: expected a time after begin, found 1795219200 and 1795219200"),
        (written("patrol", 5), "patrol: expected text, found 5"),
        (written("sorties", 3), "sorties: expected a list, found 3"),
        (written("sorties", {"a": 1}), "sorties: expected a list, found an object"),
        (written("sorties", 0, []), r"sorties\[0\]: expected an object, found a list"),
        (written("sorties", 0, {}), r"sorties\[0\].vehicle is missing"),
        (written("sorties", 0, "speed", 5), r"sorties\[0\].speed: unknown key"),
        (written("sorties", 0, "landing", None), r"sorties\[0\].landing: expected a number, found null"),
        (written("sorties", 0, "lat_deg", 91), r"sorties\[0\].lat_deg: expected less than or equal to 90, found 91"),
        (written("sorties", 0, "stops", 1, "arrive", []), r"stops\[1\].arrive: expected a number, found a list"),
        (written("sorties", 0, "stops", 1, "purpose", "x"), r"purpose: expected 'cell', .* or 'way', found 'x'"),
        (written("past", 0, "stops", {}), r"past\[0\].stops: expected a list, found an object"),
        (written("figures", []), "figures: expected an object, found a list"),
        (written("figures", {"fresh": "a"}), "figures.fresh: expected a number, found 'a'"),
        (written("shortfalls", [1]), r"shortfalls\[0\]: expected an object, found 1"),
        (written("seen", {"3": None}), "seen.3: expected a number, found null"),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_whatever_is_no_plan_is_one_sentence(tmp_path, text, problem):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=problem) as told:
        read(path)
    assert str(told.value).startswith(f"{path}: expected a plan of `mihari plan`: ")
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < len(str(path)) + 200
