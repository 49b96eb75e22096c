"""A look-out that is put back goes on as if it had never stopped; a state of another version is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mihari.archive.state import pack, unpack
from mihari.behaviours.sightings import Sightings
from mihari.core.picture import Vessels
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Tick
from mihari.kept import Kept
from mihari.lookout import Lookout
from open_sea import OpenSea

START = 1_700_000_000.0


def taken(lookout: Lookout, begin: float, end: float) -> list[tuple[object, ...]]:
    """Three that wait, three that pass, one of which falls silent, from `begin` to `end` h; what is told."""
    told = []
    for now in np.arange(START + begin * 3600, START + end * 3600, 60.0):
        keys = [1, 2, 3, 4, 5, 6] if now < START + 2 * 3600 else [1, 2, 3, 5, 6]
        n = len(keys)
        lat, speed = 26.0 + np.array(keys) * 0.002, [0.3] * 3 + [5.0] * (n - 3)
        lookout.engine.sight(Sightings.of(n, key=keys, time=now, lat_deg=lat, lon_deg=127.0, speed=speed))
        claims = Claims.of(1, mmsi=1, name=["MAAS"], ship_type=70)
        lookout.take(Batch(Reports.of(1, time=now, kind=ReportKind.AIS_STATIC, claim=0, feed=0), claims), Vessels.empty)
        found = lookout.take(Tick(float(now)), Vessels.empty)
        assert found is not None
        told += [(b.id, b.kind, b.start, b.end, b.revision, b.because) for b in found.behaviours]
    return told


def at_open_sea() -> Lookout:
    lookout = Lookout()
    lookout.engine.places = OpenSea()
    return lookout


def test_what_was_put_back_goes_on_as_if_it_had_never_stopped() -> None:
    straight = at_open_sea()
    first = taken(straight, 0.0, 4.0)
    second = taken(straight, 4.0, 5.0)
    stopped = at_open_sea()
    assert taken(stopped, 0.0, 4.0) == first
    again = at_open_sea()
    again.restore(unpack(pack(stopped.state())))
    assert taken(again, 4.0, 5.0) == second
    assert {row[1] for row in first} >= {"loitering", "gap"}


def test_a_state_of_another_version_is_refused() -> None:
    lookout = at_open_sea()
    state = lookout.state()
    state["engine"]["version"] = "older"
    with pytest.raises(ValueError, match="another version"):
        Lookout().restore(state)


def test_a_node_finds_its_lookout_again_and_a_broken_file_costs_only_itself(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "deep" / "naha.lookout")
    lookout = at_open_sea()
    assert not kept.fill(lookout)
    first = taken(lookout, 0.0, 2.0)
    kept.close(lookout)
    again = at_open_sea()
    assert kept.fill(again)
    assert len(again.engine.ledger) == len(lookout.engine.ledger) > 0
    assert first
    for broken in (b"", b"mihari-state-1\n" + b"x" * 100, kept.path.read_bytes()[:-50]):
        kept.path.write_bytes(broken)
        assert not kept.fill(Lookout())
