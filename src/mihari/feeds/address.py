"""Feed addresses as people write them -> `FeedAddress`. Syntax of RFC 3986, with our own schemes and query keys."""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass, replace
from pathlib import PurePath
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mihari.core.errors import BadInput

FORMATS = ("ais", "asterix")
EXPECTED = {
    "udp": "udp://:PORT, udp://ADDRESS:PORT or udp://GROUP:PORT",
    "tcp": "tcp://HOST:PORT",
    "file": "file:PATH or file:///PATH",
    "pcap": "pcap:PATH or pcap:///PATH",
    "stdin": "stdin:",
}
KEYS = {
    "udp": ("format", "name", "interface"),
    "tcp": ("format", "name"),
    "file": ("format", "name", "speed", "follow"),
    "pcap": ("format", "name", "speed"),
    "stdin": ("format", "name"),
}
CAPTURES = (".pcap", ".pcapng", ".cap")
AIS_FILES = (".nmea", ".nm4", ".log", ".txt", ".aivdm", ".ais")
ASTERIX_FILES = (".ast", ".asterix", ".raw")


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """Where a feed's bytes come from and what they mean.

    `host` is "" for all local addresses; `path` is "" where there is none; `interface` is the local address that joins
    a multicast group ("" = the system's choice). `format` is one of `FORMATS`; `speed` × real time, inf as fast as
    possible, for recordings.

    >>> a = FeedAddress.parse("udp://239.192.0.2:8600?format=asterix&interface=127.0.0.1")
    >>> a.host, a.port, a.format, a.interface, a.multicast, a.live
    ('239.192.0.2', 8600, 'asterix', '127.0.0.1', True, True)
    >>> a = FeedAddress.parse("file:logs/vernon.nm4.gz?speed=max")
    >>> a.path, a.format, a.speed, a.recorded, a.name
    ('logs/vernon.nm4.gz', 'ais', inf, True, 'vernon')
    """

    text: str
    scheme: str
    format: str
    name: str
    host: str = ""
    port: int = 0
    path: str = ""
    interface: str = ""
    speed: float = 1.0
    follow: bool = False

    @classmethod
    def parse(cls, text: str, format: str | None = None) -> FeedAddress:
        """Read an address; `format` is what the command line's flag says (`--ais`, `--radar`) and what `?format=` may override.

        Raises BadInput with one sentence that says what was expected.
        """  # noqa: E501
        text = text.strip()
        parts = _split(text)
        query = _query(text, parts)
        host, port = _host_port(text, parts) if parts.scheme in ("udp", "tcp") else ("", 0)
        path = _path(text, parts) if parts.scheme in ("file", "pcap") else ""
        return cls(
            text=text,
            scheme=parts.scheme,
            format=_format(text, parts.scheme, path, query.get("format") or format),
            name=query.get("name") or _name(parts.scheme, host, port, path),
            host=host,
            port=port,
            path=path,
            interface=_interface(text, query.get("interface", "")),
            speed=parse_speed(query.get("speed", "1"), text),
            follow=_yes(text, "follow", query.get("follow", "0")),
        )

    @classmethod
    def of_recording(cls, path: str, speed: float = math.inf, format: str | None = None) -> FeedAddress:
        """The address of a file by its name: captures by their suffix, else a plain or compressed log.

        >>> FeedAddress.of_recording("radar.pcapng").scheme, FeedAddress.of_recording("a?.nmea").path
        ('pcap', 'a?.nmea')
        """
        scheme = "pcap" if _suffix(path) in CAPTURES else "file"
        return cls(
            text=f"{scheme}:{path}",
            scheme=scheme,
            format=_format(path, scheme, path, format),
            name=_name(scheme, "", 0, path),
            path=path,
            speed=speed,
        )

    def at_speed(self, speed: float) -> FeedAddress:
        """The same address, replayed at `speed` × real time (inf: as fast as possible)."""
        return replace(self, speed=speed)

    @property
    def multicast(self) -> bool:
        """Whether the host is a multicast group."""
        try:
            return ipaddress.ip_address(self.host).is_multicast
        except ValueError:
            return False

    @property
    def recorded(self) -> bool:
        """Whether this is a recording: time comes from its data and it has an end."""
        return self.scheme in ("file", "pcap") and not self.follow

    @property
    def live(self) -> bool:
        """Whether bytes come in as they are made."""
        return not self.recorded

    @property
    def datagrams(self) -> bool:
        """Whether each chunk is a whole datagram rather than a piece of a stream."""
        return self.scheme in ("udp", "pcap")


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise BadInput(f"feed address {text!r}: {error}; expected {_all_expected()}") from None
    if parts.scheme not in EXPECTED:
        raise BadInput(f"feed address {text!r}: expected {_all_expected()}")
    if parts.fragment or "#" in text:
        raise BadInput(f"feed address {text!r}: '#' has no meaning here; write it as %23 in a path")
    if parts.username is not None or parts.password is not None:
        raise BadInput(f"feed address {text!r}: expected {EXPECTED[parts.scheme]}, without a user name")
    return parts


