"""Makes the helpers beside the tests importable (`from recordings import recording`); keeps the user's folders out."""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

_FOLDER = tempfile.TemporaryDirectory(prefix="mihari-tests-")  # of records and archives without a path
os.environ["XDG_DATA_HOME"] = _FOLDER.name
