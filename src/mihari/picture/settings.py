"""Ages at which a vessel is called overdue, faded and gone; each with its reason. Seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """Constants of the picture.

    >>> PictureSettings().radar_overdue
    10.0
    """

    radar_overdue: float = 10.0  # four turns of 2.5 s without a plot
    seen_overdue: float = 60.0  # cameras and aircraft look elsewhere for so long and come back
    ais_misses: float = 6.0  # reporting intervals of silence: at 80 % reception one vessel in 15,000 is that unlucky
    ais_overdue_least: float = 60.0  # the fastest intervals are 2 s; a wave or a bridge hides a ship for longer
    gone_unnamed: float = 120.0  # a faded vessel that only radar held: the officer has seen it fade
    gone_named: float = 1800.0  # one that told its name: half an hour at its last known place
    weight_memory: float = 50.0  # reports over which the weights of identities are averaged
    weight_least: float = 0.02  # claims of less weight are not told
    identities: int = 8  # claims kept per vessel: a device that changes its MMSI with each message is bounded
    resume_speed: float = 30.0  # m/s: a name that comes back within this reach of its last place is the same vessel
    marks: int = 5000  # stations and aids kept
    vessels: int = 30_000  # beyond it the longest faded ones leave early: invented names must not fill the screen
    named: int = 50_000  # MMSI of which static data are kept; the longest unheard go first
