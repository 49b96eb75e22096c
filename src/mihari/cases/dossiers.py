"""The dossiers of a case's vessels: as they are now, and as they were kept when the case was opened.

An archive forgets after some weeks and is not at every node; a case stays. So the dossier is evidence too, and its
claims stand in where the archive tells none any more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts.records import Records
from mihari.cases import files
from mihari.cases.body import vessel_name
from mihari.cases.dossier import Vessel, dossier
from mihari.cases.files import Blob
from mihari.core.errors import BadInput

DOSSIERS_MAX = 20
MEDIA = "application/json"
KEPT = "its claims are those that were kept with the case"
EXPECTED = "expected a dossier: claims with field, value, first, last and count"
Item = dict[str, Any]


def vessel_of(item: Mapping[str, Any]) -> Vessel:
    """Who is meant by a vessel of a case."""
    return Vessel(item["mmsi"], item["vessel"], float(item["run"] or 0.0))


def as_evidence(connection: sa.Connection, vessel: Item, archive: Path | None) -> tuple[Blob, Item]:
    """A vessel's dossier as it is now, as bytes, and the item that names them."""
    told = dossier(connection, vessel_of(vessel), archive)
    blob = Blob(orjson.dumps(told, option=orjson.OPT_SORT_KEYS), MEDIA)
    what = f"dossier of {vessel_name(vessel)} as it stood, with {len(told['claims'])} claims"
    return blob, blob.told("dossier", what, mmsi=vessel["mmsi"], vessel=vessel["vessel"])


def dossiers(
    connection: sa.Connection, records: Records, vessels: Sequence[Item], evidence: Sequence[Item], archive: Path | None
) -> list[dict[str, Any]]:
    """What is known of the vessels of a case, of some at most; claims that the archive has forgotten from evidence."""
    found = [dossier(connection, vessel_of(v), archive) for v in vessels[:DOSSIERS_MAX]]
    return [told if told["claims"] else _with_kept(told, records, evidence) for told in found]


def _with_kept(told: dict[str, Any], records: Records, evidence: Sequence[Item]) -> dict[str, Any]:
    me = (told["mmsi"], told["vessel"])
    for item in evidence:
        if item["kind"] == "dossier" and (item["mmsi"], item["vessel"]) == me:
            try:
                claims = claims_in(files.bytes_of(records, item["sha256"]))
            except BadInput:
                continue  # told where evidence is read
            if claims:
                return told | {"claims": claims, "missing": [*told["missing"], KEPT]}
    return told


def claims_in(data: bytes) -> list[dict[str, Any]]:
    """The claims of a dossier that was kept; BadInput where the bytes are none.

    >>> claims_in(b'{"claims":[{"field":"name","value":"KAI","first":1.0,"last":2.0,"count":2}]}')[0]["value"]
    'KAI'
    """
    try:
        told = orjson.loads(data)["claims"]
        return [_claim(one) for one in told]
    except (ValueError, KeyError, TypeError):
        raise BadInput(EXPECTED) from None


def _claim(one: Mapping[str, Any]) -> dict[str, Any]:
    value, times = one["value"], (float(one["first"]), float(one["last"]))
    if not isinstance(value, str | int | float) or not all(math.isfinite(t) and 0 <= t < 1e11 for t in times):
        raise ValueError
    if one["field"] == "ship_type" and not isinstance(value, int):
        raise ValueError
    return {"field": str(one["field"]), "value": value, "first": times[0], "last": times[1], "count": int(one["count"])}
