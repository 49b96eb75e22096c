"""Columns -> dicts, one per record: the form that `encode` takes. Wire numbers, not units, so that nothing is lost.

`{"category": 48, "edition": "1.32", "datagram": 0, "block": 0, "items": {"040": {"RHO": 128, "THETA": 16384}, …}}`
Values are ints; groups, extended and compound items dicts; repetitive items lists; RE and SP bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mihari.formats.asterix.decode import Cells, Decoded, Table
from mihari.formats.asterix.definition import Compound
from mihari.formats.asterix.program import AT, COUNT, OCTETS, SIZE

Record = dict[str, Any]


def to_dicts(decoded: Decoded) -> list[Record]:
    """All records in the order of the bytes.

    >>> from mihari.formats.asterix.decode import decode
    >>> to_dicts(decode(bytes.fromhex("30000c900c2200" "80004000")))
    []
    >>> record, = to_dicts(decode(bytes.fromhex("30000b900c2280004000")[:10] + b"\\0"))
    >>> record["items"]
    {'010': {'SAC': 12, 'SIC': 34}, '040': {'RHO': 32768, 'THETA': 16384}}
    """
    made: dict[int, Record] = {}
    for table in decoded.tables:
        made.update(zip(table.records.record.tolist(), _of_table(table), strict=True))
    return [made[number] for number in sorted(made)]


def _of_table(table: Table) -> list[Record]:
    category, where = table.category, table.records
    made: list[Record] = [
        {"category": category.number, "edition": category.edition, "datagram": datagram, "block": block, "items": {}}
        for datagram, block in zip(where.datagram.tolist(), where.block.tolist(), strict=True)
    ]
    for path in table.paths:
        _spread(table, path, [record["items"] for record in made])
    _note_padding(table, made)
    return made


def _spread(table: Table, path: str, items: Sequence[Record]) -> None:
    """Put one column into the dicts of its records."""
    cells = table.cells(path)
    keys = cells.leaf.keys
    last = keys[-1]
    if last == COUNT:
        for row in cells.rows.tolist():
            _below(items[row], keys[:-2])[keys[-2]] = []
    elif last == OCTETS:
        for row, octets in zip(cells.rows.tolist(), cells.raw.tolist(), strict=True):
            items[row][keys[0]] = {OCTETS: octets}
    elif last == SIZE:
        for row, content in table.bytes("/".join(keys[:-1])):
            _below(items[row], keys[:-2])[keys[-2]] = content
    elif cells.list_depth:
        _spread_repeated(cells, items)
    elif last != AT:
        for row, value in zip(cells.rows.tolist(), cells.raw.tolist(), strict=True):
            _below(items[row], keys[:-1])[last] = value


def _spread_repeated(cells: Cells, items: Sequence[Record]) -> None:
    keys, depth = cells.leaf.keys, cells.list_depth
    inner = keys[depth:]
    seen: dict[int, int] = {}
    for row, value in zip(cells.rows.tolist(), cells.raw.tolist(), strict=True):
        found = _below(items[row], keys[: depth - 1]).setdefault(keys[depth - 1], [])
        if not inner:
            found.append(value)
            continue
        place = seen.get(row, 0)
        seen[row] = place + 1
        if place == len(found):
            found.append({})
        _below(found[place], inner[:-1])[inner[-1]] = value


def _below(tree: Record, keys: Sequence[str]) -> Record:
    for key in keys:
        tree = tree.setdefault(key, {})
    return tree


def _note_padding(table: Table, made: Sequence[Record]) -> None:
    """Keep the octets of a field specification where they are more than needed: encoding gives them back."""
    bits = table.records.fields.tolist()
    for record, fields, octets in zip(made, bits, table.records.field_octets.tolist(), strict=True):
        if octets != -(-(64 - _lowest_bit(fields)) // 7):
            record["field_octets"] = octets
        for item in record["items"].values():
            if isinstance(item, dict) and OCTETS in item:
                _note_compound_padding(table, record["items"])
                break


def _note_compound_padding(table: Table, items: Record) -> None:
    for named in table.category.items():
        if isinstance(named.content, Compound) and named.name in items:
            item = items[named.name]
            places = [i for i, part in enumerate(named.content.parts) if part is not None and part.name in item]
            if item[OCTETS] == max(places, default=0) // 7 + 1:
                del item[OCTETS]


def _lowest_bit(fields: int) -> int:
    return (fields & -fields).bit_length() - 1
