"""A browser's place at the WebSocket: how long from a sector's last datagram until its vessels are on a screen."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np


class Probe:
    """Reads the stream like a browser, in a thread, and notes when each picture's frame came out."""

    def __init__(self, node: Any) -> None:
        self._node = node
        self._latencies: list[float] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="probe", daemon=True)

    def __enter__(self) -> Probe:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(3.0)

    def _run(self) -> None:
        from websockets.sync.client import connect

        from mihari.face.frames import Kind, decode

        url = self._node.face.url.replace("http", "ws", 1) + "/api/v1/stream"
        with connect(url, max_size=1 << 26, compression=None, origin=self._node.face.url) as socket:
            while not self._stopping.is_set():
                try:
                    given = socket.recv(timeout=0.5)
                except TimeoutError:
                    continue
                now = time.time()
                if isinstance(given, bytes):
                    frame = decode(given)
                    if frame.kind in (Kind.SNAPSHOT, Kind.DELTA):
                        self._note(frame.picture, now)

    def _note(self, picture: int, now: float) -> None:
        """All sectors whose pictures are out by now."""
        arrivals = self._node.arrivals
        while arrivals and arrivals[0][0] <= picture:
            _, received = arrivals.popleft()
            self._latencies.append(now - received)

    def latency(self) -> dict[str, float | None]:
        """Milliseconds from the last datagram of a sector in to its WebSocket message out."""
        if not self._latencies:
            return {"latency_ms_p50": None, "latency_ms_p99": None}
        # the first pictures come while everything starts
        settled = np.array(self._latencies[min(64, len(self._latencies) // 2) :]) * 1e3
        return {
            "latency_ms_p50": round(float(np.percentile(settled, 50)), 1),
            "latency_ms_p99": round(float(np.percentile(settled, 99)), 1),
        }
