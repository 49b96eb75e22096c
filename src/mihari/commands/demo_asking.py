"""What in a demo does as a person at the map would, through the same API: a thread that looks every few seconds."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self

ASK_EVERY_S = 3.0
TIMEOUT_S = 5.0


class Asking(ABC):
    """`address`: of the node's API. It gives up nothing: what the node does not answer is asked again."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__.lower(), daemon=True)

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do from the beginning."""
        return False

    @abstractmethod
    def step(self) -> None:
        """One look, and what follows from it."""

    def __enter__(self) -> Self:
        if not self.idle:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(TIMEOUT_S)

    def get(self, path: str) -> Any:
        """What the API answers."""
        with urllib.request.urlopen(f"{self.address}/api/v1{path}", timeout=TIMEOUT_S) as answer:
            return json.load(answer)

    def post(self, path: str, told: dict[str, Any]) -> Any:
        """Say something; OSError where it is refused."""
        request = urllib.request.Request(
            f"{self.address}/api/v1{path}", json.dumps(told).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return json.load(answer)

    def _run(self) -> None:
        while not self._stopping.wait(ASK_EVERY_S):
            try:
                self.step()
            except (OSError, urllib.error.URLError, ValueError, KeyError):
                continue  # not up yet, or gone
