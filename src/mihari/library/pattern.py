"""A pattern's file (TOML) -> Pattern: a behaviour in the language of behaviours, and what people need to act on it.

The definition stands in the file as in a file of behaviours, without what is told of it: title, sources, urgency,
innocent explanations and the sentence are keys of their own, which people read without reading the language. The parts
of a definition and its parameters are the pattern's own: two patterns may each have a part called `waits`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from mihari.behaviours.kinds import OF_FLEETS, built_in
from mihari.behaviours.language import Definition, Definitions, LanguageError, Parameter, Quantity, parse
from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.checking import check
from mihari.behaviours.language.reading import read
from mihari.behaviours.language.units import converted, measures
from mihari.behaviours.scene import VOCABULARY
from mihari.core.errors import BadInput, ConfigError
from mihari.core.mistakes import as_one, explain, in_order
from mihari.core.section import Section
from mihari.core.toml_text import line_of, lines_of, read_tables, read_text
from mihari.library.soundness import unsound

FOLDER = Path(__file__).with_name("starting")
FORMAT, VERSION_MOST = 1, 1_000_000_000  # a later format is refused; the records keep versions in 32 bits
OWN = "__"  # between a pattern's name and that of its part or parameter, once several are put together
T = TypeVar("T")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def _named(text: str) -> str:
    if not NAME.fullmatch(text) or not 3 <= len(text) <= 60:
        raise ValueError(
            f"expected small letters and digits, words with _ between, as in dark_rendezvous, found {text!r}"
        )
    return text


Name = Annotated[str, AfterValidator(_named)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=8000)]
Code = Annotated[str, StringConstraints(min_length=3, max_length=8000)]  # not stripped: its lines are told


class ParameterSection(Section):
    """A figure that the definition asks for, and the range in which it was tried."""

    name: Name = Field(description="as the definition calls it", examples=["meeting"])
    value: str = Field(description="a number and its unit", examples=["30 min"])
    least: str = Field(description="the smallest that was tried", examples=["10 min"])
    most: str = Field(description="the largest that was tried", examples=["2 h"])
    source: Sentence = Field(description="where the value is from", examples=["Miller et al. 2018"])

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        value, least, most = (quantity_of(text) for text in (self.value, self.least, self.most))
        if not measures(value.unit) == measures(least.unit) == measures(most.unit):
            raise ValueError(
                f"{self.name}: value, least and most: expected three of one kind, such as 30 min, 10 min, 2 h"
            )
        low, high = (converted(q.value, q.unit, value.unit) for q in (least, most))
        if not low <= value.value <= high:
            raise ValueError(f"{self.name}: expected a value from {least} to {most}, found {value}")
        return self


class LookSection(Section):
    """How somebody finds out what it was: with what, from where, and what to look for and write down."""

    sensor: tuple[Sentence, ...] = Field(description="what sees it, the best first", examples=[["camera from the air"]])
    place: Sentence = Field(description="from where", examples=["from up-sun, 500 m off, along the side"])
    checklist: tuple[Sentence, ...] = Field(
        description="what to look for and report", examples=[["names on the sterns"]]
    )


class PatternFile(Section):
    """A pattern: how it looks in the tracks, what it means, and what to do about it."""

    format: Literal[1] = Field(description="of the file", examples=[1])
    name: Name = Field(description="the kind of behaviour that it tells", examples=["dark_rendezvous"])
    version: int = Field(ge=1, le=VERSION_MOST, description="grows with every change")
    title: Sentence = Field(description="in a few words", examples=["Dark rendezvous"])
    status: Literal["draft", "trial", "active", "withdrawn"] = Field(description="how far it has come")
    urgency: Literal["", "caution", "warning", "alarm", "emergency"] = Field("", description="none: listed, no alert")
    description: Text = Field(description="what happens, why, and how it looks on a chart")
    because: Sentence = Field(description="the sentence for the officer: {v}, or {a} and {b}, {lasted}")
    innocent: tuple[Sentence, ...] = Field(min_length=1, description="what else it could be, the likeliest first")
    references: tuple[Sentence, ...] = Field(min_length=1, description="where it is described")
    definition: Code = Field(description="in the language of behaviours; the part with the pattern's name is told")
    parameter: tuple[ParameterSection, ...] = ()
    look: LookSection


@dataclass(frozen=True, slots=True)
class Made:
    """What a pattern adds to the definitions that all have: its parts, named `pattern__part`, and parameters."""

    definitions: Mapping[str, Definition]
    parameters: Mapping[str, Parameter]
    sets: Mapping[str, s.Words]
    tables: Mapping[str, s.Table]


@dataclass(frozen=True)
class Pattern:
    """A pattern that has been read and checked. `text`: its file, to the letter."""

    file: PatternFile
    made: Made
    text: str
    path: Path | None = field(default=None, compare=False)  # of its file, if it has one

    @property
    def name(self) -> str:
        """The kind of behaviour that it tells."""
        return self.file.name

    @property
    def definition(self) -> Definition:
        """What it tells, with all that is told of it."""
        return self.made.definitions[self.name]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file; 64 hex digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def parameter(self, name: str) -> Parameter:
        """A parameter by the name that its file gives it."""
        return self.made.parameters[f"{self.name}{OWN}{name}"]


def quantity_of(text: str) -> Quantity:
    """A number and its unit.

    >>> print(quantity_of("30 min"))
    30 min
    >>> quantity_of("soon")
    Traceback (most recent call last):
    ValueError: expected a number and its unit, such as 30 min, found 'soon'
    """
    try:
        return parse(f"parameter it = {text}").parameters["it"].quantity
    except (LanguageError, KeyError):
        raise ValueError(f"expected a number and its unit, such as 30 min, found {text!r}") from None


def examine(path: str | Path) -> tuple[Pattern | None, list[ConfigError]]:
    """The pattern of a file, None if it cannot be used, and every mistake in it. BadInput without a file."""
    return examined(read_text(path), str(path))


def examined(text: str, name: str) -> tuple[Pattern | None, list[ConfigError]]:
    """The same of a text; `name`: of its file, for the sentences."""
    tables, mistakes = read_tables(name, text)
    found = tables.get("format", FORMAT)
    if isinstance(found, int) and found > FORMAT:
        return None, [
            ConfigError(name, "format", f"{found}; this version reads {FORMAT}", line_of(lines_of(text), ("format",)))
        ]
    try:
        file = PatternFile.model_validate(tables)
    except ValidationError as error:
        told = explain(name, text, error, PatternFile)
        return None, in_order([*mistakes, *(m for m in told if not (mistakes and "is missing" in m.problem))])
    try:
        made = _made(file, name)
        if (unfit := unsound(file.name, made.definitions, {**built_in().parameters, **made.parameters})) is not None:
            raise unfit
    except RecursionError:
        return None, [ConfigError(name, "definition", "nested too deeply; expected parts that have names")]
    except LanguageError as mistake:
        return None, in_order([*mistakes, _in_file(mistake, name, text)])
    except BadInput as problem:
        line = line_of(lines_of(text), ("definition",))
        return None, in_order([*mistakes, ConfigError(name, "definition", str(problem), line)])
    return (None if mistakes else Pattern(file, made, text)), mistakes


def load(path: str | Path) -> Pattern:
    """A pattern from its file, or one that comes with Mihari by its name. ConfigError tells all mistakes."""
    own = FOLDER / f"{path}.toml"
    file = own if own.exists() and not Path(path).exists() else Path(path)
    pattern, mistakes = examine(file)
    if pattern is None:
        raise as_one(mistakes)
    return replace(pattern, path=file)


def starting() -> list[Pattern]:
    """The patterns that come with Mihari, by name.

    >>> "dark_rendezvous" in [pattern.name for pattern in starting()]
    True
    """
    return [load(path) for path in sorted(FOLDER.glob("*.toml"))]


def merged(patterns: Iterable[Pattern], base: Definitions | None = None) -> Definitions:
    """The definitions that all have, and those of patterns. BadInput where two patterns have one name.

    >>> "dark_rendezvous" in merged(starting()).definitions
    True
    """
    known = base or built_in()
    definitions, parameters = dict(known.definitions), dict(known.parameters)
    sets, tables = dict(known.sets), dict(known.tables)
    for pattern in patterns:
        if pattern.name in definitions:
            raise BadInput(f"two patterns are called {pattern.name}: expected a name of its own for each")
        definitions |= pattern.made.definitions
        parameters |= pattern.made.parameters
        sets |= pattern.made.sets
        tables |= pattern.made.tables
    return Definitions(definitions, parameters, sets, tables)


def new_name(name: str) -> None:
    """BadInput where the program has the name already, so that no pattern can have it."""
    words = VOCABULARY
    if name in {*built_in().definitions, *OF_FLEETS, *words.timelines, *words.attributes, *words.measures}:
        raise BadInput(f"{name} is known already; expected another name of the pattern")


def _made(file: PatternFile, name: str) -> Made:
    """The definition checked, with what is told of it, under names that are the pattern's own."""
    base, prefix = built_in(), f"{file.name}{OWN}"
    new_name(file.name)
    written = read(file.definition, name)
    if inside := [x for x in written if isinstance(x, s.Parameter)]:
        raise LanguageError(f"'{inside[0].name}': expected parameters as tables [[parameter]]", inside[0].at)
    parts = {x.name: x for x in written if isinstance(x, Definition)}
    if file.name not in parts:
        raise BadInput(f"expected a definition of {file.name}, found {', '.join(parts) or 'none'}")
    if told := [d for d in parts.values() if d.title or d.source or d.urgency or d.innocent or d.because]:
        raise LanguageError("title, source, urgency, innocent, because: expected as keys of the file", told[0].at)
    parameters = [Parameter(p.name, quantity_of(p.value), p.source) for p in file.parameter]
    columns = [column for x in written if isinstance(x, s.Table) for column in x.columns]
    sets = [x.name for x in written if isinstance(x, s.Words)]
    own = {one: prefix + one for one in (*parts, *sets, *columns, *(p.name for p in parameters)) if one != file.name}
    taken = {*base.definitions, *base.parameters, *base.sets, *base.tables, *VOCABULARY.timelines}
    hidden = {one: other for one, other in own.items() if one in taken}  # the others later: sentences name them plainly
    try:
        made = check([renamed(x, hidden) for x in (*parameters, *written)], name, VOCABULARY, base)
    except LanguageError as mistake:
        raise LanguageError(mistake.told.replace(prefix, ""), (mistake.line, mistake.column), name) from None
    definitions = _of_its_own(made.definitions, base.definitions, own)
    definitions[file.name] = replace(
        definitions[file.name], title=file.title, source="; ".join(file.references), urgency=file.urgency,
        innocent=file.innocent, because=file.because,
    )  # fmt: skip
    return Made(
        definitions,
        _of_its_own(made.parameters, base.parameters, own),
        _of_its_own(made.sets, base.sets, own),
        _of_its_own(made.tables, base.tables, own),
    )


