"""Values that were merged, put into the text of one of the two: its lines stay where its values stay.

What is taken from the other comes with the other's lines, as somebody wrote them; what is in neither is written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mihari.library.exchange.leaves import Place
from mihari.library.exchange.toml_parts import Part, assignment, lines_above, parts_of

Values = Mapping[Place, Any]


def spliced(text: str, theirs: str, merged: Values, ours: Values, other: Values) -> str:
    """Our `text`, whose values are `ours`, with the `merged` values; lines of the text `theirs`, whose values are
    `other`, where these are taken over.

    >>> spliced("# why\\na = 1\\nb = 1\\n", "b  =  2\\n", {("a",): 1, ("b",): 2}, {("a",): 1, ("b",): 1}, {("b",): 2})
    '# why\\na = 1\\nb  =  2\\n'
    """
    tables = dict.fromkeys(place[:2] for place in (*ours, *merged) if len(place) == 3)
    for name in tables:
        had, has = _inside(ours, name), _inside(merged, name)
        if had and not has:
            text = _without(text, name)
        elif has and not had:
            text = _with_table(text, name, _told_table(theirs, name, has, _inside(other, name)))
    for place in {**ours, **merged}:
        whole = len(place) == 3 and not (_inside(ours, place[:2]) and _inside(merged, place[:2]))  # put there above
        if not whole and merged.get(place) != ours.get(place):
            text = _with_key(text, place, _told_key(theirs, place, merged.get(place), other.get(place)))
    return text


def _inside(values: Values, name: Place) -> dict[Place, Any]:
    return {place: value for place, value in values.items() if len(place) == 3 and place[:2] == name}


def _told_key(theirs: str, place: Place, value: Any, other: Any) -> list[str]:
    """The lines of a key: theirs, new ones, or none."""
    part = parts_of(theirs).get(place)
    if value is None:
        return []
    if part is not None and value == other:
        return theirs.split("\n")[part.begin : part.end]
    return assignment(place[-1], value).rstrip("\n").split("\n")


def _told_table(theirs: str, name: Place, values: Values, other: Values) -> list[str]:
    part, lines = parts_of(theirs).get(name), theirs.split("\n")
    if part is not None and values == other:
        return lines[lines_above(lines, part) : part.end]
    told = "".join(assignment(place[-1], value) for place, value in values.items())
    return [f"[[{name[0]}]]", *told.rstrip("\n").split("\n")]


def _with_key(text: str, place: Place, told: list[str]) -> str:
    parts, lines = parts_of(text), text.split("\n")
    part = parts.get(place)
    if part is not None:
        begin = part.begin if told else lines_above(lines, part)
        return "\n".join([*lines[:begin], *told, *lines[part.end :]])
    beside = [one.end for one in parts.values() if one.place[:-1] == place[:-1] and not one.table]
    at = max(beside, default=parts[place[:-1]].begin + 1 if place[:-1] in parts else 0)
    return "\n".join([*lines[:at], *told, *lines[at:]])


def _without(text: str, name: Place) -> str:
    """The text without a table, the comments right above it, and the empty line before."""
    part, lines = parts_of(text).get(name), text.split("\n")
    if part is None:
        return text
    begin = lines_above(lines, part)
    begin -= begin > 0 and not lines[begin - 1].strip()
    return "\n".join([*lines[:begin], *lines[part.end :]])


def _with_table(text: str, name: Place, told: list[str]) -> str:
    """The text with one more table, behind the last of its kind."""
    parts, lines = parts_of(text), text.rstrip("\n").split("\n")
    like: list[Part] = [one for one in parts.values() if one.table and one.place[0] == name[0]]
    at = max((one.end for one in like), default=len(lines))
    return "\n".join([*lines[:at], "", *told, *lines[at:], ""])
