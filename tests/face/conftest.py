"""Makes the helpers of this folder importable (`from made_up import Sea`, `from screen import Screen`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
