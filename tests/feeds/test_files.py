"""Files: plain, gzip, growing; captures; standard input."""

import gzip
import os
import struct
import time

import dpkt
import pytest
from feed_helpers import REAL, at_time, drained, running, told, until

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.core.reports import Batch, Tick
from mihari.feeds import FeedAddress, FeedSpec, SensorRegistry, recorded
from mihari.feeds.file import FileTransport
from mihari.feeds.packets import Packets
from mihari.feeds.pcap import PcapTransport
from mihari.feeds.stdin import StdinTransport
from recordings import recording


def read_all(address, clock=lambda: 1e9):
    health = Health(0, "f", "f")
    inputs = list(recorded([address], SensorRegistry(), [health], clock))
    return inputs, health


def test_a_plain_and_a_gzip_file_give_the_same(tmp_path):
    lines = b"".join(at_time(1_000_000_000 + t) for t in range(5))
    (tmp_path / "a.nmea").write_bytes(lines)
    (tmp_path / "b.gz").write_bytes(gzip.compress(lines))  # known by its first bytes, not by its name
    plain, _ = read_all(FeedAddress.of_recording(str(tmp_path / "a.nmea")))
    packed, health = read_all(FeedAddress.of_recording(str(tmp_path / "b.gz"), format="ais"))
    assert told(plain) == told(packed) == [366730000] * 5
    assert [i.time for i in plain if isinstance(i, Tick)] == [1_000_000_000.0 + t for t in range(5)]
    assert (health.state, health.messages) == ("ended", 5)


def test_the_last_line_needs_no_end(tmp_path):
    (tmp_path / "a.nmea").write_bytes(REAL)
    assert told(read_all(FeedAddress.of_recording(str(tmp_path / "a.nmea")))[0]) == [366730000]


def test_a_gzip_cut_short_gives_what_could_be_read_and_a_count(tmp_path):
    rng = __import__("random").Random(1)
    lines = b"".join(at_time(1_000_000_000 + rng.randrange(10**6)) for _ in range(20_000))
    (tmp_path / "a.nmea.gz").write_bytes(gzip.compress(lines)[:-2000])
    inputs, health = read_all(FeedAddress.of_recording(str(tmp_path / "a.nmea.gz")))
    assert 1000 < len(told(inputs)) < 20_000
    assert health.refused["gzip"] == 1
    assert health.state == "ended"


@pytest.mark.parametrize(("name", "sentence"), [("none.nmea", "no such file"), (".", "is a folder, expected a file")])
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, name, sentence):
    path = str(tmp_path / name)
    with pytest.raises(BadInput, match=sentence):
        list(FileTransport(FeedAddress.of_recording(path, format="ais"), Health(0, "", ""), time.time).read())
    with running(FeedAddress.of_recording(path, format="ais")) as (hub, _):
        until(lambda: hub.ended)
        assert hub.health()[0].state == "failed"
        assert sentence in hub.health()[0].problem


def test_a_growing_file_is_read_as_it_grows_and_again_when_rotated_or_truncated(tmp_path):
    path = tmp_path / "live.nmea"
    with running(f"file:{path}?follow=1") as (hub, inputs):
        until(lambda: hub.health()[0].state == "waiting")
        assert "no such file yet" in hub.health()[0].problem
        path.write_bytes(REAL + b"\n" + REAL[:10])
        until(lambda: hub.health()[0].messages == 1)
        with path.open("ab") as f:
            f.write(REAL[10:] + b"\n")
        until(lambda: hub.health()[0].messages == 2)
        path.rename(tmp_path / "live.nmea.1")
        path.write_bytes(REAL + b"\n")
        until(lambda: hub.health()[0].messages == 3)
        path.write_bytes(b"")
        until(lambda: hub.health()[0].noticed.get("rotated") == 2)
        with path.open("ab") as f:
            f.write(REAL + b"\n")
        until(lambda: hub.health()[0].messages == 4)
        assert told(drained(inputs)) == [366730000] * 4
        assert hub.health()[0].state == "listening"


