"""MPEG-TS with KLV: ours read by PyAV (ffmpeg), PyAV's read by us, losses, damage, bounds."""

import fractions
import io
import itertools
import random

import av
import numpy as np
import pytest

from mihari.formats.klv import Muxer, TsDecoder, encode, mux, to_dicts
from mihari.formats.klv.packets import SIZE
from mihari.formats.klv.psi import METADATA, crc32, pat, pmt, programmes, streams
from recordings import recording


def made(count: int, seed: int = 1) -> list[bytes]:
    """Sets of 37 to 1100 octets."""
    rng = random.Random(seed)
    return [
        encode({"time": 1e9 + i, "mission_id": "x" * rng.randrange(127), "tag_99": rng.randbytes(rng.randrange(900))})
        for i in range(count)
    ]


def cut(decoded) -> list[bytes]:
    return [decoded.buffer[a : a + n] for a, n in zip(decoded.sets.at, decoded.sets.size, strict=True)]


def by_pyav(stream: bytes) -> list[tuple[bytes, int]]:
    container = av.open(io.BytesIO(stream), format="mpegts")
    return [(bytes(p), p.pts) for p in container.demux(container.streams.data[0]) if p.size]


@pytest.mark.parametrize("synchronous", [False, True])
def test_pyav_reads_what_we_write_byte_for_byte(synchronous):
    packets = made(200)
    pts = [1.0 + 0.04 * i for i in range(200)]
    theirs = by_pyav(mux(packets, pts, synchronous))
    assert [data for data, _ in theirs] == packets
    assert [at for _, at in theirs] == [round(at * 90000) for at in pts]


def test_we_read_what_pyav_wrote_byte_for_byte_and_with_its_times():
    """The prepared file: mpeg2video and 250 times the DynamicConstant sample, whose checksum is wrong."""
    path = recording("formats/misb/synth_klv.ts")
    theirs = by_pyav(path.read_bytes())
    decoder = TsDecoder(strict=False)
    decoded = decoder.feed(path.read_bytes())
    assert len(decoder.finish()) == 0
    assert decoder.refused == {}
    assert cut(decoded) == [data for data, _ in theirs]
    assert len(decoded) == 250
    first = theirs[0][1]
    assert np.round(decoded.sets.pts * 90000).tolist() == [3600 + at - first for _, at in theirs]
    strict = TsDecoder()
    assert len(strict.feed(path.read_bytes())) == 0
    assert strict.refused == {"checksum": 250}


def test_we_read_what_pyav_writes_beside_video():
    packets = made(50)
    file = io.BytesIO()
    with av.open(file, "w", format="mpegts") as out:
        video = out.add_stream("mpeg2video", rate=25)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        klv = out.add_data_stream("klv")
        for i, data in enumerate(packets):
            frame = av.VideoFrame(320, 240, "yuv420p")
            frame.pts, frame.time_base = i, fractions.Fraction(1, 25)
            for p in video.encode(frame):
                out.mux(p)
            packet = av.Packet(data)
            packet.stream, packet.time_base = klv, fractions.Fraction(1, 90000)
            packet.pts = packet.dts = i * 3600
            out.mux(packet)
        for p in video.encode():
            out.mux(p)
    decoder = TsDecoder()
    decoded = decoder.feed(file.getvalue())
    assert cut(decoded) == packets
    assert decoder.refused == {}
    assert list(decoder.streams.values()) == [False]


@pytest.mark.parametrize("synchronous", [False, True])
@pytest.mark.parametrize("size", [1, 187, 188, 1316, 10_000])
def test_where_the_stream_is_cut_makes_no_difference(synchronous, size):
    packets = made(20)
    stream = mux(packets, [0.1 * i for i in range(20)], synchronous)
    decoder = TsDecoder()
    got = [cut(decoder.feed(stream[i : i + size])) for i in range(0, len(stream), size)]
    got.append(cut(decoder.finish()))
    assert list(itertools.chain(*got)) == packets
    assert decoder.refused == {}


@pytest.mark.parametrize("synchronous", [False, True])
def test_a_set_longer_than_a_pes_packet_comes_through(synchronous):
    long = encode({"time": 5.0, "tag_99": bytes(100_000)})
    packets = [encode({"time": 4.0}), long, encode({"time": 6.0})]
    decoded = TsDecoder().feed(mux(packets, [4.0, 5.0, 6.0], synchronous))
    assert cut(decoded) == packets
    assert decoded.sets.pts.tolist() == [4.0, 5.0, 6.0]


@pytest.mark.parametrize("synchronous", [False, True])
def test_a_lost_packet_costs_its_set_and_is_counted(synchronous):
    packets = [encode({"time": 1e9 + i, "tag_99": bytes(400)}) for i in range(10)]
    stream = mux(packets, [0.001 * i for i in range(10)], synchronous)
    at = [i for i in range(0, len(stream), SIZE) if stream[i + 1 : i + 3] == b"\x01\x01"]
    lost = at[6]  # the middle one of three of the fourth set
    decoder = TsDecoder()
    decoded = decoder.feed(stream[:lost] + stream[lost + SIZE :])
    assert decoder.refused == {"continuity": 1, "pes": 1}
    assert cut(decoded) == packets[:3] + packets[4:]


