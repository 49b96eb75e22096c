"""Keys of a coast, free ports, transports that are closed in the end."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mihari.mesh.authority import make_authority, make_identity
from mihari.mesh.keys import Identity
from mihari.mesh.profiles import PROFILES
from mihari.mesh.transport import Event, Transport

LAN = PROFILES["lan"]


class NatsServer:
    """A real NATS server on this machine, with JetStream; `identity`: with TLS, for who has the coast's certificate."""

    def __init__(self, folder: Path, identity: Identity | None = None) -> None:
        port = free_port()
        self.address = f"{'tls' if identity else 'tcp'}/127.0.0.1:{port}"
        self.place = ("127.0.0.1", port)
        self.command = ["nats-server", "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder)]
        if identity is not None:
            self.command += ["--tlsverify", f"--tlscert={identity.tls_certificate}", f"--tlskey={identity.tls_key}",
                             f"--tlscacert={identity.ca}"]  # fmt: skip
        self.start()

    def start(self) -> None:
        self.running = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(self.place, 1.0):
                return
            time.sleep(0.02)
        raise AssertionError("nats-server does not start")

    def stop(self) -> None:
        self.running.kill()
        self.running.wait()


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory, ryukyu):
    if not shutil.which("nats-server"):
        pytest.skip("nats-server is not installed (Debian package nats-server)")
    server = NatsServer(tmp_path_factory.mktemp("nats"), ryukyu["server"])
    yield server
    server.stop()


class Coast:
    """An authority and the nodes it made, by name."""

    def __init__(self, folder: Path, name: str = "coast") -> None:
        self.folder = folder
        make_authority(folder / "ca", name)

    def __getitem__(self, name: str) -> Identity:
        folder = self.folder / name
        return Identity.load(folder) if folder.exists() else make_identity(folder, name, self.folder / "ca")


@pytest.fixture(scope="session")
def ryukyu(tmp_path_factory) -> Coast:
    return Coast(tmp_path_factory.mktemp("ryukyu"))


@pytest.fixture(scope="session")
def forged(tmp_path_factory) -> Coast:
    return Coast(tmp_path_factory.mktemp("forged"))


@pytest.fixture
def closing():
    """Closes what is put into it, at the end of the test."""
    with contextlib.ExitStack() as stack:

        def put(transport):
            stack.callback(transport.close)
            return transport

        yield put


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_for(transport: Transport, wanted: object, seconds: float = 10.0) -> Event:
    """The next event that is `wanted`: a type, or a test."""
    test = (lambda e: isinstance(e, wanted)) if isinstance(wanted, type) else wanted
    end = time.monotonic() + seconds
    seen = []
    while (left := end - time.monotonic()) > 0:
        event = transport.receive(left)
        if event is not None and test(event):
            return event
        seen.append(event)
    raise AssertionError(f"not within {seconds} s: {wanted}; seen {seen[:9]}")


def drained(transport: Transport, seconds: float = 0.3) -> list[Event]:
    """What comes until nothing comes for so long."""
    return list(iter(lambda: transport.receive(seconds), None))


@contextlib.contextmanager
def process(*arguments: object):
    """A Python program that has told that it is up, killed at the end."""
    path = os.pathsep.join(p for p in sys.path if p)
    command = [sys.executable, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}) as running:
        try:
            assert running.stdout.readline() == b"up\n"
            yield running
        finally:
            running.kill()
