"""Start, watch and stop the face process of a node; when it dies it is started again on the same port."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

from mihari.core.errors import BadInput

START_S = 30.0  # the first start on a slow machine compiles byte code
STOP_S = 5.0
BACK_OFF_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_S = 60.0  # one that ran so long starts the back-off anew
READY = "ready "
RECORDS = "MIHARI_RECORDS"  # in the environment: it may hold a password, and anybody may read a command line
PAGE = Path(__file__).with_name("page")


class Face:
    """The face process for the publisher at `address`, on loopback `port` (0: a free one, kept over restarts).

    `records`: address of the records of alerts, "" for none.
    The process is spawned, never forked; it ends by itself when this one does, because its standard input ends.
    """

    def __init__(
        self, address: str, port: int = 8080, host: str = "127.0.0.1", page: Path = PAGE, records: str = ""
    ) -> None:
        self._address, self._host, self._page, self._records = address, host, page, records
        self.port = port
        self.restarts = 0
        self.problem = ""  # what the face said last before it ended by itself
        self._child: subprocess.Popen[str] | None = None
        self._ready, self._stopping = threading.Event(), threading.Event()
        self._said: deque[str] = deque(maxlen=20)
        self._watcher: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where the map is."""
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The face's process id, None while it does not run."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def start(self) -> None:
        """Start and wait until the port answers; BadInput with the face's own sentence if it cannot."""
        self._spawn()
        self._watcher = threading.Thread(target=self._watch, name="face-watch", daemon=True)
        self._watcher.start()
        if not self._ready.wait(START_S) or self.pid is None:
            self.stop()
            raise BadInput(self.problem or f"the face did not answer within {START_S:.0f} s")

    def stop(self) -> None:
        """End the face in order, by force if it takes too long."""
        self._stopping.set()
        child = self._child
        if child is not None:
            with contextlib.suppress(OSError):
                child.stdin.close()  # type: ignore[union-attr]
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join(STOP_S)

    def __enter__(self) -> Face:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _spawn(self) -> None:
        command = [sys.executable, "-m", "mihari.face", "--with-parent", "--socket", self._address]
        command += ["--host", self._host, "--port", str(self.port), "--page", str(self._page)]
        self._said.clear()
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            encoding="utf-8", errors="replace", env=os.environ | {RECORDS: self._records},
        )  # fmt: skip

    def _watch(self) -> None:
        """Read what the face says until it ends; start it again unless it is to stop or cannot start at all."""
        failures = 0
        while True:
            began = time.monotonic()
            code = self._listen()
            if self._stopping.is_set():
                return
            self.problem = self._said[-1] if self._said else f"the face ended with code {code}"
            if not self._ready.is_set():
                self._ready.set()
                return
            failures = 0 if time.monotonic() - began > STEADY_S else failures
            if self._stopping.wait(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]):
                return
            failures += 1
            self.restarts += 1
            self._spawn()

    def _listen(self) -> int:
        child = self._child
        assert child is not None
        assert child.stdout is not None
        with child.stdout:
            for line in child.stdout:
                if line.startswith(READY):
                    self.port = int(line[len(READY) :])
                    self._ready.set()
                elif line.strip():
                    self._said.append(line.strip())
        if child.stdin is not None:
            child.stdin.close()
        return child.wait()
