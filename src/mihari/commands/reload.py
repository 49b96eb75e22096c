"""A node file that changes while its node runs -> the node goes on with it; a wrong one changes nothing and is told."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mihari.core.config import NodeConfig
from mihari.core.errors import MihariError

log = logging.getLogger("mihari.node")
LOOK_S = 1.0  # how often the file is looked at; it must be the same twice, so that no half written one is taken


class NodeFile:
    """Looks at `path`; `make` reads it with what the command line adds. `tell` says one sentence to whoever watches."""

    def __init__(
        self, path: str, node: Any, make: Callable[[], NodeConfig], tell: Callable[[str], None] = log.warning
    ) -> None:
        self.path, self.node, self.make, self.tell = Path(path), node, make, tell
        self.asked = threading.Event()  # set by SIGHUP
        self.problem = ""  # what is wrong with the file as it is now, "" when it is in force; the node shows it too
        self._taken = self._last = self._content()
        self._looked = time.monotonic()

    def on_hangup(self) -> None:
        """Take SIGHUP as a wish to read the file again, where this is the main thread of a system that has it."""
        if hasattr(signal, "SIGHUP") and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGHUP, lambda *_: self.asked.set())

    def look(self) -> bool:
        """Take the file if it is asked for, or has changed and stayed so; whether the node goes on with a new one."""
        if self.asked.is_set():
            self.asked.clear()
            self._last = self._content()
            return self._take()
        if time.monotonic() - self._looked < LOOK_S:
            return False
        self._looked = time.monotonic()
        before, self._last = self._last, self._content()
        return self._last not in (None, self._taken) and self._last == before and self._take()

    def _content(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except OSError:  # gone, or about to be replaced
            return None

    def _take(self) -> bool:
        self._taken = self._last
        try:
            left = self.node.reload(self.make())
        except MihariError as error:
            self.node.file_problem = self.problem = f"{error}; the node goes on as before"
            self.tell(self.problem)
            return False
        self.node.file_problem = self.problem = "; ".join(left)
        self.tell(f"{self.path}: taken{f'; {self.problem}' if left else ''}")
        return True
