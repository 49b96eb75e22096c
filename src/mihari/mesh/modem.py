"""Modems beside the links: a node's own vessels out, one a datagram of 46 bytes, and those of others in.

Mihari speaks to a modem's driver over UDP, a datagram a message; serial lines and AT commands are the driver's. Only
what this node's own sensors support is told, never what it heard of others.
"""

from __future__ import annotations

import contextlib
import logging
import math
import selectors
import socket
import struct
import threading
import time as clocks
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mihari.core.errors import BadInput
from mihari.core.mesh_sections import ModemSection, datagram_place
from mihari.core.picture import Picture
from mihari.core.shared import Foreign
from mihari.mesh import single
from mihari.mesh.keys import MODEM_KEY, Authors, Identity
from mihari.mesh.modem_book import AGAIN, OWN, Book
from mihari.mesh.modem_join import joined, nameless
from mihari.mesh.modem_teller import Teller
from mihari.mesh.own import shared_of

log = logging.getLogger("mihari.mesh")
LOOK_S = 1.0  # between two looks at who is due
WAKE_S = 0.2  # that the thread waits for a datagram at most
READ_MOST = 2000  # datagrams a second of one modem; the rest is left to the system, which throws it away: a flood
LARGEST = 2048  # bytes; longer ones are cut, and have a wrong length anyway
RXQ_OVFL = 40  # SO_RXQ_OVFL of Linux: with each datagram, how many were thrown away before it


class Modem:
    """One modem: its sockets, its counts, and who is told next."""

    def __init__(self, section: ModemSection) -> None:
        self.section, self.name = section, section.name
        self.teller = Teller(section.error_m, section.refresh_s)
        self.sent = self.heard = self.again = 0
        self.refused: Counter[str] = Counter()
        self.sent_at = self.heard_at = -math.inf  # steady s
        self.problem = ""
        self.due = -math.inf  # steady s before which nothing is sent
        self.door = bound(section.name, *datagram_place(section.listen)) if section.listen else None
        self._out: dict[int, socket.socket] = {} if self.door is None else {self.door.family: self.door}
        self._dropped = 0
        self._second, self._read = -1, 0

    def read(self, now: float) -> bytes | None:
        """The next datagram; None where none is there, or too many were in this second."""
        if self.door is None or self.spent(now):
            return None
        try:
            data, extra, _, _ = self.door.recvmsg(LARGEST, 64)
        except (BlockingIOError, InterruptedError, ConnectionError):  # the last: nobody there for what was sent
            return None
        self._read += 1
        for level, kind, value in extra:
            if level == socket.SOL_SOCKET and kind == RXQ_OVFL and len(value) >= 4:
                told = struct.unpack("=I", value[:4])[0]
                self.refused["flood"] += (told - self._dropped) & 0xFFFFFFFF
                self._dropped = told
        return data

    def spent(self, now: float) -> bool:
        """Whether no more is read in this second."""
        if self._second != (second := math.floor(now)):
            self._second, self._read = second, 0
        return self._read >= READ_MOST

    def send(self, frame: bytes, now: float) -> bool:
        """One message to its driver; False, with the reason in `problem`, where that cannot be."""
        host, port = datagram_place(self.section.send)
        try:
            family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            if family not in self._out:
                self._out[family] = socket.socket(family, socket.SOCK_DGRAM)
            self._out[family].sendto(frame, place)
        except OSError as error:
            self.problem = f"{self.section.send}: cannot be sent to: {(error.strerror or str(error)).lower()}"
            return False
        self.sent, self.sent_at, self.problem = self.sent + 1, now, ""
        return True

    def close(self) -> None:
        """Close its sockets."""
        for one in {self.door, *self._out.values()} - {None}:
            one.close()  # type: ignore[union-attr]

    def status(self, now: float) -> dict[str, Any]:
        """Plain values, see `mihari.mesh.status`."""
        return {
            "name": self.name,
            "listen": self.section.listen,
            "send": self.section.send,
            "sent": self.sent,
            "heard": self.heard,
            "again": self.again,
            "refused": self.refused.total(),
            "waiting": self.teller.waiting,
            "sent_s": _ago(now - self.sent_at),
            "heard_s": _ago(now - self.heard_at),
            "problem": self.problem,
        }


