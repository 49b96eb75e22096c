"""A definition -> the plain conditions that it is made of, its parts written out, with figures in place of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from mihari.behaviours.language import Definitions, Quantity, written
from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.units import converted, measures
from mihari.behaviours.scene import OF_PAIRS

UNITS = {"time": "min", "length": "m", "speed": "kn", "angle": "deg", "number": ""}
NUMBER = re.compile(r"(?<![\w.])-?\d+(\.\d+)?(e-?\d+)?( (min|m|kn|deg)(?!\w))?(?![\w.])")


def atoms(definitions: Definitions, name: str, swapped: bool = False) -> frozenset[str]:
    """The conditions of a definition; `swapped`: its two vessels change places.

    >>> from mihari.behaviours.language import parse
    >>> known = parse("parameter x = 1 h  waits(w) = slow(w) and not moored(w)  it(v) = waits(v) lasting at least x")
    >>> sorted(atoms(known, "it"))
    ['lasting at least 60 min', 'not moored(a)', 'slow(a)']
    """
    d = definitions.definitions[name]
    places = ("b", "a") if swapped and len(d.vessels) == 2 else ("a", "b")
    return frozenset(_Atoms(definitions).of(d.body, dict(zip(d.vessels, places, strict=False)), False))


def shape(atom: str) -> str:
    """A condition without its figures.

    >>> shape("speed(a) < 2 kn"), shape("near_500m(a, b)")
    ('speed(a) < …', 'near_500m(a, b)')
    """
    return NUMBER.sub("…", atom)


class _Atoms:
    """Writes trees out."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.values = {name: _plain(p.quantity) for name, p in definitions.parameters.items()}

    def of(self, e: Any, places: Mapping[str, str], against: bool) -> Iterator[str]:
        """The conditions of an expression, of vessels at their places; `against`: it must not hold."""
        if isinstance(e, s.AnyOf if against else s.AllOf):  # not (a or b): neither of them
            for part in e.parts:
                yield from self.of(part, places, against)
        elif isinstance(e, s.AllOf | s.AnyOf):
            word = " and " if isinstance(e, s.AllOf) else " or "
            inside = sorted({" and ".join(sorted(self.of(part, places, False))) for part in e.parts})
            yield f"{'not ' * against}({word.join(inside)})"
        elif isinstance(e, s.Not):
            yield from self.of(e.inner, places, not against)
        elif isinstance(e, s.Call) and (d := self.definitions.definitions.get(e.name)) and not e.value:
            inner = dict(zip(d.vessels, (places.get(a, a) for a in e.arguments), strict=False))
            yield from self.of(d.body, inner, against)
        elif isinstance(e, s.Lasting | s.Joined | s.Related | s.Then) and not against:
            yield from self.clause(e, places)
        else:
            yield "not " * against + self.text(e, places)

    def clause(self, e: Any, places: Mapping[str, str]) -> Iterator[str]:
        """What was said before a clause, and the clause."""
        yield from self.of(e.inner if isinstance(e, s.Lasting | s.Joined) else e.first, places, False)
        if isinstance(e, s.Lasting):
            yield f"lasting {e.how} {self.text(e.duration, places)}"
        elif isinstance(e, s.Joined):
            yield f"ignoring breaks up to {self.text(e.duration, places)}"
        elif isinstance(e, s.Then):
            inside = " and ".join(sorted(self.of(e.second, places, False)))
            yield f"then ({inside}) within {self.text(e.within, places)}"
        elif e.how == "without":
            yield from self.of(e.second, places, True)
        else:
            yield f"{e.how} ({' and '.join(sorted(self.of(e.second, places, False)))})"

    def text(self, e: Any, places: Mapping[str, str]) -> str:
        """Anything else, as written."""
        return written(_placed(e, places, self.definitions.sets), self.values)


def _plain(q: Quantity) -> Quantity:
    """In the unit that is read most of its kind, to four digits."""
    unit = UNITS[measures(q.unit)]
    return Quantity(float(f"{converted(q.value, q.unit, unit):.4g}"), unit)


def _placed(node: Any, places: Mapping[str, str], sets: Mapping[str, s.Words]) -> Any:
    """A tree whose vessels are called by their places, whose numbers are in one unit, whose words are in order."""
    if isinstance(node, tuple):
        return tuple(_placed(part, places, sets) for part in node)
    if isinstance(node, Quantity):
        return _plain(node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    found = {f.name: _placed(getattr(node, f.name), places, sets) for f in fields(node)}
    if isinstance(node, s.Call):
        placed = tuple(places.get(a, a) for a in node.arguments)
        found["arguments"] = tuple(sorted(placed)) if node.name in OF_PAIRS else placed  # near(b, a) is near(a, b)
    if isinstance(node, s.Is):
        words = [w for c in node.choice for w in _words(c, sets)]
        if all(isinstance(w, s.Word) for w in words):
            found["choice"] = tuple(sorted(words, key=lambda w: w.word))
    return replace(node, **found)


def _words(choice: Any, sets: Mapping[str, s.Words]) -> list[Any]:
    """A word, or those of a set."""
    known = sets.get(choice.name) if isinstance(choice, s.Name) else None
    return [choice] if known is None else [s.Word(word) for word in known.words]
