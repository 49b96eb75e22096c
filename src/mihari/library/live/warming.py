"""Each kernel of the matcher called once, so that it is compiled before the first start."""

from __future__ import annotations

import numpy as np

from mihari.behaviours.language import Vocabulary, parse
from mihari.library.live.changing import changed
from mihari.library.live.figures import Base, Primitives
from mihari.library.live.match_kernels import drop
from mihari.library.live.matcher import Events, Matcher
from mihari.library.live.programme import compile


def warm() -> Events:
    """Two vessels through one pattern, which then gives way to itself; what was told.

    >>> warm().end.tolist()
    [60, 60]
    """
    speed = Vocabulary(measures={"speed": (1, 0, "kn")})
    programme = compile(parse("slow(v) = speed(v) < 2 kn", vocabulary=speed), Primitives.of([Base("speed", "kn")]))
    matcher = Matcher(programme, 2)
    told = matcher.take([0, 1, 0, 1], [0, 0, 60, 60], np.ones((4, 1)))
    matcher.advance(61)
    drop(changed(matcher, programme).arrays, 0)
    return told