def test_a_gzip_file_cannot_be_followed(tmp_path):
    path = tmp_path / "a.nmea.gz"
    path.write_bytes(gzip.compress(REAL))
    with running(f"file:{path}?follow=1") as (hub, _):
        until(lambda: hub.health()[0].state == "failed")
        assert "cannot be followed" in hub.health()[0].problem


def test_standard_input_is_read_to_its_end():
    reading, writing = os.pipe()
    os.write(writing, REAL + b"\n")
    health = Health(0, "stdin", "stdin:")
    spec = FeedSpec(FeedAddress.parse("stdin:", "ais"), StdinTransport(health, time.time, reading))
    with running(spec) as (hub, inputs):
        until(lambda: hub.health()[0].messages == 1)
        os.write(writing, REAL)
        os.close(writing)
        until(lambda: hub.ended)
        assert told(drained(inputs)) == [366730000] * 2
        assert hub.health()[0].state == "ended"
    os.close(reading)


# captures


def ip4(payload, proto=17, number=1, offset=0, more=False):
    where = offset // 8 | (0x2000 if more else 0)
    head = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number, where, 64, proto, 0, b"\x7f\0\0\1", b"\x7f\0\0\2"
    )
    return head + payload


def udp(data):
    return struct.pack("!HHHH", 1, 2, 8 + len(data), 0) + data


def ethernet(packet, kind=0x0800, tags=b""):
    return b"\0" * 12 + tags + kind.to_bytes(2, "big") + packet


def test_udp_payloads_are_found_behind_vlan_tags_and_padding():
    packets = Packets(1)
    frame = ethernet(ip4(udp(b"hello")), tags=b"\x81\0\0\x05") + b"\0" * 18
    assert list(packets.take(0.0, frame)) == [b"hello"]
    assert list(packets.take(0.0, ethernet(ip4(b"x" * 20, proto=6)))) == []
    assert list(packets.take(0.0, ethernet(b"\0" * 30, kind=0x0806))) == []
    assert packets.other == 2


def test_ip6_and_other_link_types_are_read():
    body = udp(b"six")
    six = struct.pack("!IHBB", 6 << 28, len(body), 17, 64) + b"\0" * 32 + body
    assert list(Packets(1).take(0.0, ethernet(six, kind=0x86DD))) == [b"six"]
    assert list(Packets(101).take(0.0, six)) == [b"six"]
    assert list(Packets(113).take(0.0, b"\0" * 14 + b"\x08\0" + ip4(udp(b"sll")))) == [b"sll"]
    assert list(Packets(276).take(0.0, b"\x08\0" + b"\0" * 18 + ip4(udp(b"sll2")))) == [b"sll2"]
    strange = Packets(999)
    assert list(strange.take(0.0, b"x" * 60)) == []
    assert strange.refused == {"link type": 1}


def test_fragments_are_put_together_in_any_order_and_lost_ones_counted():
    data = bytes(range(256)) * 20
    whole = udp(data)
    parts = [
        ethernet(ip4(whole[i : i + 1480], number=7, offset=i, more=i + 1480 < len(whole)))
        for i in range(0, len(whole), 1480)
    ]
    packets = Packets(1)
    found = [p for frame in [parts[2], parts[0], parts[3], parts[1]] for p in packets.take(0.0, frame)]
    assert found == [data]
    for number in range(200):  # first parts without the rest: bounded
        assert list(packets.take(0.0, ethernet(ip4(whole[:1480], number=1000 + number, more=True)))) == []
    assert len(packets._groups) <= 64
    packets.end()
    assert packets.refused == {"fragment": 200}


def test_random_frames_are_counted_and_survived():
    rng = __import__("random").Random(3)
    for link in (0, 1, 101, 113, 276):
        packets = Packets(link)
        for _ in range(2000):
            for _ in packets.take(rng.random() * 100, rng.randbytes(rng.randrange(80))):
                pass
        packets.end()
        assert len(packets._groups) == 0


