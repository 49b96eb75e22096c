"""A watch list or register, CSV with a header or JSON -> its vessels, and what is wrong with which line.

Columns, in any order and case: mmsi, imo, name (one of them is needed), call sign, flag, type, length (m), note, list,
urgency. JSON is an array of objects with these keys, or {"list": name, "vessels": [...]}.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mihari.behaviours.numbers import imo_is_wrong
from mihari.core.behaviour import Urgency
from mihari.core.errors import BadInput

MOST_BYTES = 50_000_000
MOST_ROWS = 200_000  # as many as there are names of vessels that are remembered
LONGEST_M = 500.0  # the longest ship ever was 458 m
MOST_TEXT = 200  # characters of a note
COLUMNS = {
    "mmsi": "mmsi", "imo": "imo", "imo_number": "imo", "name": "name", "vessel_name": "name", "ship_name": "name",
    "call_sign": "call_sign", "callsign": "call_sign", "flag": "flag", "type": "type", "ship_type": "type",
    "length": "length", "length_m": "length", "note": "note", "remark": "note", "reason": "note", "list": "list",
    "list_name": "list", "urgency": "urgency",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """One vessel of a list. 0 and "" are absent; `line` of its file, or its number in a JSON array."""

    list: str
    mmsi: int = 0
    imo: int = 0
    name: str = ""
    call_sign: str = ""
    flag: str = ""
    type: str = ""
    length: float = 0.0  # m
    note: str = ""
    urgency: Urgency = Urgency.CAUTION
    line: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was left out, and why."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.why}"


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds."""

    vessels: tuple[Listed, ...]
    problems: tuple[Problem, ...]


def read_list(path: Path) -> Read:
    """The vessels of a file; BadInput where it is no list at all."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{path}: longer than {MOST_BYTES // 1_000_000} MB, expected a list of vessels")
        told = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {str(error.strerror or error).lower()}") from None
    return parsed(told, str(path))


def parsed(told: bytes, name: str) -> Read:
    """The vessels of a file's bytes.

    >>> read = parsed(b"mmsi,name,urgency\\n431000001,MAAS,alarm\\n12,X,\\n", "l.csv")
    >>> read.vessels[0].urgency.name, str(read.problems[0])
    ('ALARM', 'l.csv, line 3: mmsi 12: expected nine digits')
    """
    rows = _json(told, name) if told.lstrip()[:1] in (b"[", b"{") else _csv(told, name)
    vessels: list[Listed] = []
    problems: list[Problem] = []
    for line, row in rows:
        if len(vessels) >= MOST_ROWS:
            problems.append(Problem(name, line, f"more than {MOST_ROWS} vessels, the rest is left out"))
            break
        try:
            vessels.append(_listed(row, line, Path(name).stem))
        except ValueError as error:
            problems.append(Problem(name, line, str(error)))
    return Read(tuple(vessels), tuple(problems))


def _text(told: bytes) -> str:
    try:
        return told.decode("utf-8-sig")
    except UnicodeDecodeError:
        return told.decode("cp1252", "replace")  # what spreadsheets write


def _csv(told: bytes, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    text = _text(told).replace("\0", "�")
    header = text.split("\n", 1)[0]
    mark = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=mark)
    try:
        columns = [COLUMNS.get(_key(column), "") for column in next(reader, [])]
        if not {"mmsi", "imo", "name"} & set(columns):
            raise BadInput(f"{name}: expected a header with mmsi, imo or name in line 1, or JSON")
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, {c: cell for c, cell in zip(columns, row, strict=False) if c}
    except csv.Error as error:
        raise BadInput(f"{name}: line {reader.line_num}: {error}") from None


def _json(told: bytes, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        found = orjson.loads(told)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{name}: no JSON: {error}") from None
    common = {}
    if isinstance(found, dict):
        common = {key: found[key] for key in ("list", "urgency") if key in found}
        found = found.get("vessels")
    if not isinstance(found, list):
        raise BadInput(f'{name}: expected an array of vessels, or an object with "vessels"')
    for number, row in enumerate(found, 1):
        told_row = row if isinstance(row, dict) else {}
        yield number, common | {COLUMNS[k]: v for key, v in told_row.items() if (k := _key(key)) in COLUMNS}


def _key(column: str) -> str:
    return column.strip().lower().replace(" ", "_").replace("-", "_")


def _listed(row: Mapping[str, Any], line: int, list_name: str) -> Listed:
    """One row; ValueError with a sentence about what is wrong."""
    word = {key: str(value).strip()[:MOST_TEXT] for key, value in row.items() if value is not None}
    mmsi, imo = _number(word, "mmsi"), _number(word, "imo")
    if mmsi and not 100_000_000 <= mmsi <= 999_999_999:
        raise ValueError(f"mmsi {word['mmsi']}: expected nine digits")
    if imo_is_wrong(imo):
        raise ValueError(f"imo {word['imo']}: expected seven digits, the last of which follows from the others")
    name = plain(word.get("name", ""))
    if not (mmsi or imo or name):
        raise ValueError("no mmsi, imo or name: expected one of them")
    urgency = word.get("urgency", "").upper() or "CAUTION"
    if urgency not in Urgency.__members__:
        raise ValueError(f"urgency {word['urgency']}: expected caution, warning, alarm or emergency")
    return Listed(
        word.get("list") or list_name, mmsi, imo, name, plain(word.get("call_sign", "")), word.get("flag", ""),
        word.get("type", "").lower(), _length(word.get("length", "")), word.get("note", ""), Urgency[urgency], line,
    )  # fmt: skip


def _number(word: Mapping[str, str], key: str) -> int:
    told = word.get(key, "").upper().removeprefix("IMO").strip().removesuffix(".0")
    if not told or told == "0":
        return 0
    if not (told.isascii() and told.isdigit()):
        raise ValueError(f"{key} {word[key]}: expected a number")
    return int(told)


def _length(told: str) -> float:
    if not told:
        return 0.0
    try:
        length = float(told.replace(",", ".").removesuffix("m"))
    except ValueError:
        raise ValueError(f"length {told}: expected metres") from None
    if not 0.0 <= length <= LONGEST_M:
        raise ValueError(f"length {told}: expected 0 to {LONGEST_M:.0f} m")
    return length


def plain(name: str) -> str:
    """A name as AIS has it: capitals, single spaces, 20 characters.

    >>> plain("  Maas  trader ")
    'MAAS TRADER'
    """
    return " ".join(name.upper().split())[:20].strip()
