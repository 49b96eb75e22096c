"""The sections of a node file -> what does not fit together in them, whatever the machine; one question each."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from mihari.commands.findings import Found, Parts
from mihari.core.config import OutputSection
from mihari.core.errors import BadInput
from mihari.core.mistakes import nearest
from mihari.feeds.address import FeedAddress
from mihari.feeds.line import FeedSpec
from mihari.feeds.relay import check
from mihari.outlets import spec_of

LISTENING = {"udp": "udp", "tcp-listen": "tcp"}  # schemes that open a port of this machine
ANY = ("", "0.0.0.0", "::")  # all addresses of this machine


def wrong_addresses(parts: Parts) -> Iterator[Found]:
    """Feed addresses that cannot be understood."""
    for index, feed in parts.feeds.items():
        try:
            address = FeedAddress.parse(feed.url, feed.format or None)
            if address.editions:
                from mihari.formats.asterix import Editions

                Editions.told(address.editions)
        except BadInput as error:
            yield Found("mistake", ("feed", index, "url"), str(error).removeprefix("feed address "))


def doubled_addresses(parts: Parts) -> Iterator[Found]:
    """Two feeds at one door: the second cannot open it, or everything comes twice."""
    seen: dict[tuple[str, str, int, str, str], int] = {}
    for index, a in parts.addresses.items():
        door = (a.scheme, a.host, a.port, a.path, a.interface)
        first = seen.setdefault(door, index)
        if first != index and a.scheme != "stdin":
            yield Found("mistake", ("feed", index, "url"), f"the same address as feed[{first}]; expected another one")
    stdin = [index for index, a in parts.addresses.items() if a.scheme == "stdin"]
    for index in stdin[1:]:
        yield Found("mistake", ("feed", index, "url"), f"standard input is read by feed[{stdin[0]}] already")


def doubled_ports(parts: Parts) -> Iterator[Found]:
    """Two listeners on one port: UDP among feeds, TCP among feeds and the map."""
    seen: list[tuple[str, str, int, str]] = []
    if parts.face.enabled and parts.face.port:
        seen.append(("tcp", parts.face.host, parts.face.port, "[face]"))
    for index, a in parts.addresses.items():
        kind = LISTENING.get(a.scheme, "")
        if not kind or a.multicast:
            continue
        for other, host, port, who in seen:
            same_door = host == a.host and who != "[face]"  # told as the same address
            if (kind, a.port) == (other, port) and not same_door and _overlap(host, a.host):
                yield Found("mistake", ("feed", index, "url"), f"port {port} is that of {who}; expected another one")
        seen.append((kind, a.host, a.port, f"feed[{index}]"))


def _overlap(first: str, second: str) -> bool:
    return first == second or not {first, second}.isdisjoint(ANY)


def doubled_names(parts: Parts) -> Iterator[Found]:
    """Names that two feeds or two sensors of a kind have."""
    seen: dict[tuple[str, str], int] = {}
    for table, index, key, name in _names(parts):
        if (first := seen.setdefault((table, name), index)) != index:
            yield Found("mistake", (table, index, key), f"{table}[{first}] has {name} already; expected each once")


def _names(parts: Parts) -> Iterator[tuple[str, int, str, str]]:
    """(table, index, key, what has to be there once)."""
    for index, feed in parts.feeds.items():
        if feed.name:
            yield "feed", index, "name", f'the name "{feed.name}"'
    for index, sensor in parts.sensors.items():
        yield "sensor", index, "name", f'kind {sensor.kind} and the name "{sensor.name}"'
        if sensor.kind != "ais" and sensor.sac is not None:
            yield "sensor", index, "sac", f"SAC/SIC {sensor.sac}/{sensor.sic}"
        if sensor.kind == "ais" and sensor.station:
            yield "sensor", index, "station", f'the station "{sensor.station}"'


def face_address(parts: Parts) -> Iterator[Found]:
    """A map for others than this machine."""
    host = parts.face.host
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if parts.face.enabled and not loopback:
        yield Found("mistake", ("face", "host"), f'expected 127.0.0.1, ::1 or "localhost", found "{host}"')


def outputs(parts: Parts) -> Iterator[Found]:
    """Outputs of feeds that there are not, to addresses that are none, or in a circle."""
    feeds = [FeedSpec(replace(a, name=parts.feed_name(i))) for i, a in parts.addresses.items()]
    known = [parts.feed_name(index) for index in parts.feeds]
    for index, output in parts.outputs.items():
        strange = [name for name in output.sources if name not in known]
        for name in strange:
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else f"expected one of {', '.join(known) or 'none'}"
            yield Found("mistake", ("output", index, "from"), f'there is no feed "{name}"; {hint}')
        if not strange and (problem := _output_problem(output, feeds)):
            yield Found("mistake", ("output", index, "url"), problem)


def _output_problem(output: OutputSection, feeds: Sequence[FeedSpec]) -> str:
    """Why an output cannot be; "" when it can. Where a feed has no right address, only that one is told."""
    formats = {feed.address.name: feed.address.format for feed in feeds}
    if not set(output.sources) <= formats.keys():
        return ""
    try:
        check(feeds, [spec_of(output, formats)])
    except BadInput as error:
        return str(error).removeprefix("feed address ").removeprefix("output ")
    return ""


def unbounded_archive(parts: Parts) -> Iterator[Found]:
    """An archive that only a full disk ends."""
    if parts.archive.enabled and not parts.archive.keep_days and not parts.archive.quota_gb:
        told = "keep_days and quota_gb are 0: expected a bound, else the archive grows until the disk is full"
        yield Found("warning", ("archive",), told)


def nothing_to_hear(parts: Parts) -> Iterator[Found]:
    """No feed at all."""
    if not parts.feeds:
        yield Found("warning", ("feed",), "nothing to listen to: expected [[feed]], or --ais or --radar when it is run")


RULES: tuple[Callable[[Parts], Iterator[Found]], ...] = (
    wrong_addresses, doubled_addresses, doubled_ports, doubled_names, face_address, outputs, unbounded_archive,
    nothing_to_hear,
)  # fmt: skip
