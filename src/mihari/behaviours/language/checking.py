"""Statements of a file -> `Definitions`: every name known, every unit right, each definition after those it uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.facts import Vocabulary
from mihari.behaviours.language.mistakes import LanguageError
from mihari.behaviours.language.names import Names
from mihari.behaviours.language.syntax import parts
from mihari.behaviours.language.units import measures

Named = TypeVar("Named", s.Parameter, s.Words, s.Definition)


def check(
    statements: list[Any], file: str, vocabulary: Vocabulary | None, using: s.Definitions | None
) -> s.Definitions:
    """The checked definitions, those of `using` before them."""
    base = using or s.Definitions({}, {}, {}, {})
    try:
        parameters = _unique(base.parameters, [x for x in statements if isinstance(x, s.Parameter)])
        sets = _unique(base.sets, [x for x in statements if isinstance(x, s.Words)])
        tables = _tables(base.tables, [x for x in statements if isinstance(x, s.Table)])
        told = _unique(base.definitions, [x for x in statements if isinstance(x, s.Definition)])
        checker = Names(s.Definitions(told, parameters, sets, tables), vocabulary)
        new = [name for name in told if name not in base.definitions]
        made = {**base.definitions, **{name: checker.definition(told[name]) for name in new}}
        return s.Definitions(_in_order(made), parameters, sets, tables, file)
    except LanguageError as mistake:
        raise LanguageError(mistake.told, (mistake.line, mistake.column), file) from None


def _unique(known: Mapping[str, Named], told: list[Named]) -> dict[str, Named]:
    found = dict(known)
    for statement in told:
        if statement.name in found:
            raise LanguageError(f"'{statement.name}' is there already; expected another name", statement.at)
        found[statement.name] = statement
    return found


def _tables(known: Mapping[str, s.Table], told: list[s.Table]) -> dict[str, s.Table]:
    found = dict(known)
    for table in told:
        for place, column in enumerate(table.columns):
            if column in found:
                raise LanguageError(f"'{column}' is there already; expected another name", table.at)
            kinds = {measures(cells[place].unit) for _, cells in table.rows}
            if len(kinds) > 1:
                raise LanguageError(f"'{column}' mixes {' and '.join(sorted(kinds))}; expected one of them", table.at)
            found[column] = table
    return found


def uses(definition: s.Definition) -> list[s.Call]:
    """All that a definition asks for by `name(…)`."""
    return [part for part in parts(definition.body) if isinstance(part, s.Call)]


def _in_order(definitions: Mapping[str, s.Definition]) -> dict[str, s.Definition]:
    """Each definition after those that it uses; two that use each other are a mistake."""
    found: dict[str, s.Definition] = {}
    path: list[str] = []

    def visit(definition: s.Definition) -> None:
        if definition.name in found:
            return
        if definition.name in path:
            circle = " -> ".join([*path[path.index(definition.name) :], definition.name])
            raise LanguageError(f"'{definition.name}' is defined by itself: {circle}", definition.at)
        path.append(definition.name)
        for call in uses(definition):
            if call.name in definitions:
                visit(definitions[call.name])
        path.pop()
        found[definition.name] = definition

    for definition in definitions.values():
        visit(definition)
    return found
