"""What a node tells systemd: started, alive, ending, as datagrams to `$NOTIFY_SOCKET`. The protocol of sd_notify(3).

Nothing is sent where no service manager listens. Alive is told only while the pipeline gets on, so that one that hangs
is started again (`WatchdogSec=` of the unit).
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Self

Environment = Mapping[str, str]


def notify(*states: str, environment: Environment = os.environ) -> bool:
    """Send lines like READY=1 to the service manager; whether there is one that took them."""
    path = environment.get("NOTIFY_SOCKET", "")
    if not path.startswith(("/", "@")):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        sock.settimeout(1.0)  # a manager that hangs must not hang us
        try:
            sock.sendto("\n".join(states).encode(), f"\0{path[1:]}" if path[0] == "@" else path)
        except OSError:
            return False
    return True


def watchdog_s(environment: Environment = os.environ) -> float | None:
    """After how long a silence the manager kills us, in s; None: it does not watch this process.

    >>> watchdog_s({"WATCHDOG_USEC": "30000000"}), watchdog_s({"WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"})
    (30.0, None)
    """
    text = environment.get("WATCHDOG_USEC", "")
    watched = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(text) / 1e6 if watched and text.isdecimal() and int(text) > 0 else None


class Service:
    """Tells the manager, from `ready` to `stopping`, that this node is alive.

    `progress` gives a number that changes at least every half watchdog period while all is well, or None once the work
    is done for good (all recordings read), from when on it counts as alive.
    """

    def __init__(self, progress: Callable[[], float | None], environment: Environment = os.environ) -> None:
        self._progress, self._environment = progress, environment
        self._seen: float | None = None
        self._done = threading.Event()

    def ready(self, status: str) -> Self:
        """All has been started; from now on signs of life are sent, two per period of the watchdog."""
        notify("READY=1", f"STATUS={status}", environment=self._environment)
        period_s = watchdog_s(self._environment)
        if period_s is not None:
            threading.Thread(target=self._watch, args=(period_s / 2,), name="watchdog", daemon=True).start()
        return self

    def stopping(self) -> None:
        """The end has begun."""
        self._done.set()
        notify("STOPPING=1", environment=self._environment)

    def _watch(self, every_s: float) -> None:
        while not self._done.wait(every_s):
            now = self._progress()
            if now is None or now != self._seen:
                notify("WATCHDOG=1", environment=self._environment)
            self._seen = now
