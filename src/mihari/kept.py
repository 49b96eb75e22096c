"""A state -> a file beside the records, every five minutes and at the end, and back at the next start.

What goes on (`.lookout`), what a coast has taught a node (`.context`) and what people told it (`.told`) survive a stop;
after a kill at most five minutes are missing. A file each: another version of the definitions forgets what goes on, not
what was learned.
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from typing import Any, Protocol

import platformdirs

from mihari.archive.state import load_state, pack
from mihari.core.config import TEMPORARY, NodeConfig, file_name
from mihari.core.errors import BadInput

LOOKOUT, CONTEXT, TOLD = ".lookout", ".context", ".told"
EVERY_S = 300.0  # of data
log = logging.getLogger("mihari.lookout")


class Stateful(Protocol):
    """What can be kept."""

    def state(self) -> dict[str, Any]:
        """Arrays and JSON values."""

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; ValueError, KeyError or TypeError where it cannot be used."""


def file_of(config: NodeConfig, recorded: bool, suffix: str = LOOKOUT) -> Path | None:
    """Where a node keeps a state; None where nothing is kept."""
    address = config.alerts.address(config.node.name, recorded)
    if not config.alerts.enabled or address == TEMPORARY:
        return None
    if "://" in address and not address.startswith("sqlite:///"):
        return Path(platformdirs.user_data_dir("mihari")) / "records" / (file_name(config.node.name) + suffix)
    return Path(address.removeprefix("sqlite:///")).expanduser().with_suffix(suffix)


class Kept:
    """Keeps one state in one file; `what` it is called. A disk that does not take it is told once and tried again."""

    def __init__(self, path: Path, what: str = "the look-out") -> None:
        self.path, self.what = path, what
        self._saved = float("-inf")
        self._problem = ""
        self._writing: threading.Thread | None = None

    def fill(self, kept: Stateful) -> bool:
        """Put the kept state into a new one; whether there was one. What cannot be read is told and left."""
        if not self.path.exists():
            return False
        try:
            kept.restore(load_state(self.path))
        except (BadInput, ValueError, KeyError, TypeError) as error:
            log.warning("%s begins anew: %s cannot be used: %s", self.what, self.path, error)
            return False
        return True

    def keep(self, kept: Stateful, time: float) -> None:
        """Write the state in the background when five minutes of data (UTC s) have passed."""
        busy = self._writing is not None and self._writing.is_alive()
        if busy or 0 <= time - self._saved < EVERY_S:
            return
        self._saved = time
        state = kept.state()
        self._writing = threading.Thread(target=lambda: self._write(pack(state)), name="keeping", daemon=True)
        self._writing.start()

    def close(self, kept: Stateful) -> None:
        """Write it now."""
        if self._writing is not None:
            self._writing.join()
        self._write(pack(kept.state()))

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
                log.warning("%s is not kept in %s: %s", self.what, self.path, told)
            self._problem = told
