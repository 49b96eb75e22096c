"""Pictures -> frames on a local socket, for face processes; the pipeline never waits for them.

`Publisher.publish` leaves the newest picture in a slot and returns. A small thread writes to the faces: one that is
slow misses pictures and later gets the newest state; one that comes back gets a snapshot.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mihari.core.errors import BadInput
from mihari.core.picture import Picture
from mihari.face.compose import Composer
from mihari.face.frames import LENGTH, Kind, encode_header

HEARTBEAT_S = 1.0
FEEDS_S = 1.0  # how often feed health is told
NAMES_S = 0.2  # how often identities and marks are looked through
MAX_FACES = 8
MAX_SKIPPED = 100  # pictures between two turns of the thread whose plots are still told


class _Peer:
    """One connected face: what it was told, and the bytes that its socket has not taken yet."""

    def __init__(self, connection: socket.socket, node: Mapping[str, Any]) -> None:
        self.connection, self.composer = connection, Composer(node)
        self.waiting = memoryview(b"")
        self.told: Picture | None = None
        self.sent_at = self.feeds_at = self.names_at = float("-inf")

    def offer(self, picture: Picture, now: float) -> None:
        """Compose what is new in `picture`, or skip it while the last frames are still being written."""
        if picture is self.told:
            return
        if self.waiting:
            self.composer.saw(picture)
            return
        feeds, names = now - self.feeds_at >= FEEDS_S, now - self.names_at >= NAMES_S
        self.feeds_at, self.names_at = (now if feeds else self.feeds_at), (now if names else self.names_at)
        self.put(self.composer.frames_for(picture, feeds=feeds, names=names))
        self.told, self.sent_at = picture, now

    def put(self, new_frames: list[bytes]) -> None:
        """Queue frames, each with its length before it."""
        self.waiting = memoryview(b"".join(part for f in new_frames for part in (LENGTH.pack(len(f)), f)))

    def write(self) -> bool:
        """Write what the socket takes; False when the face is gone."""
        try:
            while self.waiting:
                self.waiting = self.waiting[self.connection.send(self.waiting) :]
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            return False
        return True


class Publisher:
    """The pipeline's end of the local socket.

    `address`: a Unix socket's path, or "host:port" of loopback where there are none; None picks a free one.
    `node`: what faces tell of the node (`name, area, box, version, started, exercise`). `clock`: monotonic s.
    """

    def __init__(
        self,
        address: str | None = None,
        node: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._node, self._clock = dict(node or {}), clock
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._listener, self.address = self._listen(address)
        self._wake_in, self._wake_out = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._peers: dict[socket.socket, _Peer] = {}
        self._picture: Picture | None = None
        self._skipped: list[Picture] = []
        self._lock, self._awake, self._closing = threading.Lock(), False, False
        for sock in (self._listener, self._wake_in, self._wake_out):
            sock.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake_in, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._thread.start()

    def publish(self, picture: Picture) -> None:
        """Hand over the newest picture; returns at once."""
        with self._lock:
            if self._picture is not None and len(self._picture.plots) and len(self._skipped) < MAX_SKIPPED:
                self._skipped.append(self._picture)
            self._picture = picture
            wake, self._awake = not self._awake, True
        if wake:
            self._wake()

    def close(self) -> None:
        """Stop the thread, close all sockets and take the socket's file away."""
        self._closing = True
        self._wake()
        self._thread.join(5.0)

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            self._wake_out.send(b"\0")

    def _listen(self, address: str | None) -> tuple[socket.socket, str]:
        if not hasattr(socket, "AF_UNIX") or (address and _is_tcp(address)):
            return _listen_tcp(address or "127.0.0.1:0")
        if address is None:
            self._folder = tempfile.TemporaryDirectory(prefix="mihari-")
            address = str(Path(self._folder.name) / "picture")
        return _listen_unix(address), address

    def _run(self) -> None:
        latest: Picture | None = None
        while not self._closing:
            for key, events in self._selector.select(HEARTBEAT_S / 2):
                self._serve(key, events)
            with self._lock:
                skipped, self._skipped = self._skipped, []
                news, self._picture, self._awake = self._picture, None, False
            latest = news or latest
            self._tell(latest, skipped)
        self._close_all()

    def _serve(self, key: selectors.SelectorKey, events: int) -> None:
        if key.fileobj is self._listener:
            self._accept()
        elif key.fileobj is self._wake_in:
            with contextlib.suppress(BlockingIOError):
                self._wake_in.recv(4096)
        elif events & selectors.EVENT_READ and isinstance(key.fileobj, socket.socket):
            self._check_alive(key.fileobj)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._listener.accept()
            if len(self._peers) >= MAX_FACES:
                connection.close()
                return
            connection.setblocking(False)
            self._peers[connection] = _Peer(connection, self._node)
            self._selector.register(connection, selectors.EVENT_READ)

    def _check_alive(self, connection: socket.socket) -> None:
        """A face says nothing: readable means closed (or bytes we do not know, which are dropped)."""
        try:
            if connection.recv(4096):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._drop(connection)

    def _tell(self, latest: Picture | None, skipped: list[Picture]) -> None:
        now = self._clock()
        for connection, peer in list(self._peers.items()):
            for picture in skipped:
                peer.composer.saw(picture)
            if not peer.write():
                self._drop(connection)
                continue
            if latest is not None:
                peer.offer(latest, now)
            if not peer.waiting and now - peer.sent_at >= HEARTBEAT_S:
                peer.put([_heartbeat(latest)])
                peer.sent_at = now
            if not peer.write():
                self._drop(connection)
                continue
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.waiting else 0)
            self._selector.modify(connection, wanted)

    def _drop(self, connection: socket.socket) -> None:
        if self._peers.pop(connection, None) is not None:
            self._selector.unregister(connection)
            connection.close()

    def _close_all(self) -> None:
        for connection in list(self._peers):
            self._drop(connection)
        self._selector.close()
        for sock in (self._listener, self._wake_in, self._wake_out):
            sock.close()
        if not _is_tcp(self.address):
            Path(self.address).unlink(missing_ok=True)
        if self._folder is not None:
            self._folder.cleanup()


def _heartbeat(latest: Picture | None) -> bytes:
    if latest is None:
        return encode_header(Kind.HEARTBEAT)
    return encode_header(Kind.HEARTBEAT, sequence=latest.sequence, picture=latest.sequence, time=latest.time)


def _is_tcp(address: str) -> bool:
    return "/" not in address and address.rpartition(":")[2].isdigit()


def _listen_unix(path: str) -> socket.socket:
    with contextlib.suppress(ConnectionRefusedError, FileNotFoundError), socket.socket(socket.AF_UNIX) as probe:
        probe.connect(path)
        raise BadInput(f"{path}: another node already publishes its picture there")
    if Path(path).is_socket():  # left behind by a node that ended badly
        Path(path).unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
        Path(path).chmod(0o600)
        listener.listen(MAX_FACES)
    except OSError as error:
        listener.close()
        raise BadInput(f"{path}: cannot make a socket there: {error.strerror or error}") from None
    return listener


def _listen_tcp(address: str) -> tuple[socket.socket, str]:
    host, _, port = address.rpartition(":")
    listener = socket.create_server((host or "127.0.0.1", int(port)), backlog=MAX_FACES)
    return listener, "{}:{}".format(*listener.getsockname()[:2])