def test_a_repeated_packet_is_passed_over():
    packets = made(5)
    stream = mux(packets, [0.0] * 5)
    doubled = b"".join(stream[i : i + SIZE] * 2 for i in range(0, len(stream), SIZE))
    decoder = TsDecoder()
    assert cut(decoder.feed(doubled)) == packets
    assert decoder.refused == {}


def test_lost_sync_is_found_again_and_the_octets_between_are_counted():
    packets = made(40)
    stream = mux(packets, [0.2 * i for i in range(40)])
    middle = len(stream) // 2 // SIZE * SIZE
    decoder = TsDecoder()
    decoded = decoder.feed(b"\x47junk" * 20 + stream[:middle] + b"junk" * 25 + stream[middle:])
    assert decoder.refused == {"sync": 2}
    assert decoder.refusals.octets == {"sync": 200}
    assert cut(decoded) == packets


@pytest.mark.parametrize("longer", [192, 204])
def test_packets_of_another_size_are_told_as_such(longer):
    stream = mux(made(100), [0.2 * i for i in range(100)])
    padded = b"".join(stream[i : i + SIZE] + bytes(longer - SIZE) for i in range(0, len(stream), SIZE))
    decoder = TsDecoder()
    decoder.feed(padded)
    decoder.finish()
    assert set(decoder.refused) == {"packet_size"}
    assert decoder.refusals.octets["packet_size"] == len(padded)


def test_a_packet_damaged_on_the_way_is_not_used():
    packets = made(3)
    stream = bytearray(mux(packets, [0.0, 0.0, 0.0]))
    stream[2 * SIZE + 1] |= 0x80  # transport_error_indicator of the first with KLV
    decoder = TsDecoder()
    decoded = decoder.feed(bytes(stream))
    assert decoder.refused["transport_error"] == 1
    assert cut(decoded) == packets[1:]


def test_two_programmes_with_klv_are_both_read_and_told_apart():
    a, b = made(5, 1), made(5, 2)
    other = bytearray(mux(b, [float(i) for i in range(5)], synchronous=True))
    for i in range(0, len(other), SIZE):
        if other[i + 1] & 0x1F == 1:
            other[i + 2] = 0x02  # the PID of its KLV
    tables = {1: 0x1000, 2: 0x1001}
    stream = bytearray()
    for pid, section in ((0, pat(tables)), (0x1000, pmt(1, 0x101, 6)), (0x1001, pmt(2, 0x102, METADATA))):
        packet = bytes([0x47, 0x40 | pid >> 8, pid & 0xFF, 0x10, 0]) + section
        stream += packet.ljust(SIZE, b"\xff")
    for part in (mux(a, [float(i) for i in range(5)]), bytes(other)):
        for i in range(0, len(part), SIZE):
            if part[i + 1] & 0x1F == 1:
                stream += part[i : i + SIZE]
    decoder = TsDecoder()
    decoded = decoder.feed(bytes(stream))
    assert decoder.streams == {0x101: False, 0x102: True}
    assert {pid: [x["time"] for x in to_dicts(decoded) if x["pid"] == pid] for pid in (0x101, 0x102)} == {
        0x101: [1e9 + i for i in range(5)],
        0x102: [1e9 + i for i in range(5)],
    }


def test_tables_with_a_wrong_crc_are_counted_and_not_believed():
    stream = bytearray(mux(made(3), [0.0, 0.0, 0.0]))
    stream[SIZE + 20] ^= 1  # in the PMT
    decoder = TsDecoder()
    assert len(decoder.feed(bytes(stream))) == 0
    assert decoder.refused == {"psi": 1}
    assert decoder.streams == {}


def test_tables_read_back_what_was_written_and_the_crc_is_the_published_one():
    assert crc32(b"123456789") == 0x0376E6E7  # the check value of CRC-32/MPEG-2
    assert programmes(pat({1: 0x1000, 7: 0x1FF})) == {1: 0x1000, 7: 0x1FF}
    assert [(s.pid, s.type, s.klv) for s in streams(pmt(1, 0x101, 6))] == [(0x101, 6, True)]


def test_counters_and_tables_go_on_from_call_to_call():
    muxer = Muxer()
    packets = made(300)
    stream = b"".join(muxer.mux(data, i / 32) for i, data in enumerate(packets))
    decoder = TsDecoder()
    assert cut(decoder.feed(stream)) == packets
    assert decoder.refused == {}
    tables = [i for i in range(0, len(stream), SIZE) if stream[i + 1 : i + 3] == b"\x40\x00"]
    assert len(tables) == 75  # with every fourth set, the first that comes 0.1 s or more after the last tables


def test_a_garbled_stream_costs_no_more_than_what_it_hits():
    """One octet in 20,000 wrong: of 2,000 sets at most as many are lost as octets were hit, none is wrong."""
    rng = random.Random(4)
    packets = made(2000, 5)
    stream = bytearray(mux(packets, [0.04 * i for i in range(2000)]))
    hit = {rng.randrange(len(stream)) for _ in range(len(stream) // 20_000)}
    for at in hit:
        stream[at] ^= 1 << rng.randrange(8)
    decoder = TsDecoder()
    got = cut(decoder.feed(bytes(stream))) + cut(decoder.finish())
    assert set(got) <= set(packets)
    assert len(got) >= len(packets) - 2 * len(hit)
    assert sum(decoder.refused.values()) > 0
