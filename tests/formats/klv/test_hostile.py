"""Hostile input for every door of KLV: local sets, streams of them, values behind a right checksum, MPEG-TS."""

import random

import pytest

from formats.klv.packets import KEY_0601, KEY_0903, packet, random_items
from fuzzing import COUNT, survives
from mihari.formats.klv import Decoded, Decoder, TsDecoder, decode_many, detections, encode, footprint, mux, to_dicts
from mihari.formats.klv.st0601 import ITEMS

VMTI = {
    "version": 5, "frame_width_px": 1920, "frame_height_px": 1080,
    "targets": [
        {"id": 1, "centroid_px": 409600, "confidence_percent": 80, "objects": [{"label": "boat"}]},
        {"id": 300, "offset_lat_deg": 0.01, "offset_lon_deg": 0.02, "tracker": {"track_id": bytes(16), "status": 1}},
        {"id": 2, "location": {"lat_deg": 1.0, "lon_deg": 2.0, "height": 3.0, "sigma_east": 4.0, "sigma_north": 5.0}},
    ],
}  # fmt: skip


def made(count: int) -> list[bytes]:
    rng = random.Random(7)
    return [packet(random_items(rng, [one.tag for one in ITEMS], 0.4)) for _ in range(count)]


def everything(decoded: Decoded) -> None:
    """Through every door behind the decoder; what was decoded can be written again, and is as many sets."""
    decoded.texts("mission_id"), decoded.octets(74)
    written = []
    for told in to_dicts(decoded):
        footprint(told)
        detections(told)
        written.append(encode(told))
    assert len(decode_many(b"".join(written))) == len(decoded)


SEEDS = [
    *made(20),
    encode({"time": 1e9, "sensor_lat_deg": 1.0, "sensor_lon_deg": 2.0, "sensor_true_altitude": 900.0, "vmti": VMTI}),
    encode({"set": "0903", "time": 1e9} | VMTI),
]


def test_hostile_klv_is_survived():
    def take(data):
        everything(decode_many(data))
        everything(decode_many(data, strict=False))

    survives(take, SEEDS, COUNT // 4)  # twice each


@pytest.mark.slow
def test_hostile_streams_of_klv_are_survived():
    decoder = Decoder(strict=False)
    survives(lambda data: everything(decoder.feed(data)), SEEDS, COUNT // 2)


@pytest.mark.parametrize("key", [KEY_0601, KEY_0903])
def test_hostile_values_behind_a_right_checksum_are_survived(key):
    def take(data):
        for tag in (74, 101, 102, 107, data[0] if data else 5):
            everything(decode_many(packet([(tag & 0x7F, data[:60_000])], key)))

    bodies = [seed[17:-4] for seed in SEEDS] + [encode({"set": "0903"} | VMTI)[17:-4]]
    survives(take, bodies, COUNT // 10)  # five sets each


@pytest.mark.slow
@pytest.mark.parametrize("synchronous", [False, True])
def test_hostile_transport_streams_are_survived(synchronous):
    stream = mux(SEEDS, [0.03 * i for i in range(len(SEEDS))], synchronous)
    seeds = [stream[i : i + 1880] for i in range(0, len(stream), 1880)]
    decoder = TsDecoder()

    def take(data):
        everything(decoder.feed(data))
        fresh = TsDecoder(strict=False)
        everything(fresh.feed(stream[:376] + data))
        everything(fresh.finish())

    survives(take, seeds, COUNT // 24)  # some twenty sets each
