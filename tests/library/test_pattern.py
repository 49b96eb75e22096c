"""A pattern's file becomes definitions of its own; every mistake in it is one sentence with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.kinds import built_in
from mihari.behaviours.language import LanguageError, parse, written
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Urgency
from mihari.core.errors import BadInput
from mihari.core.units import KNOT
from mihari.library import examine, load, merged, starting
from mihari.library.pattern import examined

BEGIN = 1_800_000_000
CRAWLS = '''
format = 1
name = "crawls"
version = 1
title = "Crawls"
status = "active"
urgency = "caution"
description = "Goes slowly for a while."
because = "{v} crawls for {lasted}"
innocent = ["waiting"]
references = ["nobody"]
definition = """
waits(v) = low <= speed(v) < high

crawls(v) = waits(v) lasting at least 10 min
"""

[[parameter]]
name = "low"
value = "3 kn"
least = "1 kn"
most = "5 kn"
source = "made up"

[[parameter]]
name = "high"
value = "4 kn"
least = "1.5 m/s"
most = "10 kn"
source = "made up"

[look]
sensor = ["camera"]
place = "from anywhere"
checklist = ["who it is"]
'''


def mistakes(text: str) -> list[str]:
    pattern, found = examined(text, "it.toml")
    assert pattern is None
    return [str(mistake) for mistake in found]


def way(speeds_kn: list[float], key: int = 431000001) -> Sightings:
    times = BEGIN + 60.0 * np.arange(len(speeds_kn))
    speed = np.array(speeds_kn) * KNOT
    return Sightings.of(len(times), key=key, time=times, lat_deg=26.0, lon_deg=127.0, speed=speed)


def test_it_is_found_by_the_engine_and_told_as_its_file_says() -> None:
    pattern, found = examined(CRAWLS, "it.toml")
    assert pattern is not None
    assert not found
    engine = Engine(definitions=merged([pattern]))
    engine.sight(way([3.5] * 15 + [6.0] * 15))
    told = [b for b in engine.step(BEGIN + 1800.0) if b.kind == "crawls"]
    assert [(b.start - BEGIN, b.end, b.urgency, b.innocent) for b in told] == [
        (0, BEGIN + 900, Urgency.CAUTION, ("waiting",))
    ]
    assert told[0].because.endswith("crawls for 15 min")


def test_two_patterns_may_call_their_parts_and_figures_the_same() -> None:
    one, _ = examined(CRAWLS, "one.toml")
    text = CRAWLS.replace('"crawls"', '"rushes"').replace("crawls(v)", "rushes(v)")
    other, _ = examined(text.replace('"3 kn"', '"5 kn"').replace('value = "4 kn"', 'value = "9 kn"'), "two.toml")
    assert one is not None
    assert other is not None
    engine = Engine(definitions=merged([one, other]))
    engine.sight(way([3.5] * 15 + [6.0] * 15))
    assert {b.kind: b.start - BEGIN for b in engine.step(BEGIN + 1800.0) if b.kind in ("crawls", "rushes")} == {
        "crawls": 0, "rushes": 900,
    }  # fmt: skip
    assert str(other.parameter("low").quantity) == "5 kn"


def test_what_all_have_is_not_touched_by_a_pattern_that_uses_its_names() -> None:
    pattern, _ = examined(CRAWLS, "it.toml")
    assert pattern is not None
    found = merged([pattern])
    assert {n: found.definitions[n] for n in built_in().definitions} == dict(built_in().definitions)
    assert {"crawls__waits", "waits"} <= found.definitions.keys()


def test_two_patterns_of_one_name_are_refused() -> None:
    pattern, _ = examined(CRAWLS, "it.toml")
    assert pattern is not None
    with pytest.raises(BadInput, match="two patterns are called crawls"):
        merged([pattern, pattern])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format = 1", "format = 2", "it.toml:2: format: 2; this version reads 1"),
        ('name = "crawls"', 'name = "Crawls"', "it.toml:3: name: expected small letters and digits"),
        ('name = "crawls"', 'name = "slow"', "it.toml:12: definition: slow is known already; expected another name"),
        ('name = "crawls"', 'name = "speed"', "it.toml:12: definition: speed is known already"),
        ('name = "crawls"', 'name = "massing"', "it.toml:12: definition: massing is known already"),
        ('name = "crawls"', 'name = "creeps"', "definition: expected a definition of creeps, found waits, crawls"),
        ("urgency =", "urgncy =", "it.toml:7: urgncy: unknown key; did you mean urgency?"),
        ('urgency = "caution"', 'urgency = "panic"', 'it.toml:7: urgency: expected one of "caution", "warning"'),
        ("speed(v) <", "sped(v) <", "it.toml:13: definition: column 19: unknown attribute 'sped'; did you mean 'sp"),
        ("< high", "< hihg", "it.toml:13: definition: column 30: unknown name 'hihg', expected a parameter; did you"),
        ("lasting at least", "lastng at least", "it.toml:15: definition: column 22: unknown word 'lastng'; did you"),
        ("waits(v) lasting", "wait(v) lasting", "it.toml:15: definition: column 13: unknown name 'wait'; did you mean"),
        ("10 min\n", "10 kn\n", "it.toml:15: definition: column 39: expected a duration of whole seconds"),
        ("crawls(v) = waits(v)", "crawls(v) = crawls(v)", "'crawls' is defined by itself: crawls -> crawls"),
        ('10 min\n"""', '10 min title "T"\n"""', "it.toml:15: definition: column 1: title, source, urgency, innocent"),
        ('value = "3 kn"', 'value = "soon"', "expected a number and its unit, such as 30 min, found 'soon'"),
        ('value = "3 kn"', 'value = "3 NM"', "low: value, least and most: expected three of one kind"),
        ('value = "3 kn"', 'value = "6 kn"', "low: expected a value from 1 kn to 5 kn, found 6 kn"),
        ("[look]", "[loook]", "look"),
        ('name = "high"', 'name = "higher"', "unknown name 'high', expected a parameter; did you mean"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_with_its_place(old: str, new: str, told: str) -> None:
    assert old in CRAWLS
    found = mistakes(CRAWLS.replace(old, new, 1))
    assert any(told in one for one in found), found
    assert not any("__" in one or "\n" in one for one in found)


def test_all_mistakes_are_told_at_once() -> None:
    found = mistakes(CRAWLS.replace('"caution"', '"panic"').replace('value = "3 kn"', 'value = "soon"'))
    assert len(found) == 2


def test_what_is_no_text_or_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        examine(tmp_path / "nobody.toml")
    (tmp_path / "bytes.toml").write_bytes(bytes(range(128, 256)))
    with pytest.raises(BadInput, match="UTF-8"):
        load(tmp_path / "bytes.toml")


@pytest.mark.parametrize("deep", ["(" * 3000, "not " * 1500])
def test_a_definition_nested_without_end_is_refused(deep: str) -> None:
    assert any("nested too deeply" in one or "unexpected" in one for one in
               mistakes(CRAWLS.replace("= waits(v)", f"= {deep}waits(v)")))  # fmt: skip


@pytest.mark.parametrize("pattern", starting(), ids=lambda one: one.name)
def test_those_that_come_with_mihari_read_back_the_same(pattern) -> None:  # type: ignore[no-untyped-def]
    again, found = examined(pattern.text, "again.toml")
    assert not found
    assert again == pattern
    assert again.digest == pattern.digest
    assert written(pattern.definition).startswith(f"{pattern.name}(")
    with pytest.raises(LanguageError):
        parse(pattern.file.definition)  # it has no parameters by itself
