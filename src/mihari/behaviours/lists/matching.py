"""What a vessel tells of itself -> its entries in watch lists and registers, and what it tells otherwise than written.

A vessel is an entry's by its MMSI; by its IMO number, which stays with a hull whatever MMSI it tells; by its name only
where the entry has neither number, since names are many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mihari.behaviours.lists.reading import Listed, plain
from mihari.behaviours.names import Name
from mihari.picture.claims import category_of

APART_M, APART = 10.0, 0.2  # lengths are told in whole metres from the antenna, and typed in by hand


class Lists:
    """Watch lists and registers, by MMSI, IMO number and name.

    >>> lists = Lists([Listed("wanted", mmsi=431000001, note="fled")])
    >>> [entry.note for entry in lists.watched(431000001, Name())], lists.watched(431000002, Name())
    (['fled'], [])
    """

    def __init__(self, watched: Iterable[Listed] = (), registers: Iterable[Listed] = ()) -> None:
        self._watched, self._registers = _Index(watched), _Index(registers)

    @property
    def watching(self) -> bool:
        """Whether anybody is looked for."""
        return bool(self._watched)

    @property
    def registered(self) -> bool:
        """Whether anything is written down."""
        return bool(self._registers)

    def watched(self, mmsi: int, told: Name) -> list[Listed]:
        """The entries of watch lists that a vessel is, the most urgent first."""
        return sorted(self._watched.of(mmsi, told), key=lambda e: (-e.urgency, e.list, e.line))

    def differing(self, mmsi: int, told: Name) -> list[str]:
        """What a vessel tells otherwise than the registers have it; one text each."""
        return sorted({text for entry in self._registers.of(mmsi, told) for text in _against(entry, mmsi, told)})


class _Index:
    def __init__(self, entries: Iterable[Listed]) -> None:
        self._by: dict[int | str, list[Listed]] = defaultdict(list)
        for entry in entries:
            numbers: set[int | str] = {number for number in (entry.mmsi, entry.imo) if number}
            for key in numbers or {entry.name}:
                self._by[key].append(entry)

    def __bool__(self) -> bool:
        return bool(self._by)

    def of(self, mmsi: int, told: Name) -> list[Listed]:
        keys: list[int | str] = [mmsi, *(key for v in told.versions for key in (v.imo, plain(v.name)) if key)]
        return list({id(e): e for key in dict.fromkeys(keys) for e in self._by.get(key, ())}.values())


def _against(entry: Listed, mmsi: int, told: Name) -> list[str]:
    """What is told again and again and differs from an entry; damaged messages are told once."""
    newest = max(told.accepted, key=lambda v: (v.last, v.name), default=None)
    found = []
    if newest is not None:
        pairs: tuple[tuple[str, object, object], ...] = (
            ("name", plain(newest.name), entry.name),
            ("IMO number", newest.imo, entry.imo),
            ("call sign", plain(newest.call_sign), entry.call_sign),
        )
        found += [f"{what} {a}, written {b}" for what, a, b in pairs if a and b and a != b]
    if entry.mmsi and entry.mmsi != mmsi:
        found.append(f"MMSI {mmsi}, written {entry.mmsi}")
    if told.length and entry.length and abs(told.length - entry.length) > max(APART_M, APART * entry.length):
        found.append(f"length {told.length:.0f} m, written {entry.length:.0f} m")
    category = _category(entry.type)
    tells = category_of(told.ship_type, told.subject).name.lower()
    if category and told.ship_type > 0 and tells not in (category, "other"):
        found.append(f"type {tells.replace('_', ' ')}, written {entry.type}")
    return found


def _category(type_: str) -> str:
    """The category of a type as a register words it; "" where that is not known.

    >>> _category("bulk carrier"), _category("70"), _category("oil tanker"), _category("thing")
    ('cargo', 'cargo', 'tanker', '')
    """
    if type_.isdigit():
        return category_of(int(type_), 0).name.lower() if 20 < int(type_) < 100 else ""
    words = {
        "tanker": "tanker", "passenger": "passenger", "ferry": "passenger", "cruise": "passenger", "fishing": "fishing",
        "trawler": "fishing", "yacht": "pleasure", "pleasure": "pleasure", "sailing": "pleasure", "cargo": "cargo",
        "bulk": "cargo", "container": "cargo", "tug": "service", "pilot": "service", "dredger": "service",
    }  # fmt: skip
    return next((category for word, category in words.items() if word in type_), "")
