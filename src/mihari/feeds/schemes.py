"""The schemes of feed addresses: what each looks like, which query keys it takes, what sort of bytes it gives."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from mihari.core.errors import BadInput

FORMATS = ("ais", "asterix", "nmea", "mavlink", "klv", "imc", "cot")
TALKING = ("mavlink", "imc", "cot")  # formats in which who is heard over UDP is answered there
LIVE = ("format", "name", "editions")  # query keys that every feed takes
GROUPS_450 = {  # transmission groups of IEC 61162-450 (edition 2, table 3): name -> (multicast address, port)
    name: (f"239.192.0.{number}", 60000 + number)
    for number, name in enumerate(
        ("MISC", "TGTD", "SATD", "NAVD", "VDRD", "RCOM", "TIME", "PROP", *(f"USR{n}" for n in range(1, 9))), 1
    )
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme. `datagrams`: each chunk is whole; `two_way`: the same connection can also send; `port`: default."""

    expected: str
    keys: tuple[str, ...]
    place: str = ""  # "host": HOST:PORT behind //; "path": a file or device; "topic": both
    datagrams: bool = False
    two_way: bool = False
    port: int = 0


SCHEMES = {
    "udp": Scheme("udp://:PORT, udp://ADDRESS:PORT or udp://GROUP:PORT", (*LIVE, "interface"), "host", datagrams=True),
    "udp450": Scheme("udp450://GROUP:PORT or udp450://TGTD", (*LIVE, "interface", "source"), "host", datagrams=True),
    "tcp": Scheme("tcp://HOST:PORT", LIVE, "host", two_way=True),
    "tcp-listen": Scheme("tcp-listen://ADDRESS:PORT", LIVE, "host", two_way=True),
    "serial": Scheme("serial:/dev/ttyUSB0?baud=38400", (*LIVE, "baud"), "path", two_way=True),
    "mqtt": Scheme(
        "mqtt://[USER:PASSWORD@]HOST/TOPIC", (*LIVE, "qos", "client"), "topic", True, two_way=True, port=1883
    ),
    "mqtts": Scheme(
        "mqtts://[USER:PASSWORD@]HOST/TOPIC", (*LIVE, "qos", "client", "ca"), "topic", True, two_way=True, port=8883
    ),
    "file": Scheme("file:PATH or file:///PATH", (*LIVE, "speed", "follow"), "path"),
    "pcap": Scheme("pcap:PATH or pcap:///PATH", (*LIVE, "speed"), "path", datagrams=True),
    "stdin": Scheme("stdin:", LIVE),
}


def all_expected() -> str:
    """What an address may look like, for people."""
    return ", ".join(scheme.expected for scheme in SCHEMES.values())


def split(text: str) -> SplitResult:
    """The parts of an address with a known scheme. Raises BadInput; no sentence holds a password."""
    shown = redacted(text)
    given = text.replace("#", "%23") if text.startswith(("mqtt://", "mqtts://")) else text  # a wildcard, no fragment
    try:
        parts = urlsplit(given)
    except ValueError as error:
        raise BadInput(f"feed address {shown!r}: {error}; expected {all_expected()}") from None
    if parts.scheme not in SCHEMES:
        raise BadInput(f"feed address {shown!r}: expected {all_expected()}")
    scheme = SCHEMES[parts.scheme]
    if parts.fragment or "#" in given:
        raise BadInput(f"feed address {shown!r}: '#' has no meaning here; write it as %23 in a path")
    if scheme.place != "topic" and (parts.username is not None or parts.password is not None):
        raise BadInput(f"feed address {shown!r}: expected {scheme.expected}, without a user name")
    return parts


def redacted(text: str) -> str:
    """The address without what may be a password: from the first ':' behind '//' to the last '@'.

    >>> redacted("mqtt://ship:p@ss/word@broker/ais/#"), redacted("tcp://host:1?name=a@b")
    ('mqtt://ship:***@broker/ais/#', 'tcp://host:1?name=a@b')
    """
    if not re.match(r"\s*mqtts?:", text):
        return re.sub(r"(//[^/?@:]*:)[^/?]*@", r"\1***@", text)
    return re.sub(r"(//[^:@]*:).*@", r"\1***@", text)


def is_ip(host: str) -> bool:
    """Whether `host` is an address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def check_topic(topic: str) -> str:
    """What is wrong with an MQTT topic filter, "" if nothing (MQTT 3.1.1, section 4.7).

    >>> check_topic("ais/+/raw"), check_topic("ais/#"), check_topic("a#")
    ('', '', "'#' stands alone and last")
    """
    levels = topic.split("/")
    if any("#" in level for level in levels[:-1]) or ("#" in levels[-1] and levels[-1] != "#"):
        return "'#' stands alone and last"
    if any("+" in level and level != "+" for level in levels):
        return "'+' stands alone between slashes"
    if "\0" in topic or len(topic.encode()) > 65535:
        return "a topic has no zero byte and at most 65535 bytes"
    return ""