def _all_expected() -> str:
    return ", ".join(EXPECTED.values())


def _query(text: str, parts: SplitResult) -> dict[str, str]:
    query: dict[str, str] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if key not in KEYS[parts.scheme]:
            known = ", ".join(KEYS[parts.scheme])
            raise BadInput(f"feed address {text!r}: {parts.scheme}: takes {known}, found {key!r}")
        if key in query:
            raise BadInput(f"feed address {text!r}: {key!r} is given twice")
        query[key] = value
    return query


def _host_port(text: str, parts: SplitResult) -> tuple[str, int]:
    expected = EXPECTED[parts.scheme]
    if parts.path not in ("", "/"):
        raise BadInput(f"feed address {text!r}: expected {expected}, found a path {parts.path!r}")
    try:
        port = parts.port
    except ValueError:
        port = None
    if not port:
        raise BadInput(f"feed address {text!r}: expected {expected} with a port from 1 to 65535")
    host = parts.hostname or ""
    if parts.scheme == "tcp" and not host:
        raise BadInput(f"feed address {text!r}: expected {expected}, found no host")
    if parts.scheme == "udp" and host and not _is_ip(host) and host != "localhost":
        raise BadInput(f"feed address {text!r}: expected {expected}, where ADDRESS is a local IP address")
    return ("127.0.0.1" if parts.scheme == "udp" and host == "localhost" else host), port


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _path(text: str, parts: SplitResult) -> str:
    path = unquote(parts.path)
    if parts.netloc or not path or "\0" in path:
        raise BadInput(f"feed address {text!r}: expected {EXPECTED[parts.scheme]}")
    return path


def _suffix(path: str) -> str:
    name = PurePath(path).name.lower()
    return PurePath(name.removesuffix(".gz")).suffix


def _name(scheme: str, host: str, port: int, path: str) -> str:
    if scheme in ("udp", "tcp"):
        return f"{host or scheme}:{port}"
    return PurePath(path).name.split(".")[0] or PurePath(path).name if path else scheme


def _format(text: str, scheme: str, path: str, asked: str | None) -> str:
    if asked:
        if asked not in FORMATS:
            raise BadInput(f"feed address {text!r}: expected format={' or '.join(FORMATS)}, found {asked!r}")
        return asked
    if scheme == "pcap" or _suffix(path) in ASTERIX_FILES:
        return "asterix"
    if _suffix(path) in AIS_FILES:
        return "ais"
    raise BadInput(f"feed address {text!r}: what flows there? expected ?format={' or ?format='.join(FORMATS)}")


def _interface(text: str, interface: str) -> str:
    if interface and not _is_ip(interface):
        raise BadInput(f"feed address {text!r}: expected interface= and a local IP address, found {interface!r}")
    return interface


def _yes(text: str, key: str, value: str) -> bool:
    if value.lower() not in ("0", "1", "true", "false", "yes", "no"):
        raise BadInput(f"feed address {text!r}: expected {key}=1 or {key}=0, found {value!r}")
    return value.lower() in ("1", "true", "yes")


def parse_speed(value: str, where: str = "speed") -> float:
    """A replay speed: a positive number of times real time, or `max` (inf).

    >>> parse_speed("10"), parse_speed("max"), parse_speed("10x")
    (10.0, inf, 10.0)
    """
    if value.lower() == "max":
        return math.inf
    try:
        speed = float(value.lower().removesuffix("x"))
    except ValueError:
        speed = math.nan
    if not (0 < speed < math.inf):
        raise BadInput(f"{where}: expected speed=max or a number above 0 (times real time), found {value!r}")
    return speed
