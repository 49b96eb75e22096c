"""A serial line <-> chunks: eight bits, no parity, one stop bit (IEC 61162-1 and -2); a device may come and go."""

from __future__ import annotations

import contextlib
import errno
import random
from collections.abc import Sequence

import serial

from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.transport import Clock
from mihari.feeds.worker import PATIENCE_S, WorkerTransport

LONGEST_WAIT_S = 5.0  # a device that is plugged in again is to be heard soon, and looking for it costs nobody anything
WRITE_S = 5.0  # a device that takes nothing for so long is opened anew
REASONS = {
    errno.ENOENT: "no such device",
    errno.ENXIO: "no such device",
    errno.ENODEV: "no such device",
    errno.EACCES: "may not be opened by this user (often: not in the group dialout)",
    errno.EBUSY: "in use by another program",
    errno.EAGAIN: "in use by another program",  # locked by flock, as pyserial does
    errno.EIO: "the device is gone",
}


class SerialLink:
    """One opening of the device."""

    def __init__(self, address: FeedAddress) -> None:
        self.address = address
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """Open the device for ourselves alone; OSError with the reason."""
        try:
            self._port = serial.Serial(
                self.address.path, self.address.baud, timeout=PATIENCE_S, write_timeout=WRITE_S, exclusive=True
            )
        except serial.SerialException as error:
            raise OSError(_why(error)) from None
        except ValueError:
            raise OSError(f"does not take {self.address.baud} baud") from None

    def read(self) -> Sequence[bytes]:
        """What has come."""
        assert self._port is not None
        try:
            data = self._port.read(1)
            return [data + self._port.read(self._port.in_waiting)] if data else []
        except (serial.SerialException, TypeError):  # TypeError: pyserial, closed while reading
            raise OSError("the device is gone") from None

    def write(self, piece: bytes, topic: str) -> None:
        """Send one piece."""
        assert self._port is not None
        try:
            self._port.write(piece)
        except serial.SerialTimeoutException:
            raise OSError("the device takes nothing any more") from None
        except serial.SerialException:
            raise OSError("the device is gone") from None

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
