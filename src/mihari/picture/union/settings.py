"""The constants of the union of pictures, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnionSettings:
    """Constants of motion, correlation, fusion and age; bare numbers are SI.

    >>> UnionSettings().link
    5.0
    """

    every: float = 1.0  # s between two comparisons: radars turn in 2.5 s, so nothing is missed

    # motion over the gap between two nodes' rows; beside it the tracker's own noise
    acceleration: float = 0.05  # m/s², standard deviation, held over the gap: a ship that begins to turn or to stop
    way: float = 1.0  # m/s, speed from which a vessel is taken to be under way: one at anchor does not accelerate
    oldest: float = 600.0  # s: rows older than this are not compared; three intervals of a vessel at anchor

    # correlation
    bias: float = 10.0  # m, what registration leaves between two nodes' sensors, per axis
    bias_speed: float = 0.2  # m/s
    lag: float = 1.0  # s by which two nodes may date one report differently: a quick vessel seems farther on
    swerve: float = 0.1  # share of its speed by which they differ while one has not yet noticed that it turns
    nearest: float = 141.0  # m within which all pairs are looked at: 4 σ of two tracks of 25 m
    farthest: float = 2300.0  # m, of those whose place is hardly known
    gate: float = 16.0  # squared distance of the places beyond which a pair that is not linked is not weighed
    traffic: float = 1e-6  # other vessels per m²: one in a km²; more where the pictures themselves show more
    others_speed: float = 5.0  # m/s per axis, spread of their velocities
    keenest: float = 16.0  # squared distance at which a comparison speaks neither way, at most: 99.7 % in 4 dimensions
    silence: float = 10.0  # s without news of either after which a pair is compared again as they are reckoned on
    memory: float = 0.95  # of the evidence at each comparison: about 20 count, since errors last
    most_for: float = 3.0  # log-likelihood of one comparison: one alone links none that have no name
    most_against: float = 2.0  # and against: a manoeuvre that one node sees late must not part them
    absurd: float = 100.0  # squared distance that no late manoeuvre explains: counts
    absurd_against: float = 5.0
    sure: float = 9.0  # log-likelihood that motion alone can bring: errors last, many comparisons are no proof
    never: float = 20.0  # and against
    link: float = 5.0  # log-likelihood from which two are one: two comparisons that agree well, or more
    part: float = -4.0  # and down to which they stay so
    same_name: float = 13.8  # ln 1e6: the tracker's `same_identity`
    other_name: float = -13.8  # ln 1e-6
    together: float = 3.0  # that those who are together have ahead of others where one must be chosen
    most: int = 400  # vessels of one node in a knot that are assigned at best; beyond it the strongest pair goes first

    # fusion
    agree: float = 25.0  # squared distance from the best member beyond which another is not fused: it is mistaken
    settled: float = 0.1  # by how much the log-determinant may miss its optimum: 1.2 % of an axis

    # age and clocks
    clock: float = 0.05  # s, clock offsets below are not told from delay
    future: float = 5.0  # s ahead of us that a row may be: more than a tick and the delay of any link
    coasting: float = 60.0  # s of a node's silence after which its vessels coast: twice the slowest link's retry
    renew: float = 10.0  # s between two predictions of those
    faded: float = 180.0  # s of silence after which they are shown where they were last known: as the tracker's own
    gone: float = 1800.0  # s after which they leave: as a named vessel of our own
    ref_kept: float = 3600.0  # s for which a vessel keeps the name of a member that has left: a watch's handover
