"""A serial device (a pseudo-terminal) that is unplugged and comes back."""

import contextlib
import os
import pty
import tty

from feed_helpers import REAL, drained, running, told, until


class Device:
    """The far end of a serial line; `path` is a name that goes away with it, as /dev/ttyUSB0 does."""

    def __init__(self, path):
        self.path = path
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        path.symlink_to(self.name)
        self._slave = slave

    def send(self, data):
        os.write(self.master, data)

    def unplug(self):
        self.path.unlink(missing_ok=True)
        for descriptor in (self.master, self._slave):
            with contextlib.suppress(OSError):
                os.close(descriptor)


def test_an_unplugged_device_is_told_and_heard_again_when_it_returns(tmp_path):
    path = tmp_path / "ttyUSB0"
    device = Device(path)
    with running(f"serial:{path}?baud=38400&format=ais&name=masthead") as (hub, inputs):
        until(lambda: hub.health()[0].state == "connected")
        device.send(REAL + b"\r\n" + REAL[:20])
        until(lambda: hub.health()[0].messages == 1)
        device.unplug()
        until(lambda: hub.health()[0].state == "waiting")
        assert hub.health()[0].problem.startswith("masthead: the device is gone; next try in ")
        until(lambda: "no such device" in hub.health()[0].problem)
        device = Device(path)
        until(lambda: hub.health()[0].state == "connected")
        assert hub.health()[0].problem == ""
        assert hub.health()[0].noticed == {"connection lost": 1}
        device.send(REAL[20:] + b"\r\n" + REAL + b"\r\n")
        until(lambda: hub.health()[0].messages == 2)
        found = drained(inputs)
        device.unplug()
    assert told(found) == [366730000] * 2


def test_a_file_that_is_no_serial_device_is_told_and_looked_at_again(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    with running(f"serial:{tmp_path}/plain?format=ais") as (hub, _):
        until(lambda: hub.health()[0].state == "waiting")
        assert "cannot be opened as a serial device" in hub.health()[0].problem


def test_a_device_in_use_by_another_program_is_told(tmp_path):
    device = Device(tmp_path / "ttyUSB0")
    with running(f"serial:{device.name}?format=ais") as (first, _):
        until(lambda: first.health()[0].state == "connected")
        with running(f"serial:{device.name}?format=ais") as (second, _):
            until(lambda: second.health()[0].state == "waiting")
            assert "in use by another program" in second.health()[0].problem
    device.unplug()
