"""Six-hour-old bearings on seas with known truth: the past track is nearer to it and says so, meetings are revised."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "gallery"))
from late_sea import LEAVES, MEETS, MMSI, START, Sea
from late_watch import Watch

from mihari.core.behaviour import Standing

WHY = "bearings that came 5.9 h late"


def shared(b):
    """s of a meeting as found in which the boats lay together."""
    return min(b.end - START, LEAVES) - max(b.start - START, MEETS)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_past_track_is_sharper_and_as_sharp_as_it_says(seed, tmp_path):
    sea = Sea(seed, 300.0)
    watch = Watch(sea, tmp_path / "archive").run()
    assert (watch.reruns.done, watch.reruns.failed, watch.reruns.reports) == (1, 0, 60)
    before, after = watch.thought.judged(sea), watch.known.judged(sea)
    assert after.held > 0.95
    assert after.error2 < 0.5 * before.error2
    assert after.variance < 0.25 * before.variance
    assert 0.8 < after.nees < 4.0  # two are expected; the samples of an hour are few that are independent
    (meeting,) = (b for b in watch.meetings() if b.standing is not Standing.RETRACTED)
    assert MMSI in meeting.vessels
    assert meeting.start - START - MEETS < 1200
    assert abs(meeting.end - START - LEAVES) < 600
    assert meeting.because.endswith(WHY)
    old = [b for b in watch.before if b.id == meeting.id]
    assert shared(meeting) > 0.65 * (LEAVES - MEETS)
    assert all(shared(b) <= shared(meeting) + 300 for b in watch.before)  # of seed 3 a rough track was lucky
    assert ("revised" if old else "found by") in meeting.because


@pytest.mark.slow
def test_a_meeting_that_never_was_is_taken_back(tmp_path):
    sea = Sea(4, 700.0, math.radians(0.0))
    watch = Watch(sea, tmp_path / "archive").run()
    (wrong,) = watch.before
    assert wrong.standing is Standing.ENDED
    assert wrong.end - wrong.start > 1800
    (told,) = watch.meetings()
    assert (told.id, told.standing, told.revision) == (wrong.id, Standing.RETRACTED, wrong.revision + 1)
    assert told.because.startswith("retracted: ")
    assert told.because.endswith(f"; taken back: {WHY}")
    assert watch.known.judged(sea).error2 < 0.5 * watch.thought.judged(sea).error2


@pytest.mark.slow
def test_the_same_again(tmp_path):
    def told(folder):
        watch = Watch(Sea(2, 300.0), folder).run()
        return watch.known.place.tobytes(), [(b.id, b.start, b.end, b.because) for b in watch.meetings()]

    assert told(tmp_path / "one") == told(tmp_path / "two")
