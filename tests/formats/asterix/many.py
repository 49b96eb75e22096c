"""Many random records of a category, both ways and by libasterix too."""

from __future__ import annotations

import random

import made

from mihari.formats.asterix import Editions, decode_many, encode, encode_datagrams, to_dicts
from mihari.formats.asterix.editions import category

RECORDS, TOGETHER = 10_000, 10  # records of a category, and in a block
SHARE = 0.2  # of the items in a record, and of the sub-items in a compound one


def agree(number: int, edition: str | None = None, records: int = RECORDS) -> None:
    """Random records -> our bytes -> our values and those of libasterix; its bytes of the same values."""
    import libasterix

    definition, rng = category(number, edition), random.Random(number)
    told = [made.drawn_record(definition, rng, SHARE) for _ in range(records)]
    groups = [told[i : i + TOGETHER] for i in range(0, records, TOGETHER)]
    blocks = [encode(group) for group in groups]
    decoded = decode_many(blocks, editions=Editions(default={number: definition.edition}))
    assert decoded.counts == {}
    ours = to_dicts(decoded)
    assert [one["items"] for one in ours] == [one["items"] for one in told]
    assert encode_datagrams(ours) == blocks
    for group, block in zip(groups, blocks, strict=True):
        items = [one["items"] for one in group]
        assert libasterix.records(block, definition.edition) == items
        assert libasterix.written(items, number, definition.edition) == block
