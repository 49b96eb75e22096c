"""A look-out's state -> a file beside the records, every five minutes and at the end, and back at the next start.

What a coast has taught a node, and what is going on, survives a stop; after a kill at most five minutes are missing.
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import platformdirs

from mihari.archive.state import load_state, pack
from mihari.core.config import TEMPORARY, NodeConfig, file_name
from mihari.core.errors import BadInput
from mihari.lookout import Lookout

SUFFIX = ".lookout"
EVERY_S = 300.0  # of data
log = logging.getLogger("mihari.lookout")


def file_of(config: NodeConfig, recorded: bool) -> Path | None:
    """Where a node keeps its look-out's state; None where nothing is kept."""
    address = config.alerts.address(config.node.name, recorded)
    if not config.alerts.enabled or address == TEMPORARY:
        return None
    if "://" in address and not address.startswith("sqlite:///"):
        return Path(platformdirs.user_data_dir("mihari")) / "records" / (file_name(config.node.name) + SUFFIX)
    return Path(address.removeprefix("sqlite:///")).expanduser().with_suffix(SUFFIX)


class KeptLookout:
    """Keeps the state of one look-out in one file. A disk that does not take it is told once and tried again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._saved = float("-inf")
        self._problem = ""
        self._writing: threading.Thread | None = None

    def fill(self, lookout: Lookout) -> bool:
        """Put the kept state into a new look-out; whether there was one. What cannot be read is told and left."""
        if not self.path.exists():
            return False
        try:
            lookout.restore(load_state(self.path))
        except (BadInput, ValueError, KeyError, TypeError) as error:
            log.warning("the look-out begins anew: %s cannot be used: %s", self.path, error)
            return False
        return True

    def keep(self, lookout: Lookout, time: float) -> None:
        """Write the state in the background when five minutes of data (UTC s) have passed."""
        busy = self._writing is not None and self._writing.is_alive()
        if busy or 0 <= time - self._saved < EVERY_S:
            return
        self._saved = time
        state = lookout.state()
        self._writing = threading.Thread(target=lambda: self._write(pack(state)), name="look-out", daemon=True)
        self._writing.start()

    def close(self, lookout: Lookout) -> None:
        """Write it now."""
        if self._writing is not None:
            self._writing.join()
        self._write(pack(lookout.state()))

    def _write(self, state: bytes) -> None:
        partial = self.path.with_name(self.path.name + ".partial")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                file.write(state)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path)
            self._problem = ""
        except OSError as error:
            told = str(error.strerror or error).lower()
            if told != self._problem:
                log.warning("the look-out is not kept in %s: %s", self.path, told)
            self._problem = told