def _of_its_own(made: Mapping[str, T], base: Mapping[str, T], own: Mapping[str, str]) -> dict[str, T]:
    """What a pattern adds to the base, under the pattern's own names."""
    return {own.get(name, name): renamed(one, own) for name, one in made.items() if name not in base}


def renamed(node: Any, names: Mapping[str, str]) -> Any:
    """A tree of the language, checked or not, in which definitions, parameters, sets and columns have other names."""
    if isinstance(node, tuple):
        return tuple(renamed(part, names) for part in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    found = {f.name: renamed(getattr(node, f.name), names) for f in fields(node)}
    if isinstance(node, s.Call | s.Name | s.Words | Definition | Parameter):
        found["name"] = names.get(node.name, node.name)
    if isinstance(node, s.Table):
        found["columns"] = tuple(names.get(column, column) for column in node.columns)
    return replace(node, **found)


def _in_file(mistake: LanguageError, name: str, text: str) -> ConfigError:
    """A mistake in the definition, at its line and column of the file."""
    begins = line_of(lines_of(text), ("definition",))
    if begins is None:  # written in a way that hides where it begins
        return ConfigError(name, "definition", mistake.told)
    opening = text.split("\n")[begins - 1]
    quotes = next((q for q in ("'''", '"""', '"', "'") if q in opening), "")
    first = begins + 1 if opening.rstrip().endswith(quotes) and len(quotes) == 3 else begins
    column = mistake.column + (opening.index(quotes) + len(quotes) if mistake.line == 1 and first == begins else 0)
    line = first + max(mistake.line, 1) - 1
    where = f"column {column}: " if mistake.column else ""
    return ConfigError(name, "definition", f"{where}{mistake.told}", line)
