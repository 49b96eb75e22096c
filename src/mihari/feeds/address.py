"""Feed addresses as people write them -> `FeedAddress`. Syntax of RFC 3986, with our own schemes and query keys."""

from __future__ import annotations

import ipaddress
import math
import re
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from urllib.parse import SplitResult, parse_qsl, unquote

from mihari.core.errors import BadInput
from mihari.feeds.schemes import FORMATS, GROUPS_450, SCHEMES, TALKING, check_topic, is_ip, redacted, split

CAPTURES = (".pcap", ".pcapng", ".cap")
AIS_FILES = (".nmea", ".nm4", ".log", ".txt", ".aivdm", ".ais")
SENTENCES = ("ais", "nmea")  # formats of lines
ASTERIX_FILES = (".ast", ".asterix", ".raw")


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """Where a feed's bytes come from and what they mean. `text` is what people see: it holds no password.

    `host` is "" for all local addresses; `path` is a file, a device or an MQTT topic, "" where there is none;
    `interface` is the local address that joins a multicast group ("" = the system's choice). `format` is one of
    `FORMATS`; `speed` × real time, inf as fast as possible, for recordings.

    >>> a = FeedAddress.parse("udp://239.192.0.2:8600?format=asterix&interface=127.0.0.1")
    >>> a.host, a.port, a.format, a.interface, a.multicast, a.live
    ('239.192.0.2', 8600, 'asterix', '127.0.0.1', True, True)
    >>> a = FeedAddress.parse("file:logs/vernon.nm4.gz?speed=max")
    >>> a.path, a.format, a.speed, a.recorded, a.name
    ('logs/vernon.nm4.gz', 'ais', inf, True, 'vernon')
    >>> a = FeedAddress.parse("mqtt://me:secret@broker/ais/#?format=ais&qos=1")
    >>> a.text, a.port, a.path, a.qos
    ('mqtt://me:***@broker/ais/#?format=ais&qos=1', 1883, 'ais/#', 1)
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
    baud: int = 38400  # of AIS receivers (IEC 61162-2)
    user: str = ""
    password: str = field(default="", repr=False)
    qos: int = 0
    client: str = ""  # MQTT: a lasting session under this name; the broker keeps what comes meanwhile
    ca: str = ""  # file with the authority that signed the broker's certificate; "": those of this machine
    editions: str = ""  # of ASTERIX, where not the newest: "021:0.26,048:1.27@25/12" (SAC/SIC: of that source alone)
    source: str = "AB0001"  # IEC 61162-450: who speaks; AB: a shore station of AIS (IEC 61162-1, table 3)

    @classmethod
    def parse(cls, text: str, format: str | None = None) -> FeedAddress:
        """Read an address; `format` is what the command line's flag says (`--ais`, `--radar`) and what `?format=` may override.

        Raises BadInput with one sentence that says what was expected.
        """  # noqa: E501
        parts = split(text.strip())
        text = redacted(text.strip())
        query = _query(text, parts)
        place = SCHEMES[parts.scheme].place
        told = query.get("format") or format
        host, port = _host_port(text, parts) if place in ("host", "topic") else ("", 0)
        path = _path(text, parts) if place == "path" else _topic(text, parts) if place == "topic" else ""
        found = _format(text, parts.scheme, path, told)
        return cls(
            text=text,
            scheme=parts.scheme,
            format=found,
            name=query.get("name") or _name(parts, host, port, path),
            host=host,
            port=port,
            path=path,
            interface=_interface(text, query.get("interface", "")),
            speed=parse_speed(query.get("speed", "1"), text),
            follow=_yes(text, "follow", query.get("follow", "0")),
            baud=_number(text, "baud", query.get("baud", "38400"), 300, 4_000_000),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            qos=_number(text, "qos", query.get("qos", "0"), 0, 2),
            client=query.get("client", ""),
            ca=query.get("ca", ""),
            editions=_editions(text, found, query.get("editions", "")),
            source=_source(text, query.get("source", "AB0001")),
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
            name=_file_name(path),
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
        return SCHEMES[self.scheme].datagrams

    @property
    def two_way(self) -> bool:
        """Whether what is sent there can go over the same connection."""
        return SCHEMES[self.scheme].two_way or (self.scheme == "udp" and self.format in TALKING)


def _query(text: str, parts: SplitResult) -> dict[str, str]:
    query: dict[str, str] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if key not in SCHEMES[parts.scheme].keys:
            known = ", ".join(SCHEMES[parts.scheme].keys)
            raise BadInput(f"feed address {text!r}: {parts.scheme}: takes {known}, found {key!r}")
        if key in query:
            raise BadInput(f"feed address {text!r}: {key!r} is given twice")
        query[key] = value
    return query


def _host_port(text: str, parts: SplitResult) -> tuple[str, int]:
    scheme, host = SCHEMES[parts.scheme], parts.hostname or ""
    if scheme.place == "host" and parts.path not in ("", "/"):
        raise BadInput(f"feed address {text!r}: expected {scheme.expected}, found a path {parts.path!r}")
    if parts.scheme == "udp450" and host.upper() in GROUPS_450:
        return GROUPS_450[host.upper()]
    try:
        port = scheme.port if parts.port is None else parts.port
    except ValueError:
        port = 0
    if not port:
        raise BadInput(f"feed address {text!r}: expected {scheme.expected} with a port from 1 to 65535")
    if not host and parts.scheme in ("tcp", "udp450", "mqtt", "mqtts"):
        raise BadInput(f"feed address {text!r}: expected {scheme.expected}, found no host")
    return _local(text, parts.scheme, host), port


def _local(text: str, scheme: str, host: str) -> str:
    """The address to listen on; a client's host as it is."""
    if scheme not in ("udp", "udp450", "tcp-listen"):
        return host
    if host == "localhost":
        return "127.0.0.1"
    if host and not is_ip(host):
        known = f" (or one of {', '.join(GROUPS_450)})" if scheme == "udp450" else ""
        where = "GROUP is a multicast address" + known if scheme == "udp450" else "ADDRESS is a local IP address"
        raise BadInput(f"feed address {text!r}: expected {SCHEMES[scheme].expected}, where {where}")
    return host


