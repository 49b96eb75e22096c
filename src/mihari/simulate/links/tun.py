"""Network namespaces and TUN devices of Linux, by `ip` (iproute2) and /dev/net/tun. Needs root (CAP_NET_ADMIN)."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

from mihari.core.errors import BadInput

TUN = Path("/dev/net/tun")
NAMED = Path("/run/netns")  # where iproute2 keeps namespaces by name
PREFIX = "mihari-"
_TUNSETIFF = 0x400454CA  # linux/if_tun.h
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
MTU = 1500
QUEUE = 1000  # packets that the system keeps for a reader that is late; its default of 500 overflows in a burst


def missing() -> str:
    """What keeps this machine from namespaces and TUN devices; "" nothing."""
    if os.geteuid() != 0 or not _may():
        return "needs root, with the rights to change the network and to mount"
    if not TUN.exists():
        return f"there is no {TUN}"
    return "" if shutil.which("ip") else "there is no command ip (iproute2)"


def _may() -> bool:
    """CAP_NET_ADMIN and CAP_SYS_ADMIN, which root in a container may lack."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    rights = next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:")), 0)
    return all(rights >> number & 1 for number in (12, 21))  # linux/capability.h


def make_space(space: str, congestion: str = "") -> None:
    """A namespace with its loopback up; `congestion`: how TCP in it paces itself (`cubic`, `bbr`, `reno`).

    The system allows a namespace only what /proc/sys/net/ipv4/tcp_allowed_congestion_control lists.
    """
    _ip("netns", "add", space)
    _ip("-n", space, "link", "set", "lo", "up")
    if congestion:
        _ip("netns", "exec", space, "sysctl", "-qw", f"net.ipv4.tcp_congestion_control={congestion}")


def drop_space(space: str) -> None:
    """End every process in the namespace, by its id, and forget the namespace."""
    with suppress(BadInput):
        for number in _ip("netns", "pids", space).split():
            with suppress(OSError):
                os.kill(int(number), signal.SIGKILL)
        _ip("netns", "del", space)


def drop_orphans() -> None:
    """Forget the namespaces whose makers have died without cleaning up."""
    for path in NAMED.glob(f"{PREFIX}*") if NAMED.is_dir() else ():
        maker = path.name.removeprefix(PREFIX).partition("-")[0]
        if maker.isdigit() and not Path(f"/proc/{maker}").exists():
            drop_space(path.name)


def open_tun(device: str, space: str, own: str, other: str) -> int:
    """A point-to-point device in a namespace; returns the descriptor that reads and writes its IP packets."""
    tun = os.open(TUN, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _set_up(tun, device, space, own, other)
    except BaseException:
        os.close(tun)
        raise
    return tun


def _set_up(tun: int, device: str, space: str, own: str, other: str) -> None:
    import fcntl

    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", device.encode(), _IFF_TUN | _IFF_NO_PI))
    _ip("link", "set", device, "netns", space)
    # no addresses of IPv6: what is counted is what was sent
    _ip("-n", space, "link", "set", device, "addrgenmode", "none", "mtu", str(MTU), "txqueuelen", str(QUEUE))
    _ip("-n", space, "addr", "add", own, "peer", other, "dev", device)
    _ip("-n", space, "link", "set", device, "up", "multicast", "off")


def _ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BadInput(f"ip {' '.join(words)}: {' '.join(done.stderr.split()) or done.returncode}")
    return done.stdout
