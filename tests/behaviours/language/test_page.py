"""The examples of the page are definitions that read, and its pictures are what the operators give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.language import MemoryFacts, evaluate, parse, written
from mihari.behaviours.scene import VOCABULARY

PAGE = (Path(__file__).parents[3] / "docs" / "behaviour-language.md").read_text("utf-8")
EXAMPLES = re.findall(r"```behaviours\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_read_and_read_back(text):
    known = VOCABULARY if "speed(v)" in text else None  # measures are what a vocabulary says they are
    d = parse(text, vocabulary=known)
    assert d.definitions
    assert parse(written(d), vocabulary=known).definitions == d.definitions


ROWS = re.findall(r"^\| `([^|]*)` \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("cell", [cell for row in ROWS for cell in re.split(r"`, `", row) if "(v" in cell])
def test_every_operator_of_the_table_reads(cell):
    head = "x()" if cell.startswith("at least 3") else "x(v)"
    assert parse(f"{head} = {cell}").definitions["x"]


A, B = Timelines.made([0, 0], [0, 15], [10, 25]), Timelines.made([0], [5], [15])
C, D, E = (
    Timelines.made([0, 0, 0], [0, 9, 21], [5, 12, 27]),
    Timelines.made([0], [11], [15]),
    Timelines.made([0], [14], [17]),
)


@pytest.mark.parametrize(
    ("expression", "drawn"),
    [
        ("a(v) and b(v)", [(5, 10)]), ("a(v) or b(v)", [(0, 25)]), ("a(v) without b(v)", [(0, 5), (15, 25)]),
        ("c(v) ignoring breaks up to 4 s", [(0, 12), (21, 27)]), ("c(v) lasting more than 5 s", [(21, 27)]),
        ("c(v) then d(v) within 2 s", []), ("c(v) then e(v) within 2 s", [(9, 17)]),
    ],
)  # fmt: skip
def test_the_pictures_of_the_page_are_true(expression, drawn):
    facts = MemoryFacts(1, found={"a": A, "b": B, "c": C, "d": D, "e": E})
    assert evaluate(parse(f"x(v) = {expression}"), facts)["x"].intervals(0) == drawn
