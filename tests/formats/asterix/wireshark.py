"""tshark as an oracle: the values it shows of a capture, under the names of our columns."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import dpkt
import pytest

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
Shown = dict[str, list[str]]  # `040_RHO` -> what is shown, as often as it came


def tshark(path: Path, datagrams: Sequence[bytes], *options: str) -> str:
    """What tshark prints of the datagrams, written to a capture at `path` first."""
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for i, datagram in enumerate(datagrams):
            udp = dpkt.udp.UDP(sport=8600, dport=8600, data=datagram, ulen=8 + len(datagram))
            ip = dpkt.ip.IP(src=b"\x7f\0\0\1", dst=b"\x7f\0\0\1", p=17, data=udp, len=28 + len(datagram))
            frame = dpkt.ethernet.Ethernet(src=b"\0" * 6, dst=b"\0" * 6, type=0x0800, data=ip)
            writer.writepkt(bytes(frame), ts=float(i))
    command = ["tshark", "-r", str(path), "-d", "udp.port==8600,asterix", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def shown(path: Path, datagrams: Sequence[bytes]) -> list[Shown]:
    """Of each datagram (one record each) the fields that tshark shows."""
    packets = ElementTree.fromstring(tshark(path, datagrams, "-T", "pdml")).iter("packet")
    return [_fields(packet) for packet in packets]


def _fields(packet: ElementTree.Element) -> Shown:
    found: Shown = {}
    for field in packet.iter("field"):
        protocol, _, name = field.get("name", "").partition(".")
        text = field.get("show", "")
        if text and protocol == "asterix" and name[:3].isdigit() and name[3:4] == "_":
            found.setdefault(name[4:].removesuffix("_VALUE"), []).append(text)
    return found
