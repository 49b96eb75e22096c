"""Where many vessels of the picture were tracked lately, in one question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mihari.archive.ask import RUN_OF, ask
from mihari.archive.catalogue import Catalogue
from mihari.core.columns import Array


def trails(reader: Catalogue, vessels: Sequence[int], begin: float, end: float) -> dict[int, dict[str, Array]]:
    """Vessel id -> time (UTC s), lat_deg, lon_deg between two times, of the last run that tracked there.

    Vessels that were not tracked then are left out. Numbers begin anew in each run, so runs are never mixed.
    """
    known, tracks = reader.files("vessels"), reader.files("tracks", begin, end)
    if not known or not tracks or not len(vessels):
        return {}
    parquet = "read_parquet({}, union_by_name = true, filename = true)"
    found = ask(
        f"WITH mine AS (SELECT DISTINCT {RUN_OF} AS run, track, id FROM {parquet.format('$known')} "
        "WHERE list_contains($vessels, id)), "
        f"places AS (SELECT *, {RUN_OF} AS run FROM {parquet.format('$tracks')} WHERE time BETWEEN $begin AND $end) "
        "SELECT mine.id AS vessel, time, lat_deg, lon_deg FROM places "
        "JOIN mine ON places.id = mine.track AND places.run = mine.run "
        "WHERE places.run = (SELECT max(run) FROM places) ORDER BY vessel, time",
        known=[str(path) for path in known], tracks=[str(path) for path in tracks],
        vessels=[int(id) for id in vessels], begin=begin, end=end,
    )  # fmt: skip
    ids, starts = np.unique(found["vessel"], return_index=True)
    cut = {name: np.split(found[name], starts[1:]) for name in ("time", "lat_deg", "lon_deg")}
    return {int(id): {name: parts[k] for name, parts in cut.items()} for k, id in enumerate(ids.tolist())}
