"""One pattern that two have changed -> one with the changes of both. Where both changed the same, people choose.

Three-way: what one of them left as it was is taken from the other. Each key, and each key of each parameter, is merged
by itself; references are merged one by one. The text is ours, with the lines of theirs where theirs is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mihari.core.errors import BadInput
from mihari.library.exchange.leaves import UNORDERED, Place, leaves, same, shown
from mihari.library.exchange.splicing import spliced
from mihari.library.exchange.toml_parts import written_out
from mihari.library.pattern import Pattern, PatternFile, examined

VERSION: Place = ("version",)
Side = Literal["ours", "theirs"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both have changed, each in another way. None: it is not there."""

    where: str
    base: Any
    ours: Any
    theirs: Any

    def __str__(self) -> str:
        """In one sentence.

        >>> print(Conflict("parameter low: value", "3 kn", "4 kn", None))
        parameter low: value: was 3 kn, ours is 4 kn, theirs is gone
        """
        was, ours, theirs = ("gone" if one is None else _short(one) for one in (self.base, self.ours, self.theirs))
        return f"{self.where}: {'was not there' if was == 'gone' else f'was {was}'}, ours is {ours}, theirs is {theirs}"


@dataclass(frozen=True, slots=True)
class Merged:
    """The pattern with the changes of both, None where there are conflicts."""

    pattern: Pattern | None
    conflicts: tuple[Conflict, ...]


def merge(base: Pattern, ours: Pattern, theirs: Pattern, take: Mapping[str, Side] | None = None) -> Merged:
    """What `ours` and `theirs` have made of `base`, together. `take`: where -> whose, as people have chosen for
    conflicts. BadInput where the three are not one pattern, or what comes out is none.
    """
    if len({base.name, ours.name, theirs.name}) > 1:
        raise BadInput(f"expected three versions of one pattern, found {base.name}, {ours.name} and {theirs.name}")
    tables = [leaves(one.file) for one in (base, ours, theirs)]
    merged, conflicts = _merged(tables[0], tables[1], tables[2], take or {})
    if unknown := [where for where in take or {} if where not in _places(*tables)]:
        raise BadInput(f"expected where to choose, such as {shown(next(iter(tables[1])))}, found {unknown[0]}")
    if conflicts:
        return Merged(None, tuple(conflicts))
    merged[VERSION] = _version(merged, tables[1], tables[2])
    text = spliced(ours.text, theirs.text, merged, tables[1], tables[2])
    return Merged(_read_back(text, merged, ours), ())


def _places(*tables: dict[Place, Any]) -> set[str]:
    return {name for table in tables for place in table for name in (shown(place), " ".join(place[:2]))}


def _merged(
    base: dict[Place, Any], ours: dict[Place, Any], theirs: dict[Place, Any], take: Mapping[str, Side]
) -> tuple[dict[Place, Any], list[Conflict]]:
    found: dict[Place, Any] = {}
    conflicts: list[Conflict] = []
    gone = _removed(base, ours, theirs)
    for place in dict.fromkeys([*ours, *theirs, *base]):
        was, a, b = (table.get(place) for table in (base, ours, theirs))
        where = gone.get(place[:2], shown(place)) if len(place) == 3 else shown(place)
        if place == VERSION:
            continue
        if same(place, a, b) or same(place, was, b):
            value = a
        elif same(place, was, a):
            value = b
        elif where in take:
            value = a if take[where] == "ours" else b
        elif place[-1] in UNORDERED:
            value = _both(was or [], a or [], b or [])
        else:
            conflicts.append(Conflict(where, was, a, b))
            continue
        if value is not None:
            found[place] = value
    return found, _torn(found, gone, conflicts, base, ours, theirs, take)


def _removed(*tables: dict[Place, Any]) -> dict[Place, str]:
    """Parameters that one of the two has removed and the other changed, with what they are called."""
    base, ours, theirs = (
        {p[:2]: {q: v for q, v in t.items() if q[:2] == p[:2]} for p in t if len(p) == 3} for t in tables
    )
    return {
        one: " ".join(one) for one in base
        if (one in ours) is not (one in theirs) and base[one] != (ours.get(one) or theirs.get(one))
    }  # fmt: skip


def _torn(
    found: dict[Place, Any], gone: dict[Place, str], conflicts: list[Conflict], base: dict[Place, Any],
    ours: dict[Place, Any], theirs: dict[Place, Any], take: Mapping[str, Side],
) -> list[Conflict]:  # fmt: skip
    """A parameter that one removed and the other changed is one conflict, not one for each of its keys."""
    told = [one for one in conflicts if one.where not in gone.values()]
    for one, where in gone.items():
        for place in [place for place in found if place[:2] == one]:
            del found[place]
        if where in take:
            chosen = ours if take[where] == "ours" else theirs
            found |= {place: value for place, value in chosen.items() if place[:2] == one}
        else:
            values = (table.get((*one, "value")) for table in (base, ours, theirs))
            told.append(Conflict(where, *values))
    return told


def _both(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    """A list in which order means nothing, with what both have added and without what either has removed.

    >>> _both(["A", "B"], ["A", "B", "C"], ["B", "D"])
    ['B', 'C', 'D']
    """
    removed = {one for one in base if one not in ours or one not in theirs}
    return [one for one in dict.fromkeys([*ours, *theirs]) if one not in removed]


def _version(merged: dict[Place, Any], ours: dict[Place, Any], theirs: dict[Place, Any]) -> int:
    """The later of the two where that one is all of it, else the next."""
    latest = max(ours[VERSION], theirs[VERSION])
    whole = [one for one in (ours, theirs) if merged == {p: v for p, v in one.items() if p != VERSION}]
    return int(latest if any(one[VERSION] == latest for one in whole) else latest + 1)


def _read_back(text: str, merged: dict[Place, Any], ours: Pattern) -> Pattern:
    """The pattern of the merged text, or of one written anew where the text has forms that cannot be exchanged."""
    pattern, _ = examined(text, f"{ours.name}.toml")
    if pattern is None or leaves(pattern.file) != merged:
        anew = written_out(_file(merged, ours.file))
        pattern, mistakes = examined(anew, f"{ours.name}.toml")
        if pattern is None:
            raise BadInput(f"both together are no pattern: {mistakes[0].told}")
    return pattern


def _file(merged: dict[Place, Any], like: PatternFile) -> PatternFile:
    tables: dict[str, Any] = {}
    for place, value in merged.items():
        if len(place) == 3:
            tables.setdefault(place[0], {}).setdefault(place[1], {})[place[2]] = value
        elif len(place) == 2:
            tables.setdefault(place[0], {})[place[1]] = value
        else:
            tables[place[0]] = value
    several = {key for key in tables if isinstance(getattr(like, key, None), tuple) and isinstance(tables[key], dict)}
    return type(like).model_validate({key: list(v.values()) if key in several else v for key, v in tables.items()})


def _short(value: Any) -> str:
    plain = "; ".join(value) if isinstance(value, list) else str(value)
    return plain if len(plain) <= 80 else f"{plain[:77]}..."
