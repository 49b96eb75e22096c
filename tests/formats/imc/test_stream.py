"""Streams cut anywhere, noise, false starts, and packets that would harm the codec."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import time
from pathlib import Path

import imcpy
import numpy as np
import pytest

from fuzzing import survives
from mihari.formats.imc import FIELDS, Decoder, encode, goto, plan, start
from mihari.formats.imc.framing import LARGEST, checksum, span, tables
from mihari.formats.imc.plain import DEEPEST, LEVELS, ids, too_deep


def told(name: str, time: float = 1.7e9, **fields) -> bytes:
    return encode({"message": name, "time": time, "source": 30} | fields)


def packet(number: int, body: bytes, sync: int = 0xFE54) -> bytes:
    head = struct.pack("<HHHdHBHB", sync, number, len(body), 1.7e9, 30, 1, 16, 2)
    return head + body + struct.pack("<H", checksum(head + body))


STREAM = [told("Heartbeat"), told("FuelLevel", value_percent=50.0), told("Announce", sys_name="lauv-1")]


def test_results_do_not_depend_on_the_cut():
    data = b"\x54noise" + STREAM[0] + b"\x00\x54\xfe" + STREAM[1] + STREAM[1][:30] + STREAM[2] + b"\xfe\x54" * 30
    whole = Decoder()
    expected = whole.feed(data) + whole.finish()
    assert [m["message"] for m in expected] == ["Heartbeat", "FuelLevel", "Announce"]
    assert [m["offset"] for m in expected] == [6, 6 + 22 + 3, data.index(STREAM[2])]
    for size in (1, 3, 17):
        decoder = Decoder()
        found = [m for at in range(0, len(data), size) for m in decoder.feed(data[at : at + size])]
        assert found + decoder.finish() == expected
        octets = decoder.refusals.octets
        assert sum(octets.values()) == sum(whole.refusals.octets.values()) == len(data) - sum(map(len, STREAM))
        assert {k: n for k, n in decoder.refusals.counts.items() if k != "sync"} == {
            k: n for k, n in whole.refusals.counts.items() if k != "sync"
        }


def test_a_flipped_bit_costs_its_message_only():
    for k in range(2, 22):
        broken = bytearray(STREAM[0])
        broken[k] ^= 0x10
        decoder = Decoder()
        found = decoder.feed(STREAM[1] + bytes(broken) + STREAM[2]) + decoder.finish()
        assert [m["message"] for m in found] == ["FuelLevel", "Announce"]
        assert sum(decoder.refusals.octets.values()) == 22
        assert next(r for r in decoder.refusals.last if r.reason != "sync").offset == len(STREAM[1])


def test_messages_that_are_not_in_the_table_are_counted_and_given_raw_on_demand():
    other = bytes(imcpy.Packet.serialize(imcpy.CpuUsage()))
    quiet, loud = Decoder(), Decoder(raw=True)
    assert [m["message"] for m in quiet.feed(other + STREAM[0])] == ["Heartbeat"]
    assert (quiet.other, quiet.packets) == ({"CpuUsage": 1}, 2)
    given = loud.feed(other)
    assert encode(given[0]) == other
    number = next(n for n in range(1, 1 << 16) if n not in ids())
    assert quiet.feed(packet(number, b"") + STREAM[0])[0]["message"] == "Heartbeat"
    assert quiet.refusals.counts["header"] == 1


def test_a_payload_that_does_not_fit_its_message_is_refused():
    decoder = Decoder()
    short = packet(350, b"\x00" * 10)
    assert [m["message"] for m in decoder.feed(short + STREAM[0])] == ["Heartbeat"]
    assert decoder.refusals.counts == {"field": 1}
    assert decoder.refusals.last[-1].offset == 0


def test_memory_is_bounded_and_hostile_sizes_cost_no_time():
    decoder = Decoder()
    false_start = struct.pack("<HHHdHBHB", 0xFE54, 150, 65_535, 1.7e9, 1, 2, 3, 4)
    began = time.perf_counter()
    for _ in range(30):
        decoder.feed(false_start * 800)  # each start claims the next 64 KiB
        assert len(decoder._rest) <= LARGEST
    assert time.perf_counter() - began < 5.0
    assert decoder.refusals.counts["checksum"] > 10_000
    decoder.feed(b"\x00" * LARGEST)
    assert [m["message"] for m in decoder.feed(STREAM[0]) + decoder.finish()] == ["Heartbeat"]


def test_the_checksum_of_a_span_is_that_of_its_bytes():
    rng = random.Random(2)
    data = rng.randbytes(70_000)
    prefix = np.zeros(len(data) + 1, np.uint16)
    state = 0
    for i, c in enumerate(data):
        state = state >> 8 ^ int(tables()[0][(state ^ c) & 255])
        prefix[i + 1] = state
    for _ in range(30):
        a = rng.randrange(len(data))
        b = min(a + rng.choice((0, 1, 7, 300, 65_000)), len(data))
        assert span(prefix, tables()[1], a, b) == checksum(data[a:b])
    made = bytes(imcpy.Packet.serialize(imcpy.Announce()))
    assert checksum(made[:-2]) == int.from_bytes(made[-2:], "little")


def nested(levels: int) -> bytes:
    """PlanControl in PlanControl in PlanControl…"""
    head, number = struct.pack("<BBHHH", 0, 0, 0, 0, 0), 559
    body = (head + struct.pack("<H", number)) * levels + head + b"\xff\xff" + struct.pack("<H", 0) * (levels + 1)
    return packet(number, body)


@pytest.mark.parametrize(("levels", "taken"), [(5, 1), (LEVELS, 1), (LEVELS + 1, 0), (DEEPEST + 100, 0), (5400, 0)])
def test_messages_nested_too_deep_are_refused_before_the_codec_sees_them(levels, taken):
    assert too_deep(nested(levels)[20:-2], 559, False) == (levels > DEEPEST)
    decoder = Decoder()
    found = decoder.feed(nested(levels) + STREAM[0])
    assert [m["message"] for m in found] == ["PlanControl"] * taken + ["Heartbeat"]
    assert decoder.refusals.counts == ({} if taken else {"nested": 1})


def test_what_ends_a_process_through_imcpy_alone_does_not_through_us():
    program = """