def _topic(text: str, parts: SplitResult) -> str:
    topic = unquote(parts.path.removeprefix("/"))
    if not topic:
        raise BadInput(f"feed address {text!r}: expected {SCHEMES[parts.scheme].expected}, found no topic")
    if wrong := check_topic(topic):
        raise BadInput(f"feed address {text!r}: expected a topic where {wrong}")
    return topic


def _path(text: str, parts: SplitResult) -> str:
    path = unquote(parts.path)
    if parts.netloc or not path or "\0" in path:
        raise BadInput(f"feed address {text!r}: expected {SCHEMES[parts.scheme].expected}")
    return path


def _suffix(path: str) -> str:
    name = PurePath(path).name.lower()
    return PurePath(name.removesuffix(".gz")).suffix


def _name(parts: SplitResult, host: str, port: int, path: str) -> str:
    place = SCHEMES[parts.scheme].place
    if place == "topic":
        return f"{host}/{path}"
    if place == "host":
        group = (parts.hostname or "").upper()
        return group if group in GROUPS_450 and parts.scheme == "udp450" else f"{host or parts.scheme}:{port}"
    return _file_name(path) if path else parts.scheme


def _file_name(path: str) -> str:
    return PurePath(path).name.split(".")[0] or PurePath(path).name


def _format(text: str, scheme: str, path: str, asked: str | None) -> str:
    if asked:
        if asked not in FORMATS:
            raise BadInput(f"feed address {text!r}: expected format={' or '.join(FORMATS)}, found {asked!r}")
        if scheme == "udp450" and asked not in SENTENCES:
            raise BadInput(
                f"feed address {text!r}: IEC 61162-450 carries sentences; expected format=ais or format=nmea"
            )
        return asked
    if scheme == "udp450":
        return "ais"
    if scheme == "pcap" or _suffix(path) in ASTERIX_FILES:
        return "asterix"
    if _suffix(path) in AIS_FILES:
        return "ais"
    raise BadInput(f"feed address {text!r}: what flows there? expected ?format={' or ?format='.join(FORMATS)}")


def _interface(text: str, interface: str) -> str:
    if interface and not is_ip(interface):
        raise BadInput(f"feed address {text!r}: expected interface= and a local IP address, found {interface!r}")
    return interface


def _yes(text: str, key: str, value: str) -> bool:
    if value.lower() not in ("0", "1", "true", "false", "yes", "no"):
        raise BadInput(f"feed address {text!r}: expected {key}=1 or {key}=0, found {value!r}")
    return value.lower() in ("1", "true", "yes")


def _number(text: str, key: str, value: str, least: int, most: int) -> int:
    if not (re.fullmatch("[0-9]{1,9}", value) and least <= int(value) <= most):
        raise BadInput(f"feed address {text!r}: expected {key}= and a number from {least} to {most}, found {value!r}")
    return int(value)


def _source(text: str, source: str) -> str:
    if not re.fullmatch("[A-Z]{2}[0-9]{4}", source):
        raise BadInput(f"feed address {text!r}: expected source= and two letters and four digits, found {source!r}")
    return source


def _editions(text: str, format: str, editions: str) -> str:
    one = r"\d{1,3}:\d{1,3}\.\d{1,3}(@\d{1,3}/\d{1,3})?"
    if editions and (format != "asterix" or not re.fullmatch(rf"{one}(,{one})*", editions, re.ASCII)):
        raise BadInput(f"feed address {text!r}: expected editions=048:1.27 or 048:1.27@SAC/SIC, of ASTERIX")
    return editions


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
