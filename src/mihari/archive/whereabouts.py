"""Whoever people ask for -> who that is, and where it was: MMSI, IMO number, name, call sign, or a vessel's number."""

from __future__ import annotations

from typing import Any

from mihari.archive import ask
from mihari.archive.catalogue import Catalogue
from mihari.core.columns import Array
from mihari.core.errors import BadInput

EXPECTED = "an MMSI, IMO number, name, call sign or #7 for vessel 7 of the picture"


def whereabouts(reader: Catalogue, who: str, begin: float, end: float) -> tuple[dict[str, Any], dict[str, Array]]:
    """Who that is (mmsi and name, or vessel) and the columns of `ask.positions` or `ask.tracked`, UTC s.

    BadInput where nobody or several have called themselves so.
    """
    who = who.strip()
    if who.startswith("#") and who[1:].isdecimal():
        return {"vessel": int(who[1:])}, ask.tracked(reader, int(who[1:]), begin, end)
    digits = who.upper().removeprefix("IMO").strip()
    if digits.isdecimal() and len(digits) == 9:
        known = ask.who(reader, mmsi=int(digits))
        chosen = {"mmsi": int(digits), "name": known[0].name if known else ""}
        return chosen, ask.positions(reader, int(digits), begin, end)
    one = _only(reader, who, int(digits) if digits.isdecimal() and len(digits) == 7 else 0)
    return {"mmsi": one.mmsi, "name": one.name}, ask.positions(reader, one.mmsi, begin, end)


def _only(reader: Catalogue, who: str, imo: int) -> ask.Somebody:
    found = ask.who(reader, imo=imo) if imo else ask.who(reader, who)
    if not found:
        raise BadInput(f"{who!r}: nobody in the archive has called itself so; expected {EXPECTED}")
    if len(found) > 1:
        names = "; ".join(f"{s.mmsi:09d} {s.name}" for s in found[:8])
        raise BadInput(f"{who!r}: {len(found)} vessels have called themselves so ({names}); give the MMSI")
    return found[0]
