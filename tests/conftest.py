"""Makes the helpers beside the tests importable (`from recordings import recording`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
