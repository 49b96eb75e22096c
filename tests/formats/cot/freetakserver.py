"""Run a FreeTAKServer in namespaces of its own, let two of our clients talk through it, print what each received.

    unshare ... bash -c 'ip link set lo up; mount -t tmpfs tmpfs /opt; exec python freetakserver.py SERVERS-PYTHON'

The server binds all addresses and writes to /opt/fts, so it gets a network and an /opt that nobody else sees. What is
sent is read from standard input: {"picture": [XML, ...], "marker": XML}.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from mihari.formats.cot import Event, Stream, build

HOME = Path("/opt/fts")
PORT = 8087
START_S, RELAY_S = 90.0, 30.0
CONFIG = """
System: {FTS_DATABASE_TYPE: SQLite, FTS_MAINLOOP_DELAY: 100, FTS_CONNECTION_MESSAGE: "hello"}
Addresses: {FTS_COT_PORT: 8087, FTS_SSLCOT_PORT: 8089, FTS_DP_ADDRESS: 127.0.0.1, FTS_USER_ADDRESS: 127.0.0.1,
  FTS_API_PORT: 19023, FTS_API_ADDRESS: 127.0.0.1}
Filesystem: {FTS_COT_TO_DB: False}
"""


class Client:
    """A TAK client: says who it is, sends, and keeps the events that come."""

    def __init__(self, name: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", PORT), 5.0)
        self.socket.settimeout(0.2)
        self.stream, self.events = Stream(), []
        now = time.time()
        detail = f'<uid Droid="{name}"/><takv version="1" platform="t" device="d" os="1"/>'
        own = Event(
            f"station-{name}", "a-f-G-U-C", "m-g", now, now, now + 300.0, 26.0, 127.0, 0.0, 10.0, 10.0, name,
            "*:-1:stcp", 0.5, 1.0, "Cyan", "Team Member", battery=90, xml_detail=detail,
        )  # fmt: skip
        self.send(build(own))

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive(self) -> None:
        with contextlib.suppress(TimeoutError):
            self.events += self.stream.feed(self.socket.recv(1 << 16))

    def until(self, uids: set[str]) -> None:
        end = time.monotonic() + RELAY_S
        while time.monotonic() < end and not uids <= {event.uid for event in self.events}:
            self.receive()


def start(python: str) -> subprocess.Popen[bytes]:
    for folder in ("Logs", "certs"):
        (HOME / folder).mkdir(parents=True, exist_ok=True)
    (HOME / "FTSConfig.yaml").write_text(CONFIG)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {
        "FTS_CONFIG_PATH": str(HOME / "FTSConfig.yaml"), "FTS_FIRST_START": "False", "HOME": str(HOME),
    }  # fmt: skip
    command = [
        python,
        "-m",
        "FreeTAKServer.controllers.services.FTS",
        "-DataPackageIP",
        "127.0.0.1",
        "-AutoStart",
        "True",
    ]
    log = (HOME / "log").open("wb")
    return subprocess.Popen(command, cwd=HOME, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def wait_for(server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", PORT), 1.0).close()
            return
        except OSError:
            time.sleep(0.5)
    sys.exit("the server did not start: " + (HOME / "log").read_text()[-2000:])


def talk(given: dict[str, list[str] | str]) -> dict[str, list[str]]:
    a, b = Client("A"), Client("B")
    time.sleep(3.0)  # the server takes them in
    b.receive(), a.receive()
    sent = [text.encode() for text in given["picture"]]
    for data in sent:
        a.send(data)
        time.sleep(0.05)
    b.until(set(given["uids"]))
    b.send(str(given["marker"]).encode())
    a.until({str(given["marked"])})
    told = {client: [build(event, False).decode() for event in c.events] for client, c in (("a", a), ("b", b))}
    return told | {"refused": [*a.stream.refusals.counts, *b.stream.refusals.counts]}


if __name__ == "__main__":
    server = start(sys.argv[1])
    try:
        wait_for(server)
        print(json.dumps(talk(json.load(sys.stdin))))
    finally:
        server.kill()
