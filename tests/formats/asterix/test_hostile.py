"""Hostile inputs for every category: nearly right records, cut, flipped, joined; to the decoder and all readers."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import made

from fuzzing import COUNT, survives
from mihari.formats.asterix import Editions, decode, encode, to_dicts
from mihari.formats.asterix.aircraft import aircraft
from mihari.formats.asterix.decode import REASONS
from mihari.formats.asterix.directions import directions
from mihari.formats.asterix.editions import available, category
from mihari.formats.asterix.independent import measurements
from mihari.formats.asterix.radar import plots, sectors, sites
from mihari.formats.asterix.service import services
from mihari.formats.asterix.system_tracks import system_tracks

READERS = (plots, sectors, sites, measurements, system_tracks, aircraft, directions, services)
EDITIONS = [*((number, editions[-1]) for number, editions in available().items()), (21, "0.23"), (62, "1.16")]


@pytest.mark.parametrize(("number", "edition"), EDITIONS)
def test_a_category_survives_hostile_datagrams(number: int, edition: str) -> None:
    definition, rng = category(number, edition), random.Random(number)
    editions = Editions(default={number: edition})
    seeds = [encode([made.drawn_record(definition, rng) for _ in range(3)]) for _ in range(20)]

    def take(data: bytes) -> None:
        decoded = decode(data, editions)
        read = to_dicts(decoded)
        for reader in READERS:
            reader(decoded)
        assert set(decoded.counts) <= set(REASONS[1:])
        assert sum(decoded.errors.octets.tolist()) <= len(data)
        encode(read)  # what was read can be written

    survives(take, seeds, COUNT // 60, seed=number)
