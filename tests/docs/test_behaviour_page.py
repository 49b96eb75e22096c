"""docs/behaviours.md has the definitions as they are."""

import re

from mihari.behaviours.kinds import files, known, read
from mihari.behaviours.kinds.page import BEGIN, END, PAGE, findings, made
from mihari.behaviours.memory import Pace
from mihari.behaviours.scene import VOCABULARY

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_has_the_definitions_as_they_are():
    told = BEGIN + TEXT.split(BEGIN)[1].split(END)[0] + END
    assert told == made(), "docs/behaviours.md differs; remake it: python -m mihari.behaviours.kinds.page"


def test_every_kind_is_a_row_of_six_cells():
    rows = [line for line in made().splitlines() if line.startswith("| `") and line.count(" | ") == 5]
    assert [row.split("`")[1] for row in rows] == sorted(known())


def test_every_finding_is_told():
    text = findings(Pace())
    told = set(re.findall(r"`(\w+)\(", text)) | set(re.findall(r"`(says_\w+)`", text))
    told |= {"off_shore_" + more for more in re.findall(r"`…_(\w+)`", text)}
    assert set(VOCABULARY.timelines) == told - {"says_"}


def test_the_definition_of_ones_own_reads(tmp_path):
    own = tmp_path / "tankers.behaviour"
    own.write_text(re.findall(r"```behaviours\n(.*?)```", TEXT, re.DOTALL)[0], encoding="utf-8")
    assert read([*files(), own], VOCABULARY).definitions["tanker_waits"].title
