"""What `decode_many` gives: a table of columns per formatter, AIS messages, other sentences, what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.formats.nmea.fields import NUMERIC, Kind, Sentence
from mihari.formats.refusals import Refusals


@dataclass(frozen=True, slots=True)
class Table:
    """All sentences of one formatter, in the order of the bytes. `table["distance"]` is a column of all rows.

    Numbers are f8 with NaN for absent, in the unit of their name (`lat_deg`, `time_of_day` and `date` in s); codes are
    S1 and texts S, both empty for absent.
    """

    sentence: Sentence
    line: Array  # (n,) i8, 0-based
    offset: Array  # (n,) i8, of the sentence's first byte in the stream
    talker: Array  # (n,) S2
    time: Array  # (n,) f8, UTC s: tag block `c`, else trailing receive time, else NaN
    source: Array  # (n,) U: tag block `s`, '' if not told
    starts: Array  # (n,) i8, of the sentence in `data`
    stops: Array  # (n,) i8, of the `*`
    tags: Array  # (n,) i8, where the tag block begins in `data`, -1 without an intact one
    data: bytes = field(repr=False)
    numbers: Array = field(repr=False)  # (numeric fields, n)
    codes: Array = field(repr=False)  # (codes, n)
    spans: Array = field(repr=False)  # (texts, n, 2)

    def __len__(self) -> int:
        return len(self.line)

    @property
    def names(self) -> list[str]:
        """Of the fields, as they stand in the sentence."""
        return [f.name for f in self.sentence.fields if f.name]

    def __getitem__(self, name: str) -> Array:
        """The column of a field; KeyError if the sentence has none of that name."""
        for f, slot in slots(self.sentence):
            if f.name == name:
                if f.kind <= NUMERIC:
                    numbers: Array = self.numbers[slot]
                    return numbers
                if f.kind == Kind.CODE:
                    return np.ascontiguousarray(self.codes[slot]).view("S1")
                return self._texts(self.spans[slot])
        raise KeyError(name)

    def _texts(self, spans: Array) -> Array:
        from mihari.formats.nmea.read import copy_texts

        width = int((spans[:, 1] - spans[:, 0]).max(initial=1))
        out = np.zeros((len(spans), max(width, 1)), np.uint8)
        copy_texts(np.frombuffer(self.data, np.uint8), spans, out)
        return out.view(f"S{out.shape[1]}").reshape(len(spans))


def slots(sentence: Sentence) -> Iterator[tuple[Any, int]]:
    """Each field that has a value, with its row in the block of its kind."""
    counts = [0, 0, 0]
    for f in sentence.fields:
        if f.kind == Kind.FIXED:
            continue
        block = 0 if f.kind <= NUMERIC else 1 if f.kind == Kind.CODE else 2
        yield f, counts[block]
        counts[block] += 1


@dataclass(frozen=True, slots=True)
class Decoded:
    """One buffer, decoded. `other`: sound sentences of formatters not in the table, as (line, offset, bytes)."""

    tables: dict[str, Table]
    other: list[tuple[int, int, bytes]]
    ais: Any  # mihari.formats.ais.Messages, or None if no AIS sentence was there
    refusals: Refusals
    lines: int
    remarks: int  # lines without a sentence
    tag_refused: int  # tag blocks passed over because they are not intact
    unsummed: int  # sentences without a checksum that were taken

    def __len__(self) -> int:
        """Sentences accepted, AIS messages and other formatters included."""
        found = sum(len(t) for t in self.tables.values()) + len(self.other)
        return found + (len(self.ais) if self.ais is not None else 0)
