"""Makes the helpers beside the tests importable (`from recordings import recording`); keeps the user's folders out."""

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from hypothesis import settings

if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores Ctrl-C

settings.register_profile("mihari", deadline=None)  # tests assert what holds, not how many milliseconds it takes
settings.load_profile("mihari")

sys.path.insert(0, str(Path(__file__).parent))

_FOLDER = tempfile.TemporaryDirectory(prefix="mihari-tests-")  # of records and archives without a path
os.environ["XDG_DATA_HOME"] = _FOLDER.name
