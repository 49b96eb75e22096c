"""The helpers of whole nodes are those of tests/node."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "node"))
