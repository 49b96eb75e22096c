"""The other end of `worker.py`: a planning process, asked and listened to without waiting for it."""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from mihari.alerts.records import Unavailable

log = logging.getLogger("mihari.patrol")
STOP_S = 2.0
Answer = dict[str, Any]
Then = Callable[[Answer], None]


class Child:
    """A planning process, started with its first order and spawned, never forked; it ends when this process does.

    `ask` returns at once; `listen`, called now and then by the thread that asked, carries out what is to follow.
    """

    def __init__(self) -> None:
        self.share, self.text = 0.0, ""  # how far it is with what it does
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[Answer | None] = queue.Queue()
        self._asked: dict[int, tuple[Then, Then, bool]] = {}
        self._said: deque[str] = deque(maxlen=5)
        self._number = 0
        self._left: deque[Answer] = deque()  # answers that the records did not take yet

    @property
    def busy(self) -> bool:
        """Whether something is asked that it has not answered yet; what it does beside does not count."""
        return any(not beside for _, _, beside in self._asked.values())

    @property
    def alive(self) -> bool:
        """Whether there is a process; one that has ended has nothing prepared any more."""
        return self._process is not None

    def ask(self, order: Mapping[str, Any], then: Then, failed: Then, beside: bool = False) -> None:
        """`then` gets the answer; `failed` a line with `problem`, a sentence. `beside`: other orders need not wait."""
        if self._process is None:
            self._start()
        self._number += 1
        self._asked[self._number] = then, failed, beside
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has just ended, which `listen` tells
            self._process.stdin.write(json.dumps({**order, "number": self._number}) + "\n")
            self._process.stdin.flush()

    def listen(self) -> None:
        """Carry out what follows from what it has told; what cannot be kept for now is tried again next time."""
        while True:
            try:
                line = self._left.popleft() if self._left else self._lines.get_nowait()
            except queue.Empty:
                return
            if line is None:
                self._ended()
            elif "share" in line:
                self.share, self.text = line["share"], line["text"]
            else:
                self._answered(line)

    def _answered(self, line: Answer) -> None:
        then, failed, beside = asked = self._asked.pop(line["number"])
        try:
            failed(line) if "problem" in line else then(line["done"])
        except Unavailable:
            self._asked[line["number"]] = asked
            self._left.appendleft(line)
            raise
        if not beside:
            self.share, self.text = 0.0, ""

    def stop(self) -> None:
        """End it now; what it was asked is forgotten."""
        self._asked.clear()
        self._left.clear()
        self._lines = queue.Queue()  # what it has said and nobody has heard
        self._close()

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(STOP_S)
            assert process.stdin is not None
            with contextlib.suppress(OSError):
                process.stdin.close()

    def _start(self) -> None:
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "mihari.patrolling.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        self._lines = queue.Queue()
        threading.Thread(target=self._read, args=(process, self._lines), name="patrol planner", daemon=True).start()
        threading.Thread(target=self._hear, args=(process,), name="patrol planner errors", daemon=True).start()

    @staticmethod
    def _read(process: subprocess.Popen[str], lines: queue.Queue[Answer | None]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                try:
                    lines.put(json.loads(line))
                except ValueError:
                    log.error("the planner said what cannot be read: %s", line[:200])
        lines.put(None)

    def _hear(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                self._said.append(line.strip())

    def _ended(self) -> None:
        """It died: whatever was asked has failed; the next order starts another one."""
        self._close()
        said = self._said[-1] if self._said else "no word"
        log.warning("patrol: a planner has ended: %s", said)
        problem = f"the planner ended before it answered: {said}"
        self._left.extend({"number": number, "problem": problem} for number in self._asked)
