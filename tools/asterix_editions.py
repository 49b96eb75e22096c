"""Editions of ASTERIX categories of which no `.ast` file is at hand -> compact files, from the tables of libasterix.

libasterix (https://github.com/zoranbosnjak/asterix-libs) carries every edition of the published definitions
(asterix-specs) as classes. Read here are the tables alone: names, widths, units, meanings. Each edition becomes its
difference to the newest one that `mihari.formats.asterix.spec` made; a category with none at all becomes a whole file.

    python tools/asterix_editions.py 062 021 002
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from asterix import base, generated
from mihari.formats.asterix.compact import from_json, older, to_json
from mihari.formats.asterix.definition import (
    DEFINITIONS,
    Category,
    Choice,
    Compound,
    Content,
    Element,
    Explicit,
    Extended,
    Group,
    Named,
    Repetitive,
    Spare,
    Uap,
)

TITLES = {2: "Transmission of Monoradar Service Messages", 63: "Sensor Status Reports"}  # of those without a file
TEXTS = {"StringAscii": "ascii", "StringICAO": "icao", "StringOctal": "octal"}


def category(told: Any) -> Category:
    """A category as a class of libasterix -> ours."""
    number, edition = told.cv_category, ".".join(map(str, told.cv_edition))
    if issubclass(told.cv_uap, base.UapMultiple):
        (item, part), values = told.cv_uap.cv_selector
        uaps = tuple(_uap(told.cv_uap.cv_uaps[values[value]]) for value in sorted(values))
        return Category(number, edition, "", uaps[0], Choice(item, part, uaps))
    return Category(number, edition, "", _uap(told.cv_uap.cv_record))


def _uap(record: Any) -> Uap:
    items = [i.cv_non_spare if issubclass(i, base.UapItem) else None for i in record.cv_items_list]
    return tuple(None if item is None else _named(item) for item in items)


def _named(item: Any) -> Named:
    return Named(item.cv_name, item.cv_title, _content(item.cv_rule.cv_variation))


def _part(item: Any) -> Named | Spare:
    return Spare(item.cv_bit_size) if issubclass(item, base.Spare) else _named(item.cv_non_spare)


def _content(told: Any) -> Content:
    if issubclass(told, base.Element):
        return _element(told)
    if issubclass(told, base.Group):
        return Group(tuple(_part(item) for item, _ in told.cv_items_list))
    if issubclass(told, base.Extended):
        parts = [tuple(_part(entry[0]) for entry in group if entry is not None) for group in told.cv_items_list]
        return Extended(tuple(parts), closed=told.cv_items_list[-1][-1] is not None)
    if issubclass(told, base.Repetitive):
        repeated = _content(told.cv_variation)
        assert isinstance(repeated, Element | Group)
        return Repetitive(told.cv_rep_bytes or 0, repeated)
    if issubclass(told, base.Compound):
        return Compound(tuple(None if item is None else _named(item) for item in told.cv_items_list))
    assert issubclass(told, base.Explicit)
    return Explicit()


def _element(told: Any) -> Element:
    bits, rule = told.cv_bit_size, told.cv_rule
    if issubclass(rule, base.RuleContentDependent):
        cases = {values[0]: (content.cv_lsb, content.cv_unit) for values, content in rule.cv_cases}
        return Element(bits, by="/".join(rule.cv_depends_on[0]), cases=cases)
    content = rule.cv_content
    if issubclass(content, base.ContentTable):
        return Element(bits, table=dict(content.cv_values))
    if issubclass(content, base.ContentString):
        return Element(bits, text=TEXTS[content.cv_string_type.__name__])
    if issubclass(content, base.ContentQuantity):
        return Element(bits, content.cv_signedness is base.Signed, content.cv_lsb, content.cv_unit)
    signed = issubclass(content, base.ContentInteger) and content.cv_signedness is base.Signed
    return Element(bits, signed)


def main(numbers: Sequence[str]) -> None:
    """Write what is missing of each category named."""
    for number in map(int, numbers):
        editions = [category(told) for told in generated.manifest["CATS"][number]]
        newest = editions[-1]
        path = DEFINITIONS / f"cat{number:03d}-{newest.edition}.json"
        if path.exists():
            newest = from_json(path.read_text("utf-8"))
        else:
            newest = replace(newest, title=TITLES[number])
            path.write_text(to_json(newest), "utf-8")
        for edition in editions[:-1]:
            file = DEFINITIONS / f"cat{number:03d}-{edition.edition}.json"
            file.write_text(older(replace(edition, title=newest.title), newest), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
