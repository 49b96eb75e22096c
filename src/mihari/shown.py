"""What a coast has taught, so far -> GeoJSON files in a folder, now and then, which the face serves as map layers."""

from __future__ import annotations

import gzip
import logging
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from mihari.behaviours.context import Context, Learned
from mihari.behaviours.context.view import LAYERS, layer
from mihari.core.sensor import Sensor

SUFFIX = ".geojson.gz"
FIRST_S = 15.0  # after the start
EVERY_S = 60.0
OF_COST = 50.0  # times what it took last: then it takes two parts in a hundred of a core
log = logging.getLogger("mihari.context")


class Shown:
    """Writes the layers in the background. `offer` is called at every tick and mostly returns at once."""

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="mihari-context-")
        self.folder = Path(self._temporary.name)
        self._due = -1.0
        self._writing: threading.Thread | None = None

    def offer(self, context: Context, sensors: tuple[Sensor, ...], steady: float) -> None:
        """What there is; `steady`: s that only grow."""
        if self._due < 0:
            self._due = steady + FIRST_S
        if steady < self._due or (self._writing is not None and self._writing.is_alive()):
            return
        self._due = steady + EVERY_S
        made = context.later()
        self._writing = threading.Thread(target=lambda: self._write(made, sensors), name="context", daemon=True)
        self._writing.start()

    def close(self) -> None:
        """Take the folder away."""
        if self._writing is not None:
            self._writing.join()
        self._temporary.cleanup()

    def _write(self, made: Callable[[], Learned], sensors: tuple[Sensor, ...]) -> None:
        began = time.thread_time()
        try:
            learned = made()
            for name in LAYERS:
                path = self.folder / (name + SUFFIX)
                partial = path.with_suffix(".partial")
                partial.write_bytes(gzip.compress(orjson.dumps(layer(learned, name, sensors)), 3, mtime=0))
                partial.replace(path)
        except OSError as error:
            log.warning("what the coast has taught is not shown: %s", str(error.strerror or error).lower())
        self._due += OF_COST * (time.thread_time() - began)
