"""Where the real recordings are: `$MIHARI_DATA`, else `shared/data` beside the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("MIHARI_DATA") or Path(__file__).parents[2] / "shared" / "data")


def recording(name: str) -> Path:
    """The path of a recording, for example `ais/vernon_all.nmea`."""
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"recording {name} is not on this machine (set MIHARI_DATA)")
    return path
