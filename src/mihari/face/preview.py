"""A pattern's text -> what it would have told, by a process of its own that is watched, stopped and forgotten.

That process is `python -m mihari.trying`: it looks through the archive with the stages of a node, which takes minutes
of a core. It has a time and memory of its own, gives way to the node, and ends with the face. One at a time.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mihari.alerts.actions import Conflict, Unknown
from mihari.core.errors import BadInput
from mihari.face.launch import RECORDS
from mihari.library.limited import Limits, resident

LIMITS = Limits(seconds=300.0, megabytes=2048.0)
LOOK_S = 0.2
KEPT = 20  # what is over
COMMAND = [sys.executable, "-m", "mihari.trying"]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be tried: over `hours` back from the end of the archive in `folder`, else over cases.

    `zones`: those of the node, as GeoJSON features.
    """

    name: str
    text: str
    folder: str
    hours: float
    cases: bytes = b""
    zones: Sequence[Mapping[str, Any]] = ()

    @property
    def over(self) -> str:
        """In words."""
        return f"the last {self.hours:g} h of the archive" if self.folder else "its cases"

    def line(self, limits: Limits) -> bytes:
        """As the process reads it."""
        told = {"name": self.name, "text": self.text, "folder": self.folder, "hours": self.hours}
        told |= {"zones": list(self.zones)}
        cases = "" if self.folder else base64.b64encode(self.cases).decode()
        return json.dumps(told | {"cases": cases, "cpu_s": 2 * limits.seconds}).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Told:
    """How far it is."""

    number: int
    order: Order
    state: str = "running"
    share: float = 0.0
    what: str = "reading the archive"
    problem: str = ""
    trial: dict[str, Any] | None = None

    def object(self) -> dict[str, Any]:
        """For the API."""
        plain = {name: getattr(self, name) for name in ("number", "state", "share", "what", "problem", "trial")}
        return plain | {"name": self.order.name, "over": self.order.over}


@dataclass(slots=True)
class Previews:
    """The one that runs, and those that are over."""

    limits: Limits = LIMITS
    command: list[str] = field(default_factory=lambda: list(COMMAND))
    _told: deque[Told] = field(default_factory=lambda: deque(maxlen=KEPT))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: int = 1

    def begin(self, order: Order) -> dict[str, Any]:
        """Start it; Conflict while another one runs, BadInput where there is nothing to try it on."""
        if not order.folder and not order.cases:
            raise BadInput(
                "the node keeps no archive to try it on: expected [archive] enabled, or cases of the pattern"
            )
        with self._lock:
            if self._told and self._told[-1].state == "running":
                running = self._told[-1].order.name
                raise Conflict(f"{running} is being tried: expected to wait for it, or to cancel it")
            told = Told(self._next, order)
            self._next += 1
            self._told.append(told)
        threading.Thread(target=self._run, args=(told,), name="preview", daemon=True).start()
        return told.object()

    def one(self, number: int) -> dict[str, Any]:
        """How far it is; Unknown where it is forgotten."""
        return self._get(number).object()

    def cancel(self, number: int) -> dict[str, Any]:
        """Stop it, within a moment; what is over stays as it is."""
        self._put(number, state="cancelled", what="")
        return self.one(number)

    def of(self, text: str) -> dict[str, Any] | None:
        """What the last preview of this very text told over the archive."""
        mine = [t for t in self._told if t.order.text == text and t.state == "done" and t.order.folder]
        return mine[-1].trial if mine else None

    def _get(self, number: int) -> Told:
        with self._lock:
            found = next((t for t in self._told if t.number == number), None)
        if found is None:
            raise Unknown(f"there is no preview {number}")
        return found

    def _put(self, number: int, **what: Any) -> None:
        """What is new of one that runs; what is over does not change."""
        with self._lock:
            for k, told in enumerate(self._told):
                if told.number == number and told.state == "running":
                    self._told[k] = replace(told, **what)

    def _run(self, told: Told) -> None:
        try:
            self._followed(told)
        except OSError as problem:
            self._put(told.number, state="refused", problem=f"it cannot be tried: {problem.strerror or problem}")

    def _followed(self, told: Told) -> None:
        """Start the process, read what it says, and stop it where it takes too much."""
        threads = dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        pipe = subprocess.PIPE
        kept = {name: value for name, value in os.environ.items() if name != RECORDS}  # no affair of its
        with subprocess.Popen(self.command, stdin=pipe, stdout=pipe, env=kept | threads) as child:
            assert child.stdin is not None
            watch = threading.Thread(target=self._watched, args=(told, child), daemon=True)
            watch.start()
            try:
                with contextlib.suppress(OSError):
                    child.stdin.write(told.order.line(self.limits))
                    child.stdin.flush()
                self._heard(told, child)
            finally:
                child.kill()
        self._put(told.number, state="refused", problem=f"{told.order.name}: its trial ended without a result")

    def _heard(self, told: Told, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout is not None
        for line in child.stdout:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            self._put(told.number, **_news(said))

    def _watched(self, told: Told, child: subprocess.Popen[bytes]) -> None:
        """Stop what is cancelled, or takes more time or memory than it may."""
        until, name = time.monotonic() + self.limits.seconds, told.order.name
        while child.poll() is None:
            time.sleep(LOOK_S)
            problem = ""
            if time.monotonic() > until:
                problem = f"{name}: stopped: its trial took more than {self.limits.seconds:g} s; try fewer hours"
            elif (used := resident(child.pid)) > self.limits.megabytes:
                most = f"{self.limits.megabytes:g}"
                problem = f"{name}: stopped: its trial took {used:.0f} MB of memory; at most {most}; try fewer hours"
            if problem:
                self._put(told.number, state="refused", problem=problem)
            if self._get(told.number).state != "running":
                child.kill()
                return


def _news(said: dict[str, Any]) -> dict[str, Any]:
    """What a line of the process changes."""
    if "told" in said:
        return {"state": "done", "share": 1.0, "what": "", "trial": said["told"]}
    if "refused" in said:
        return {"state": "refused", "problem": str(said["refused"])[:500]}
    return {"share": float(said.get("share", 0.0)), "what": str(said.get("what", ""))[:200]}
