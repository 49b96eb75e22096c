"""The compact files say what libasterix's tables say, name by name and bit by bit, in every edition."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("asterix.generated", reason="libasterix is not installed")
sys.path.insert(0, str(Path(__file__).parents[3] / "tools"))

import asterix_editions

from asterix import generated
from mihari.core.errors import BadInput
from mihari.formats.asterix.compact import from_json, to_json
from mihari.formats.asterix.definition import Element, Group, Named
from mihari.formats.asterix.editions import available, category
from mihari.formats.asterix.spec import parse


@pytest.mark.parametrize("number", list(available()))
def test_every_edition_has_the_tables_of_libasterix(number: int) -> None:
    theirs = [asterix_editions.category(told) for told in generated.manifest["CATS"][number]]
    assert [one.edition for one in theirs] == list(available()[number])
    for one in theirs:
        ours = category(number, one.edition)
        assert replace(one, title=ours.title) == ours


@pytest.mark.parametrize("number", list(available()))
def test_a_compact_file_is_read_as_it_was_written(number: int) -> None:
    for edition in available()[number]:
        assert from_json(to_json(category(number, edition))) == category(number, edition)


TOY = """asterix 250 "Toy"
edition 1.0

items

    010 "Kind"
        extended
            TYP ""
                element 1
                    raw
            spare 6
            -

    020 "Speed"
        group
            IM ""
                element 1
                    raw
            AS ""
                element 15
                    case 020/IM
                        0:
                            unsigned quantity 1/2 "m/s"
                        1:
                            unsigned quantity 1/1000 "Mach"
                        default:
                            raw

uaps
    variations
        slow
            010
            020
        fast
            010
            -
            020
    case 010/TYP
        0: slow
        1: fast
"""


def test_profiles_and_units_by_another_value_are_read_from_a_definition() -> None:
    toy = parse(TOY)
    assert toy.choice is not None
    assert (toy.choice.item, toy.choice.part) == ("010", "TYP")
    assert [[item and item.name for item in uap] for uap in toy.uaps] == [["010", "020"], ["010", None, "020"]]
    (_, item) = toy.items()
    assert isinstance(item.content, Group)
    speed = item.content.parts[1]
    assert isinstance(speed, Named)
    assert isinstance(speed.content, Element)
    assert (speed.content.by, speed.content.cases) == ("020/IM", {0: (0.5, "m/s"), 1: (0.001, "Mach")})
    assert from_json(to_json(toy)) == toy


def test_a_definition_with_a_shape_that_is_not_supported_is_refused() -> None:
    with pytest.raises(BadInput, match="unsigned quantities"):
        parse(TOY.replace('unsigned quantity 1/2 "m/s"', "raw"))
