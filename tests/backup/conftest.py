"""Makes the helpers beside these tests importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "node"))
sys.path.insert(0, str(Path(__file__).parents[1] / "library" / "held"))
