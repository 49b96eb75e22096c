"""What one vessel has said of itself over time, from an archive's claims."""

from __future__ import annotations

import math

from mihari.archive.ask import _parquet, _source, _tried, ask
from mihari.archive.catalogue import Catalogue
from mihari.core.columns import Array

ROWS_MAX = 200_000  # AIS tells static data every six minutes: more than two years of one vessel


def claims_of(reader: Catalogue, mmsi: int, begin: float = -math.inf, end: float = math.inf) -> dict[str, Array]:
    """The columns of `Claims` that were ever told, and `time` (UTC s), in its order; empty for a vessel unknown."""

    def question() -> dict[str, Array]:
        files = _source(reader.files("claims", begin, end))
        if not files:
            return {}
        return ask(
            f"SELECT * FROM {_parquet('$files')} WHERE mmsi = $mmsi AND time BETWEEN $begin AND $end "
            f"ORDER BY time LIMIT {ROWS_MAX}",
            files=files, mmsi=mmsi, begin=begin, end=end,
        )  # fmt: skip

    return _tried(question)
