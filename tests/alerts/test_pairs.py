"""A person's word about two vessels is kept, stands in the watch log, and is read in order."""

from __future__ import annotations

import pytest

from mihari.alerts import ask
from mihari.alerts.actions import By
from mihari.alerts.pairs import pair, pairs_after
from mihari.alerts.records import Records
from mihari.core.errors import BadInput


def test_what_people_say_is_kept_in_order(tmp_path):
    records = Records(tmp_path / "r.sqlite", lambda: 50.0).open()
    first = pair(records, By("Aiko", 10.0), 3, 9, same=True)
    second = pair(records, By("Bunta", 20.0), 3, 9, same=False, note="seen both from the air")
    with records.read() as connection:
        assert pairs_after(connection, 0) == [first, second]
        assert pairs_after(connection, 1) == [second]
        told = {(line["who"], line["what"], line["text"]) for line in ask.log_lines(connection, 0)}
    assert ("Aiko", "same", "#3 and #9 are one vessel") in told
    assert ("Bunta", "not the same", "#3 and #9 are two vessels: seen both from the air") in told
    records.close()


@pytest.mark.parametrize("pairing", [(3, 3), (0, 3), (3, 1 << 33)])
def test_one_vessel_alone_is_no_pair(tmp_path, pairing):
    records = Records(tmp_path / "r.sqlite").open()
    with pytest.raises(BadInput):
        pair(records, By("Aiko", 10.0), *pairing, same=True)
    records.close()
