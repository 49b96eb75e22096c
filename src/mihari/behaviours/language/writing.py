"""Trees of `syntax` -> text that reads back as the same tree: for the map and for what a node sends to others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.units import Quantity

NAME = re.compile(r"[A-Za-z_]\w*\Z")
# Words of the language that would be read as such where a word is expected
TAKEN = {"not", "one", "known", "unknown", "angle", "at"}
CLAUSES = s.Related | s.Then | s.Lasting | s.Joined


def written(node: Any, parameters: Mapping[str, Quantity] | None = None) -> str:
    """The text of a definition, an expression or a whole file; with `parameters`, their values in place of the names.

    >>> from mihari.behaviours.language import parse
    >>> d = parse("parameter long = 30 min  waits(v)=stopped(v) and not in_port(v) lasting at least long")
    >>> print(written(d.definitions["waits"]))
    waits(v) = stopped(v) and not in_port(v) lasting at least long
    >>> print(written(d.definitions["waits"].body, {"long": Quantity(2.0, "h")}))
    stopped(v) and not in_port(v) lasting at least 2 h
    """
    return _Writer(parameters or {}).text(node)


class _Writer:
    def __init__(self, parameters: Mapping[str, Quantity]) -> None:
        self.parameters = parameters

    def text(self, node: Any) -> str:
        """Any node."""
        return str(getattr(self, f"_{type(node).__name__.lower()}")(node))

    def inner(self, node: Any) -> str:
        """A node where clauses and lists need brackets."""
        text = self.text(node)
        return f"({text})" if isinstance(node, s.AllOf | s.AnyOf | CLAUSES) else text

    def _definitions(self, d: s.Definitions) -> str:
        tables = {id(table): table for table in d.tables.values()}
        parts = [*d.parameters.values(), *d.sets.values(), *tables.values(), *d.definitions.values()]
        return "\n\n".join(self.text(part) for part in parts) + "\n"

    def _parameter(self, p: s.Parameter) -> str:
        return f"parameter {p.name} = {p.quantity}{self.note(p.source)}"

    def _words(self, w: s.Words) -> str:
        return f"set {w.name} = {self.choice(w.words)}{self.note(w.source)}"

    def _table(self, t: s.Table) -> str:
        rows = [f"    {_word(word)}: {', '.join(str(cell) for cell in cells)}" for word, cells in t.rows]
        return "\n".join([f"table by {t.by}: {', '.join(t.columns)}{self.note(t.source)} {{", *rows, "}"])

    def note(self, text: str) -> str:
        """A source beside a value."""
        return f' "{text}"' if text else ""

    def choice(self, words: tuple[str, ...]) -> str:
        """A set of words."""
        return "{" + ", ".join(_word(w) for w in words) + "}"

    def _definition(self, d: s.Definition) -> str:
        variables = [*d.vessels, *([f"{d.word[0]}: {d.word[1]}"] if d.word[0] else [])]
        body = self.text(d.body) if isinstance(d.body, s.Fluent) else f" = {self.text(d.body)}"
        told = [f'    {name} "{getattr(d, name)}"' for name in ("title", "source", "because") if getattr(d, name)]
        told += [f"    urgency {d.urgency}"] if d.urgency else []
        told += ["    innocent " + ", ".join(f'"{text}"' for text in d.innocent)] if d.innocent else []
        return "\n".join([f"{d.name}({', '.join(variables)}){body}", *told])

    def _fluent(self, f: s.Fluent) -> str:
        where = f" where {self.text(f.where)}" if f.where else ""
        return where + "".join(f"\n    {self.text(rule)}" for rule in f.rules)

    def _rule(self, r: s.Rule) -> str:
        if r.after is not None:
            return f"becomes {_word(r.value)} {self.text(r.after)} after the last start"
        head = {"": "ends", "true": "starts"}.get(r.value, f"becomes {_word(r.value)}")
        if r.stops:
            head = f"stops being {_word(r.value)}"
        return f"{head} when {self.text(r.trigger)}"

    def _event(self, e: s.Event) -> str:
        return e.name + (f" where {self.text(e.where)}" if e.where else "")

    def _change(self, c: s.Change) -> str:
        return f"{self.text(c.call)} {c.how}" + (f" where {self.text(c.where)}" if c.where else "")

    def _number(self, n: s.Number) -> str:
        return str(n.quantity)

    def _name(self, n: s.Name) -> str:
        return str(self.parameters.get(n.name, n.name))

    def _word(self, w: s.Word) -> str:
        return _word(w.word)

    def _angle(self, a: s.Angle) -> str:
        return f"angle between {a.first} and {a.second}"

    def _call(self, c: s.Call) -> str:
        value = f" is {_word(c.value)}" if c.value else ""
        return f"{c.name}({', '.join(_word(a) for a in c.arguments)}){value}"

    def _compared(self, c: s.Compared) -> str:
        first, *others = (self.text(o) for o in c.operands)
        return first + "".join(f" {sign} {o}" for sign, o in zip(c.signs, others, strict=True))

    _measured = _compared

    def _is(self, e: s.Is) -> str:
        operand = self.text(e.operand)
        if not e.choice:
            return f"{operand} is {'unknown' if e.negated else 'known'}"
        head = f"{operand} is {'not ' * e.negated}"
        if len(e.choice) == 1:
            return head + self.text(e.choice[0])
        return f"{head}one of {{{', '.join(self.text(c) for c in e.choice)}}}"

    def _not(self, n: s.Not) -> str:
        return f"not {self.inner(n.inner)}"

    def _allof(self, a: s.AllOf) -> str:
        return " and ".join(self.inner(p) for p in a.parts)

    def _anyof(self, a: s.AnyOf) -> str:
        return " or ".join(self.inner(p) for p in a.parts)

    def _crowd(self, c: s.Crowd) -> str:
        return f"at least {c.count} vessel{'s' * (c.count > 1)} {c.vessel}: {self.inner(c.inner)}"

    def _related(self, r: s.Related) -> str:
        if r.how == "ending as":
            return f"{self.text(r.first)} ending as {self.inner(r.second)} starts"
        return f"{self.text(r.first)} {r.how} {self.inner(r.second)}"

    def _then(self, t: s.Then) -> str:
        return f"{self.text(t.first)} then {self.inner(t.second)} within {self.text(t.within)}"

    def _lasting(self, e: s.Lasting) -> str:
        return f"{self.text(e.inner)} lasting {e.how} {self.text(e.duration)}"

    def _joined(self, j: s.Joined) -> str:
        return f"{self.text(j.inner)} ignoring breaks up to {self.text(j.duration)}"


def _word(word: str) -> str:
    """A word, in quotes where it must be."""
    return word if NAME.match(word) and word not in TAKEN else f'"{word}"'
