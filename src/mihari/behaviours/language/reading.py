"""Text of definitions -> the tree of `syntax`, unchecked. The grammar is in `grammar.lark`."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, v_args
from lark.exceptions import VisitError
from lark.tree import Meta

from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.mistakes import LanguageError
from mihari.behaviours.language.units import UNITS, Quantity

LONGEST_NUMBER = 30  # characters
MOST_VESSELS = 1_000_000  # that a crowd may be asked to have
LAST_NAME = re.compile(r"([A-Za-z_]\w*)\s*\Z")
CLAUSE_WORDS = (
    "and", "or", "without", "during", "containing", "overlapping", "ending", "then", "within", "lasting", "ignoring",
    "title", "source", "because", "urgency", "innocent", "parameter", "starts", "becomes", "where",
)  # fmt: skip
NUMBER_AND_NAME = re.compile(r"\d\s*([A-Za-z_]\w*)\s*\Z")
Statement = s.Parameter | s.Words | s.Table | s.Definition
# terminals of the grammar in the words of an error; the others are shown as they are written
SHOWN = {
    "NAME": "a name", "TEXT": "a text in quotes", "NUMBER": "a number", "UNIT": "a unit such as kn, min or NM",
    "RELATION": "'during'", "HOW_LONG": "'at least', 'more than' or 'less than'",
    "COMPARED": "'>'", "STARTS": "'starts'", "ENDS": "'ends'",
    "LPAR": "'('", "RPAR": "')'", "LBRACE": "'{'", "RBRACE": "'}'", "COMMA": "','", "COLON": "':'", "EQUAL": "'='",
    "$END": "the end of the file",
}  # fmt: skip


@cache
def _parser() -> Lark:
    grammar = files("mihari.behaviours.language").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def read(text: str, file: str = "") -> list[Statement]:
    """The statements of a file in their order; one sentence about the first mistake."""
    try:
        return list(_Reader(text).transform(_parser().parse(text)))
    except UnexpectedCharacters as error:
        found = text[error.pos_in_stream or 0]
        raise LanguageError(f"unexpected {found!r}", (error.line, error.column), file) from None
    except UnexpectedEOF as error:  # pragma: no cover (the LALR parser tells it as an unexpected token)
        raise LanguageError(f"unexpected end; {_expected(set(error.expected))}", file=file) from None
    except UnexpectedToken as error:
        at = _place(error, text)
        mistake = _no_unit(error, text, file) or _misspelt(error, text, file)
        raise mistake or LanguageError(_unexpected(error), at, file) from None
    except VisitError as error:
        if isinstance(error.orig_exc, LanguageError):
            mistake = error.orig_exc
            raise LanguageError(mistake.told, (mistake.line, mistake.column), file) from None
        raise


def _no_unit(error: UnexpectedToken, text: str, file: str) -> LanguageError | None:
    """A mistake where a number was followed by what is no unit; it reads like the name of the next definition."""
    end = len(text) if error.token.type == "$END" else error.pos_in_stream or 0
    found = NUMBER_AND_NAME.search(text, 0, end)
    if found is None or set(error.expected) != {"LPAR"}:
        return None
    before = text[: found.start(1)]
    at = before.count("\n") + 1, len(before) - before.rfind("\n")
    return LanguageError(
        f"unknown unit '{found[1]}'; expected {', '.join(sorted(UNITS.keys() - {'', 'rad', 'days'}))}", at, file
    )


def _misspelt(error: UnexpectedToken, text: str, file: str) -> LanguageError | None:
    """A mistake where a word of the language was misspelt: it reads like the name of the next definition."""
    end = len(text) if error.token.type == "$END" else error.pos_in_stream or 0
    found = LAST_NAME.search(text, 0, end)
    meant = difflib.get_close_matches(found[1].lower(), CLAUSE_WORDS, 1, 0.75) if found else []
    if found is None or not meant or set(error.expected) != {"LPAR"}:
        return None
    before = text[: found.start(1)]
    at = before.count("\n") + 1, len(before) - before.rfind("\n")
    return LanguageError(f"unknown word '{found[1]}'; did you mean '{meant[0]}'?", at, file)


def _place(error: UnexpectedToken, text: str) -> s.At:
    if error.token.type == "$END":
        return text.count("\n") + 1, len(text) - text.rfind("\n")
    return error.line, error.column


def _unexpected(error: UnexpectedToken) -> str:
    """What was found and what was expected there."""
    expected = {name for name in error.accepts or error.expected if not name.startswith("__")}
    found = "the end of the file" if error.token.type == "$END" else repr(str(error.token))
    if error.token.type in ("AND", "OR") and expected & {"AND", "OR", "WITHOUT", "LASTING"}:
        return f"{found} here may be meant in two ways; put brackets around what belongs together"
    if "NAME" in expected and error.token.type not in SHOWN and str(error.token).isalpha():
        return f"{found} is a word of the language and cannot be a name here; {_expected(expected)}"
    return f"unexpected {found}; {_expected(expected)}"


def _expected(names: set[str]) -> str:
    """The words for what was expected, few of them."""
    shown = sorted(SHOWN.get(name) or f"'{name.lower()}'" for name in names)
    if len(shown) > 6:
        shown = [word for word in shown if not word.startswith("'")][:5] or shown[:5]
        return f"expected {', '.join(shown)}" if shown else "expected another word"
    return f"expected {' or '.join(shown)}"


def _at(meta: Meta) -> s.At:
    return (meta.line, meta.column) if not meta.empty else s.NOWHERE


def _of(token: Token) -> s.At:
    return token.line or 0, token.column or 0


@v_args(meta=True)
class _Reader(Transformer[Any, list[Statement]]):
    """lark's tree -> ours; a method for each rule of the grammar. `_` before what has one child keeps mypy out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def TEXT(self, token: Token) -> Token:  # noqa: N802 (named by its terminal)
        return token.update(value=token[1:-1])

    def start(self, meta: Meta, found: list[Any]) -> list[Statement]:
        return found

    def parameter(self, meta: Meta, found: list[Any]) -> s.Parameter:
        name, number, source = found
        return s.Parameter(str(name), number.quantity, str(source or ""), _of(name))

    def set(self, meta: Meta, found: list[Any]) -> s.Words:
        name, words, source = found
        return s.Words(str(name), tuple(w.word for w in words), str(source or ""), _of(name))

    def table(self, meta: Meta, found: list[Any]) -> s.Table:
        by, columns, source, *rows = found
        for at, word, cells in rows:
            if len(cells) != len(columns):
                told = f"'{word}' has {len(cells)} values; expected {len(columns)}: {', '.join(columns)}"
                raise LanguageError(told, at)
        told_rows = tuple((word, cells) for _, word, cells in rows)
        return s.Table(str(by), columns, told_rows, str(source or ""), _of(by))

    def row(self, meta: Meta, found: list[Any]) -> tuple[s.At, str, tuple[Quantity, ...]]:
        return _at(meta), found[0].word, tuple(number.quantity for number in found[1:])

    def names(self, meta: Meta, found: list[Any]) -> tuple[str, ...]:
        return tuple(str(name) for name in found)

    def words(self, meta: Meta, found: list[Any]) -> tuple[s.Word, ...]:
        return tuple(found)

    def definition(self, meta: Meta, found: list[Any]) -> s.Definition:
        (name, at, vessels, word), body, *told = found
        made = s.Definition(name, vessels, body, word, at=at, text=self.text[meta.start_pos : meta.end_pos])
        return replace(made, **dict(told))

    def heading(self, meta: Meta, found: list[Any]) -> tuple[str, s.At, tuple[str, ...], tuple[str, str]]:
        name, variables = found
        vessels, word = variables or ((), ("", ""))
        return str(name), _of(name), vessels, word

    def variables(self, meta: Meta, found: list[Any]) -> tuple[tuple[str, ...], tuple[str, str]]:
        *vessels, word, of = found
        return tuple(str(v) for v in vessels), (str(word or ""), str(of or ""))

    def fluent(self, meta: Meta, found: list[Any]) -> s.Fluent:
        where, *rules = found
        return s.Fluent(tuple(rules), where, _at(meta))

    def starts(self, meta: Meta, found: list[Any]) -> s.Rule:
        return s.Rule("true", found[1], at=_at(meta))

    def becomes(self, meta: Meta, found: list[Any]) -> s.Rule:
        return s.Rule(found[0].word, found[1], at=_at(meta))

    def ends(self, meta: Meta, found: list[Any]) -> s.Rule:
        return s.Rule("", found[1], at=_at(meta))

    def stops(self, meta: Meta, found: list[Any]) -> s.Rule:
        return s.Rule(found[0].word, found[1], stops=True, at=_at(meta))

    def expires(self, meta: Meta, found: list[Any]) -> s.Rule:
        return s.Rule(found[0].word, None, found[1], at=_at(meta))

    def event(self, meta: Meta, found: list[Any]) -> s.Event:
        return s.Event(str(found[0]), found[1], _at(meta))

    def change(self, meta: Meta, found: list[Any]) -> s.Change:
        call, value, how, where = found
        return s.Change(replace(call, value=value or ""), str(how), where, _at(meta))

    def is_value(self, meta: Meta, found: list[Any]) -> str:
        return str(found[0].word)

    def title(self, meta: Meta, found: list[Any]) -> tuple[str, str]:
        return "title", str(found[0])

    def source(self, meta: Meta, found: list[Any]) -> tuple[str, str]:
        return "source", str(found[0])

    def because(self, meta: Meta, found: list[Any]) -> tuple[str, str]:
        return "because", str(found[0])

    def urgency(self, meta: Meta, found: list[Any]) -> tuple[str, str]:
        return "urgency", str(found[0])

    def innocent(self, meta: Meta, found: list[Any]) -> tuple[str, tuple[str, ...]]:
        return "innocent", tuple(str(text) for text in found)

    def without(self, meta: Meta, found: list[Any]) -> s.Related:
        return s.Related(found[0], "without", found[1], _at(meta))

    def relation(self, meta: Meta, found: list[Any]) -> s.Related:
        return s.Related(found[0], str(found[1]), found[2], _at(meta))

    def ending(self, meta: Meta, found: list[Any]) -> s.Related:
        return s.Related(found[0], "ending as", found[1], _at(meta))

    def then(self, meta: Meta, found: list[Any]) -> s.Then:
        return s.Then(found[0], found[1], found[2], _at(meta))

    def lasting(self, meta: Meta, found: list[Any]) -> s.Lasting:
        return s.Lasting(found[0], " ".join(found[1].split()), found[2], _at(meta))

    def joined(self, meta: Meta, found: list[Any]) -> s.Joined:
        return s.Joined(found[0], found[1], _at(meta))

    def all_of(self, meta: Meta, found: list[Any]) -> s.AllOf:
        return s.AllOf(tuple(found), _at(meta))

    def any_of(self, meta: Meta, found: list[Any]) -> s.AnyOf:
        return s.AnyOf(tuple(found), _at(meta))

    def negated(self, meta: Meta, found: list[Any]) -> s.Not:
        return s.Not(found[0], _at(meta))

    def crowd(self, meta: Meta, found: list[Any]) -> s.Crowd:
        count, vessel, inner = found
        if not count.isdigit() or not 1 <= int(count[:LONGEST_NUMBER]) <= MOST_VESSELS:
            raise LanguageError(
                f"expected a whole number of vessels from 1 to {MOST_VESSELS:,}, found {count}", _of(count)
            )
        return s.Crowd(int(count), str(vessel), inner, _at(meta))

    def compared(self, meta: Meta, found: list[Any]) -> s.Compared:
        told = [part for part in found if part is not None]
        return s.Compared(tuple(told[::2]), tuple(str(sign) for sign in told[1::2]), _at(meta))

    def _is(self, meta: Meta, found: list[Any], negated: bool) -> s.Is:
        operand, *choice = found
        named = (_name(c) for c in choice)
        flat = tuple(part for c in named for part in (c if isinstance(c, tuple) else (c,)))
        return s.Is(operand, flat, negated, _at(meta))

    def is_word(self, meta: Meta, found: list[Any]) -> s.Is:
        return self._is(meta, found, False)

    def is_not_word(self, meta: Meta, found: list[Any]) -> s.Is:
        return self._is(meta, found, True)

    is_same = is_one_of = is_known = is_word
    is_not_same = is_not_one_of = is_unknown = is_not_word

    def name(self, meta: Meta, found: list[Any]) -> s.Name:
        return s.Name(str(found[0]), _at(meta))

    def angle(self, meta: Meta, found: list[Any]) -> s.Angle:
        return s.Angle(str(found[0]), str(found[1]), _at(meta))

    def call(self, meta: Meta, found: list[Any]) -> s.Call:
        return s.Call(str(found[0]), tuple(part.word for part in found[1:] if part), "", _at(meta))

    def duration(self, meta: Meta, found: list[Any]) -> s.Number | s.Name:
        return found[0] if isinstance(found[0], s.Number) else s.Name(str(found[0]), _at(meta))

    def quantity(self, meta: Meta, found: list[Any]) -> s.Number:
        if len(found[0]) > LONGEST_NUMBER:
            raise LanguageError(f"a number of {len(found[0])} characters; expected {LONGEST_NUMBER} at most", _at(meta))
        return s.Number(Quantity(float(found[0]), str(found[1] or "").replace("days", "day")), _at(meta))

    def word(self, meta: Meta, found: list[Any]) -> s.Word:
        return s.Word(str(found[0]), _at(meta))


def _name(choice: Any) -> Any:
    return s.Name(str(choice), _of(choice)) if isinstance(choice, Token) else choice
