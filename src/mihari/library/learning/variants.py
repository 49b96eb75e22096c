"""Definitions and values of parameters -> the same definitions, and a behaviour once more for each choice of values.

One run of the engine then tells what each choice would have found: what does not depend on the parameters is worked out
once, what does is there as often as there are choices, under names of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mihari.behaviours.aids import KINDS as AID_KINDS
from mihari.behaviours.collisions import KINDS as COLLISION_KINDS
from mihari.behaviours.kinds import used_by
from mihari.behaviours.language import Definitions, Quantity
from mihari.behaviours.language import syntax as s
from mihari.behaviours.shadows import KIND as SHADOWING
from mihari.behaviours.zone_rules import KINDS as ZONE_KINDS
from mihari.library.pattern import OWN, renamed

APART = frozenset({*ZONE_KINDS, *COLLISION_KINDS, *AID_KINDS, SHADOWING})  # not evaluated with all others, by name
Values = dict[str, Quantity]  # of parameters, as the definitions call them


def changed(definitions: Definitions, values: Values) -> Definitions:
    """The same with other values of some parameters.

    >>> from mihari.behaviours.language import parse
    >>> print(changed(parse("parameter x = 2 kn"), {"x": Quantity(3.0, "kn")}).parameters["x"].quantity)
    3 kn
    """
    found = {name: replace(definitions.parameters[name], quantity=value) for name, value in values.items()}
    return replace(definitions, parameters={**definitions.parameters, **found})


def silenced(definitions: Definitions, *but: str) -> Definitions:
    """Only some kinds are told; those that the engine looks for in ways of their own stay."""
    kept = {*but, *APART}
    of = definitions.definitions
    return replace(definitions, definitions={n: d if n in kept else replace(d, title="") for n, d in of.items()})


def multiplied(definitions: Definitions, kind: str, choices: Sequence[Values]) -> tuple[Definitions, list[str]]:
    """(all definitions and a copy of `kind` for each choice, the names of the copies).

    >>> from mihari.behaviours.language import parse
    >>> known = parse('parameter x = 2 min  a(v) = near(v)  b(v) = a(v) lasting at least x title "B"')
    >>> found, names = multiplied(known, "b", [{"x": Quantity(60.0, "s")}])
    >>> names, list(found.definitions)  # what does not ask for x is there once
    (['b__try0'], ['a', 'b', 'b__try0'])
    """
    parts = dependent(definitions, kind, set(choices[0]) if choices else set())
    added, figures = dict(definitions.definitions), dict(definitions.parameters)
    for k, values in enumerate(choices):
        names = {name: f"{name}{OWN}try{k}" for name in (*parts, *values)}
        for name, value in values.items():
            figures[names[name]] = replace(figures[name], name=names[name], quantity=value)
        for name in parts:
            added[names[name]] = renamed(definitions.definitions[name], names)
    made = replace(definitions, definitions=added, parameters=figures)
    return made, [f"{kind}{OWN}try{k}" for k in range(len(choices))]


def dependent(definitions: Definitions, kind: str, parameters: set[str]) -> list[str]:
    """`kind` and the parts of it that ask for one of the parameters, each after those that it uses."""
    used = {d.name for d in used_by(definitions.definitions[kind], definitions)}
    found: set[str] = set()
    for name in definitions.definitions:
        inside = list(s.parts(definitions.definitions[name].body)) if name in used else []
        asks = any(isinstance(x, s.Name) and x.name in parameters for x in inside)
        if asks or any(isinstance(x, s.Call) and x.name in found for x in inside):
            found.add(name)
    return [name for name in definitions.definitions if name in found or name == kind]