class Modems:
    """All of a node. `offer` each own picture; `join` gives what others believe, with what modems brought.

    `ahead`: s by which an author's clock is ahead of ours, as far as links have measured it; `linked`: whether
    any is up.
    """

    def __init__(
        self, sections: Sequence[ModemSection], identity: Identity, run: int, authors: Authors,
        ahead: Callable[[str], float] = lambda author: 0.0, clock: Callable[[], float] = clocks.time,
        steady: Callable[[], float] = clocks.monotonic, linked: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        if sections and not identity.modem_key:
            raise BadInput(missing_key(identity.ca.parent))
        self._identity, self._run, self._authors = identity, run, authors
        self._clock, self._steady, self._linked = clock, steady, linked
        self.book = Book(identity.author, identity.modem_key, lambda prefix: ahead(self._named(prefix)[0]))
        self._picture: Picture | None = None
        self._tidied_at = -math.inf
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._guarded, name="modems", daemon=True)
        self.failure: BaseException | None = None
        self.modems: list[Modem] = []
        try:
            for section in sections:
                self.modems.append(Modem(section))
        except BadInput:
            self.close()
            raise

    def start(self) -> None:
        """Listen and tell, in a thread of its own."""
        if self.modems:
            self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(2.0)
        self.close()

    def close(self) -> None:
        """Close all sockets."""
        for modem in self.modems:
            modem.close()

    def offer(self, own: Picture) -> None:
        """The newest picture of this node's own; returns at once."""
        self._picture = own

    def join(self, foreign: tuple[Foreign, ...]) -> tuple[Foreign, ...]:
        """What others believe, by links, with what modems brought."""
        if not self.book.voices:
            return foreign
        with self._lock:
            return joined(foreign, self.book, self._named, self._clock())

    def status(self) -> dict[str, Any]:
        """`modems`, and `refused` by modem and reason; see `mihari.mesh.status`."""
        now, utc = self._steady(), self._clock()
        with self._lock:
            told = [modem.status(now) | {"authors": self._authors_of(modem, now, utc)} for modem in self.modems]
            refused = {f"modem {m.name}": dict(m.refused) for m in self.modems if m.refused}
        return {"modems": told, "refused": refused}

    def _authors_of(self, modem: Modem, now: float, utc: float) -> list[dict[str, Any]]:
        named = [(v, p, *self._named(p)) for p, v in self.book.voices.items() if v.modem == modem.name]
        return [
            {"author": a, "name": n, "vessels": len(self.book.rows(p, utc)), "heard_s": _ago(now - v.heard)}
            for v, p, a, n in named
        ]

    def _named(self, prefix: str) -> tuple[str, str]:
        author = self._authors.with_prefix(prefix)
        return (author, self._authors.name_of(author)) if author else nameless(prefix)

    # the thread

    def _guarded(self) -> None:
        try:
            with selectors.DefaultSelector() as doors:
                for modem in self.modems:
                    if modem.door is not None:
                        doors.register(modem.door, selectors.EVENT_READ, modem)
                while not self._stopping.is_set():
                    self._turn(doors)
        except BaseException as error:
            log.exception("modems stopped by a bug")
            self.failure = error
            for modem in self.modems:
                modem.problem = f"stopped by a bug: {error!r}"

    def _turn(self, doors: selectors.BaseSelector) -> None:
        if doors.get_map():
            ready = [key.data for key, _ in doors.select(WAKE_S)]
        else:
            ready = []
            self._stopping.wait(WAKE_S)
        now = self._steady()
        if ready and all(modem.spent(now) for modem in ready):
            self._stopping.wait(WAKE_S)  # else it would be told at once that there is more
        for modem in ready:
            self.hear(modem)
        self.tell()

    def hear(self, modem: Modem) -> None:
        """What has come to a modem."""
        now, utc = self._steady(), self._clock()
        while (frame := modem.read(now)) is not None:
            with self._lock:
                self.take(modem, frame, now, utc)

    def take(self, modem: Modem, frame: bytes, now: float, utc: float) -> None:
        """One datagram. `now`: steady s."""
        reason = self.book.take(frame, modem.name, now, utc)
        if not reason:
            modem.heard, modem.heard_at = modem.heard + 1, now
        elif reason == AGAIN:
            modem.again += 1
        elif reason != OWN:
            modem.refused[reason] += 1

    def tell(self) -> None:
        """Send what is due, where a modem may send."""
        now, utc, picture = self._steady(), self._clock(), self._picture
        if now - self._tidied_at >= LOOK_S:
            self._tidied_at = now
            with self._lock:
                self.book.tidy(utc)
        for modem in self.modems:
            held_back = modem.section.when == "alone" and self._linked()
            if modem.section.send and picture is not None and now >= modem.due and not held_back:
                self._tell(modem, picture, now, utc)

    def _tell(self, modem: Modem, picture: Picture, now: float, utc: float) -> None:
        modem.due = now + LOOK_S
        row = modem.teller.next(shared_of(picture.vessels), utc)
        if row is None:
            return
        frame = single.encode(row, 0, self._identity.author, self._identity.modem_key, self._run)
        if modem.send(frame, now):
            modem.teller.keep(row, utc)
            modem.due = now + 60.0 / modem.section.rate_per_min


def bound(name: str, host: str, port: int) -> socket.socket:
    """A socket that listens there; BadInput in one sentence where that cannot be."""
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        door = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        raise BadInput(_cannot(name, host, port, error)) from None
    try:
        door.setblocking(False)
        with contextlib.suppress(OSError):  # not Linux: what the system throws away stays unknown
            door.setsockopt(socket.SOL_SOCKET, RXQ_OVFL, 1)
        door.bind(place)
    except OSError as error:
        door.close()
        raise BadInput(_cannot(name, host, port, error)) from None
    return door


def _cannot(name: str, host: str, port: int, error: OSError) -> str:
    return f"modem {name}: cannot listen at {host}:{port}: {(error.strerror or str(error)).lower()}"


def missing_key(folder: Path) -> str:
    """What is to be done where a node has a modem and not the coast's key for them."""
    told = "a [[modem]] needs the key that all nodes of the coast share; copy modem.key of the authority's folder there"
    return f"{folder / MODEM_KEY}: is missing: {told}, or let `mihari node init --mesh --force` bring it"


def _ago(seconds: float) -> float | None:
    return round(seconds, 1) if math.isfinite(seconds) else None
