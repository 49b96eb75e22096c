"""Behaviours -> rows of a Parquet file, one a behaviour as it stands, or one a revision; and rows -> dictionaries.

Columns: id, kind, vessels (keys), mmsi, start, end (null: going on), decided and told (UTC s of data), latitude and
longitude, because, urgency (null: no alert), score, innocent, revision, standing, version, evidence (JSON).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from pyarrow import parquet

from mihari.core.behaviour import Behaviour, mmsi_of
from mihari.core.errors import BadInput

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("kind", pa.string()),
        ("vessels", pa.list_(pa.int64())),
        ("mmsi", pa.list_(pa.int64())),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("decided", pa.float64()),
        ("told", pa.float64()),
        ("lat_deg", pa.float64()),
        ("lon_deg", pa.float64()),
        ("because", pa.string()),
        ("urgency", pa.string()),
        ("score", pa.float64()),
        ("innocent", pa.list_(pa.string())),
        ("revision", pa.int32()),
        ("standing", pa.string()),
        ("version", pa.string()),
        ("evidence", pa.string()),
    ]
)


def row(behaviour: Behaviour, alerts: Set[str] | None = None) -> dict[str, Any]:
    """One behaviour as JSON values; `alerts`: kinds that raise alerts (None: all), the others have no urgency."""
    b = behaviour
    evidence = asdict(b.evidence)
    return {
        "id": b.id,
        "kind": b.kind,
        "vessels": list(b.vessels),
        "mmsi": [m for v in b.vessels if (m := mmsi_of(v))],
        "start": b.start,
        "end": b.end,
        "decided": b.decided,
        "told": b.told,
        "lat_deg": b.lat_deg,
        "lon_deg": b.lon_deg,
        "because": b.because,
        "urgency": b.urgency.name.lower() if alerts is None or b.kind in alerts else None,
        "score": b.score,
        "innocent": list(b.innocent),
        "revision": b.revision,
        "standing": b.standing.name.lower().replace("_", " "),
        "version": b.version,
        "evidence": orjson.dumps(evidence, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY).decode(),
    }


def write(behaviours: Iterable[Behaviour], path: Path, alerts: Set[str] | None = None) -> int:
    """Write a Parquet file; how many rows. BadInput where it cannot be written."""
    rows = [row(b, alerts) for b in behaviours]
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    partial = path.with_name(path.name + ".partial")
    try:
        parquet.write_table(table, partial, compression="zstd")
        partial.replace(path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {str(error.strerror or error).lower()}") from None
    return len(rows)
