"""Which edition of a category a source speaks: the newest, unless told otherwise for a (SAC, SIC)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from mihari.core.errors import BadInput
from mihari.formats.asterix.compact import from_json
from mihari.formats.asterix.definition import DEFINITIONS, Category

Edition = tuple[int, str]
"""(category, edition): `(48, "1.32")`."""

Source = tuple[int, int]
"""(SAC, SIC): system area code and system identification code."""


@cache
def available() -> Mapping[int, tuple[str, ...]]:
    """The editions at hand of each category, oldest first.

    >>> available()[48][-1]
    '1.32'
    """
    found: dict[int, list[str]] = {}
    for path in DEFINITIONS.glob("cat*-*.json"):
        number, edition = path.stem[3:].split("-")
        found.setdefault(int(number), []).append(edition)
    return {number: tuple(sorted(editions, key=_order)) for number, editions in sorted(found.items())}


@cache
def category(number: int, edition: str | None = None) -> Category:
    """The definition of a category (default: its newest edition); `BadInput` where we have none."""
    editions = available().get(number, ())
    if not editions or edition not in (None, *editions):
        known = ", ".join(editions) or "none"
        raise BadInput(f"ASTERIX category {number:03d} edition {edition or 'any'}: we have {known}")
    path = DEFINITIONS / f"cat{number:03d}-{edition or editions[-1]}.json"
    return from_json(path.read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Editions:
    """`default`: category -> edition (missing: the newest); `sources`: (category, (SAC, SIC)) -> edition.

    >>> Editions(sources={(48, (25, 12)): "1.27"}).of(48, (25, 12)).edition
    '1.27'
    >>> Editions().of(48, (25, 12)).edition
    '1.32'
    """

    default: Mapping[int, str] = field(default_factory=dict)
    sources: Mapping[tuple[int, Source], str] = field(default_factory=dict)

    @classmethod
    def told(cls, text: str) -> Editions:
        """From words as in a feed's address; `BadInput` where we have no such edition.

        >>> Editions.told("021:0.26,048:1.27@25/12")
        Editions(default={21: '0.26'}, sources={(48, (25, 12)): '1.27'})
        """
        default: dict[int, str] = {}
        sources: dict[tuple[int, Source], str] = {}
        for word in text.split(","):
            which, _, source = word.partition("@")
            number, _, edition = which.partition(":")
            if edition not in available().get(int(number), ()):
                category(int(number), edition)  # says which there are
            if source:
                sac, _, sic = source.partition("/")
                sources[int(number), (int(sac), int(sic))] = edition
            else:
                default[int(number)] = edition
        return cls(default, sources)

    def of(self, number: int, source: Source | None = None) -> Category:
        """The definition to read a record of `source` with."""
        told = self.sources.get((number, source)) if source is not None else None
        return category(number, told or self.default.get(number))


def _order(edition: str) -> tuple[int, ...]:
    return tuple(map(int, edition.split(".")))
