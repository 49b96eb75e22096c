"""docs/researchers.md shows programs that run."""

import re
from pathlib import Path

import numpy as np
import pytest

from recordings import ROOT, recording

PAGE = Path(__file__).parents[2] / "docs" / "researchers.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
SCANS = [(float(t), np.array([[10.0 * t, 0.0]]), np.eye(2)[None]) for t in range(8)]
TURNS = np.arange(8)
PLOTS = {"time": 2.5 * TURNS, "range": 5000.0 + 20.0 * TURNS, "bearing": np.full(8, 1.0)}
HEARD = {"time": [1.0], "mmsi": [431000001], "lat_deg": [26.3], "lon_deg": [127.5]}


@pytest.mark.parametrize("block", [b for b in BLOCKS if "import" in b], ids=lambda block: block.split("\n")[-2][:40])
def test_a_program_that_is_shown_runs(block, monkeypatch):
    if "joyride" in block:
        recording("tracking/joyride/joyride.mat")
        monkeypatch.setenv("MIHARI_DATA", str(ROOT))
    names = {"scans": SCANS, "plots": PLOTS, "heard": HEARD, "np": np}
    exec(compile(block, str(PAGE), "exec"), names)
    assert "tracks" not in names or names["tracks"].num_rows > 0