import sys, threading
sys.path[:0] = [{folder!r}, {helpers!r}]
from test_stream import nested
from mihari.formats.imc import Decoder
import imcpy
data = nested(5400)
def ours():
    decoder = Decoder()
    decoder.feed(data)
    print(decoder.refusals.counts, flush=True)
def theirs():
    imcpy.Packet.deserialize(data)
    print("read", flush=True)
Decoder().feed(b"")
threading.stack_size(256 * 1024)
thread = threading.Thread(target={target})
thread.start()
thread.join()
"""
    folder = Path(__file__).parent
    run = [
        subprocess.run(
            [sys.executable, "-c", program.format(folder=str(folder), helpers=str(folder.parents[1]), target=name)],
            capture_output=True,
            check=False,
        )
        for name in ("ours", "theirs")
    ]
    assert run[0].stdout.decode().strip() == "{'nested': 1}"
    assert run[0].returncode == 0
    assert run[1].returncode < 0  # if this fails the codec has been mended: the guard may go


def test_hostile_bytes_are_counted_and_survived():
    rng = random.Random(6)
    seeds = [told(name) for name in FIELDS]
    seeds.append(encode(start(plan("p", [goto(35.0, 139.0, speed=1.0)] * 3), 7) | {"time": 1.0}))
    decoder = Decoder(raw=True)

    def take(data: bytes) -> None:
        if len(data) >= 22 and rng.random() < 0.7:  # right in its frame, so that the payload reaches the codec
            body = data[20:-2][:65_535]
            data = data[:2] + data[2:4] + struct.pack("<H", len(body)) + data[6:20] + body
            data += struct.pack("<H", checksum(data))
        for message in decoder.feed(data, complete=True):
            encode(message)

    survives(take, seeds)
    assert decoder.packets > 500


def test_a_message_inside_that_does_not_belong_there_is_refused():
    """The codec reads angles as a plan's manoeuvre but cannot write them."""
    right = imcpy.PlanManeuver()
    right.data = imcpy.Goto()
    wire = bytes(imcpy.Packet.serialize(right))
    body = wire[20:-2].replace(
        struct.pack("<H", imcpy.Goto().msg_id), struct.pack("<H", imcpy.EulerAnglesDelta().msg_id)
    )
    packet = wire[:4] + struct.pack("<H", len(body)) + wire[6:20] + body
    packet += struct.pack("<H", checksum(packet))
    decoder = Decoder()
    assert decoder.feed(packet) + decoder.finish() == []
    assert decoder.refusals.counts["field"] == 1


def test_a_list_with_a_message_left_out_is_read_and_told_on():
    made = imcpy.PlanSpecification()
    made.transitions.extend([None])
    wire = bytes(imcpy.Packet.serialize(made))
    decoder = Decoder()
    (told,) = decoder.feed(wire) + decoder.finish()
    assert told["transitions"] == [None]
    assert encode(told | {"time": 1.0})[20:-2] == wire[20:-2]
