"""A serial line <-> chunks: eight bits, no parity, one stop bit (IEC 61162-1 and -2); a device may come and go."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import select
from collections.abc import Sequence

import serial

from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.transport import Clock
from mihari.feeds.worker import PATIENCE_S, WorkerTransport

LONGEST_WAIT_S = 5.0  # a device that is plugged in again is to be heard soon, and looking for it costs nobody anything
READ = 4096  # bytes per read, what the system's buffer holds
REASONS = {
    errno.ENOENT: "no such device",
    errno.ENXIO: "no such device",
    errno.ENODEV: "no such device",
    errno.EACCES: "may not be opened by this user (often: not in the group dialout)",
    errno.EBUSY: "in use by another program",
    errno.EAGAIN: "in use by another program",  # locked by flock, as pyserial does
}


class SerialLink:
    """One opening of the device; pyserial sets it up, the system's own calls read and write without waiting."""

    def __init__(self, address: FeedAddress) -> None:
        self.address = address
        self._port: serial.Serial | None = None
        self._rest = b""  # of the piece that is on its way

    def open(self) -> None:
        """Open the device for ourselves alone; OSError with the reason."""
        try:
            self._port = serial.Serial(self.address.path, self.address.baud, exclusive=True)
        except serial.SerialException as error:
            raise OSError(_why(error)) from None
        except ValueError:
            raise OSError(f"does not take {self.address.baud} baud") from None

    def read(self) -> Sequence[bytes]:
        """What has come; meanwhile what is left of a piece goes out as the line takes it."""
        fd = self._fd()
        readable, writable, _ = select.select([fd], [fd] if self._rest else [], [], PATIENCE_S)
        if writable:
            self._push()
        if not readable:
            return []
        data = os.read(fd, READ)
        if not data:  # readable, and nothing there: hung up
            raise OSError("the device is gone")
        return [data]

    def ready(self) -> bool:
        """Whether the line has taken the last piece whole."""
        return not self._rest

    def write(self, piece: bytes, topic: str) -> None:
        """Send one piece, as much as the line takes now."""
        self._rest = piece
        self._push()

    def _push(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._rest = self._rest[os.write(self._fd(), self._rest) :]

    def _fd(self) -> int:
        assert self._port is not None
        return int(self._port.fileno())

    def close(self) -> None:
        """Give the device back."""
        if self._port is not None:
            with contextlib.suppress(OSError, serial.SerialException):
                self._port.close()


class SerialTransport(WorkerTransport):
    """A device such as /dev/ttyUSB0, or COM3; looked for again at least every 5 s while it is missing."""

    def __init__(self, address: FeedAddress, health: Health, clock: Clock, rng: random.Random) -> None:
        super().__init__(address, health, clock, rng, lambda: SerialLink(address), LONGEST_WAIT_S)


def _why(error: serial.SerialException) -> str:
    return REASONS.get(error.errno or 0, "cannot be opened as a serial device")
