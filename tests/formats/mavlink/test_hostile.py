"""Hostile inputs: nothing raises, nothing grows, what is decoded can be encoded."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import mavlink_peer as peer

from fuzzing import survives
from mihari.formats.mavlink import Command, Decoder, Encoder, MissionUpload, decode_many, encode, items, to_dicts
from mihari.formats.mavlink.command import long

RNG = random.Random(1)
NAMES = ["HEARTBEAT", "GPS_RAW_INT", "AIS_VESSEL", "STATUSTEXT", "MISSION_ITEM_INT", "BATTERY_STATUS", "PARAM_VALUE"]
MESSAGES = [peer.message(name, RNG) for name in NAMES]
KEY = bytes(32)
SEEDS = [
    *peer.frames(MESSAGES, peer.sender()),
    *peer.frames(MESSAGES[:2], peer.sender(), mavlink1=True),
    Encoder(1, 1, key=KEY).encode({"message": "MISSION_ACK", "target_system": 1, "target_component": 1, "type": 0}),
    encode({"message": "MISSION_REQUEST_INT", "target_system": 1, "target_component": 1, "seq": 0}),
    encode({"message": "COMMAND_ACK", "command": 400, "result": 5}),
    bytes([0xFD, 3, 0, 0, 9, 3, 4, 0xEB, 0xEA, 0]) + b"abc??",
]


def test_hostile_datagrams() -> None:
    def take(data: bytes) -> None:
        decoded = decode_many([data, SEEDS[0]])
        told = to_dicts(decoded)
        assert told[-1]["message"] == "HEARTBEAT"
        for message in told:
            encode(message)
        for table in decoded.tables.values():
            table.columns()
        refused = sum(decoded.refused.octets.values())
        assert refused <= len(data)

    survives(take, SEEDS)


def test_hostile_streams() -> None:
    decoder = Decoder()
    survives(lambda data: to_dicts(decoder.feed(data)), SEEDS)
    assert decoder.messages > 100


def test_hostile_streams_that_should_be_signed() -> None:
    decoder = Decoder(KEY, unsigned=["HEARTBEAT"])
    survives(lambda data: to_dicts(decoder.feed(data, complete=True)), SEEDS, count=1500)


def test_hostile_messages_to_a_mission_and_a_command() -> None:
    def take(data: bytes) -> None:
        upload, command = MissionUpload([items.return_to_launch()], 1, 1), Command(long(400, 1, 1))
        upload.start(0.0), command.start(0.0)
        for now, message in enumerate(to_dicts(decode_many(data)), 1):
            for answer in (*upload.take(message, float(now)), *command.take(message, float(now))):
                encode(answer)

    survives(take, SEEDS, count=1500)
