"""A picture compiler's state -> nested dicts of arrays and JSON values, and back: going on from it is the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from mihari.core.picture import ClaimedIdentity, Identity, Mark
from mihari.picture.compiler import PictureCompiler
from mihari.picture.index import TrackIndex
from mihari.picture.rows import VesselRows

State = dict[str, Any]


def state_of(compiler: PictureCompiler) -> State:
    """All that the next input meets; not the plots since the last picture, which nothing later depends on."""
    return {
        "sequence": compiler.sequence,
        "next_id": compiler._next_id,
        "next_due": _told(compiler._due),
        "rows": compiler._rows.state(),
        "tracks": compiler._tracks.table(),
        "touched": np.concatenate([np.zeros(0, np.int64), *compiler._touched]),
        "book": _text(list(compiler._book.state().values())),
        "weights": compiler._weights.state(),
        "identities": _text(list(compiler._identities.values())),
        "marks": _text(list(compiler._marks.values())),
        "names": _text([[mmsi, sorted(vessels)] for mmsi, vessels in compiler._vessels_of_mmsi.items()]),
        "removed": list(compiler._removed),
    }


def restored(state: State, compiler: PictureCompiler) -> None:
    """Put a state into a compiler that is new."""
    compiler.sequence, compiler._next_id = state["sequence"], state["next_id"]
    compiler._due = _of(state["next_due"])
    compiler._rows = VesselRows.of(state["rows"])
    compiler._tracks = TrackIndex(state["tracks"])
    compiler._touched = [state["touched"]] if len(state["touched"]) else []
    book = [ClaimedIdentity(**claim) for claim in _read(state["book"])]
    compiler._book.restore({claim.mmsi: claim for claim in book})
    compiler._weights.restore(state["weights"])
    compiler._identities = {i["vessel"]: _identity(i) for i in _read(state["identities"])}
    compiler._marks = {m["mmsi"]: Mark(**m | {"heard": _of(m["heard"])}) for m in _read(state["marks"])}
    compiler._vessels_of_mmsi = {mmsi: set(vessels) for mmsi, vessels in _read(state["names"])}
    compiler._removed = list(state["removed"])


def _identity(told: State) -> Identity:
    return Identity(told["vessel"], tuple(ClaimedIdentity(**c) for c in told["claims"]), told["changed"])


def _text(values: list[Any]) -> Any:
    """Objects as JSON in an array of bytes: thousands of them are written at one go."""
    return np.frombuffer(orjson.dumps(values), np.uint8)


def _read(text: Any) -> list[Any]:
    found: list[Any] = orjson.loads(text.tobytes())
    return found


def _told(value: float) -> float | str:
    """JSON has no infinities."""
    return value if np.isfinite(value) else str(value)


def _of(value: float | str | None) -> float:
    return float("nan") if value is None else float(value)
