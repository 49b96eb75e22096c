"""A real MQTT broker (mosquitto) on loopback, that tests may kill and start again."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from pathlib import Path

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


class Broker:
    """One broker with its configuration in `folder`; `options` are further lines of it."""

    def __init__(self, folder: Path, port: int, *options: str) -> None:
        self.port = port
        self.config = folder / "mosquitto.conf"
        lines = (
            f"listener {port} 127.0.0.1",
            "persistence false",
            "user root",
            *(options or ("allow_anonymous true",)),
        )
        self.config.write_text("\n".join(lines) + "\n")
        self.start()

    def start(self) -> None:
        assert MOSQUITTO is not None
        self.process = subprocess.Popen(
            [MOSQUITTO, "-c", str(self.config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            assert self.process.poll() is None, "the broker did not start"
            assert time.monotonic() < deadline, "the broker does not listen"
            time.sleep(0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def __enter__(self) -> Broker:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