def capture(path, frames, writer=dpkt.pcap.Writer):
    with path.open("wb") as f:
        w = writer(f)
        for t, frame in frames:
            w.writepkt(frame, t)


@pytest.mark.parametrize("writer", [dpkt.pcap.Writer, dpkt.pcapng.Writer])
def test_both_capture_formats_give_datagrams_with_the_captures_time(tmp_path, writer):
    path = tmp_path / "a.pcap"
    capture(path, [(1000.5, ethernet(ip4(udp(b"one")))), (1001.25, ethernet(ip4(udp(b"two"))))], writer)
    packed = tmp_path / "b.pcap.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for name in (path, packed):
        transport = PcapTransport(FeedAddress.of_recording(str(name)), Health(0, "", ""), lambda: 5.0)
        assert [(c.data, round(c.time, 3), c.received) for c in transport.read()] == [
            (b"one", 1000.5, 5.0),
            (b"two", 1001.25, 5.0),
        ]


@pytest.mark.parametrize("writer", [dpkt.pcap.Writer, dpkt.pcapng.Writer])
def test_a_damaged_capture_gives_what_could_be_read(tmp_path, writer):
    path = tmp_path / "a.pcap"
    capture(path, [(1000.0 + i, ethernet(ip4(udp(b"%d" % i)))) for i in range(50)], writer)
    whole = path.read_bytes()
    rng = __import__("random").Random(4)
    for _ in range(60):
        cut = whole[: rng.randrange(1, len(whole))]
        health = Health(0, "", "")
        path.write_bytes(cut)
        try:
            found = list(PcapTransport(FeedAddress.of_recording(str(path)), health, lambda: 0.0).read())
        except BadInput as error:
            assert "expected a pcap or pcapng capture" in str(error)  # noqa: PT017
            continue
        assert [c.data for c in found] == [b"%d" % i for i in range(len(found))]
        assert sum(health.refused.values()) <= 1
    absurd = bytearray(whole)
    at = 24 + 8 if writer is dpkt.pcap.Writer else whole.index(struct.pack("=I", 6)) + 4
    absurd[at : at + 4] = b"\xf0\xff\xff\x7f"  # a packet of 2 GB
    path.write_bytes(absurd)
    health = Health(0, "", "")
    assert list(PcapTransport(FeedAddress.of_recording(str(path)), health, lambda: 0.0).read()) == []
    assert health.refused == {"capture": 1}


def test_a_capture_of_sentences_gives_reports_at_the_captures_time(tmp_path):
    path = tmp_path / "a.pcap"
    capture(path, [(1e9 + i, ethernet(ip4(udp(REAL)))) for i in range(3)])
    inputs, health = read_all(FeedAddress.of_recording(str(path), format="ais"))
    assert [t for i in inputs if isinstance(i, Batch) for t in i.reports.time.tolist()] == [1e9, 1e9 + 1, 1e9 + 2]
    assert [t for i in inputs if isinstance(i, Batch) for t in i.reports.received.tolist()] == [1e9, 1e9 + 1, 1e9 + 2]
    assert health.messages == 3


def test_real_captures_of_spokes_are_read_with_their_fragments():
    path = recording("formats/radar_spokes/halo-velocitytrack-notarget.pcap.gz")
    health = Health(0, "", "")
    sizes = [len(c.data) for c in PcapTransport(FeedAddress.of_recording(str(path)), health, lambda: 0.0).read()]
    assert max(sizes) > 15_000  # a spoke datagram of 17 kB comes in a dozen fragments
    assert not health.refused.get("packet")


def test_what_is_no_capture_is_one_sentence(tmp_path):
    path = tmp_path / "a.pcap"
    for content in (b"", b"hello", b"\0" * 100, gzip.compress(b"nothing")):
        path.write_bytes(content)
        with pytest.raises(BadInput, match="expected a pcap or pcapng capture"):
            list(PcapTransport(FeedAddress.of_recording(str(path)), Health(0, "", ""), lambda: 0.0).read())
