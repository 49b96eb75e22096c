"""Every figure that decides what a fleet is and when people are told, each with its reason or source.

What is not sourced is ours (judgement), chosen on simulated coasts with seeds kept for tuning (docs/fleets.md).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameters:
    """ "At least" is >=, "more than" is >, "within" is <=; times are whole seconds of data."""

    # Members. Density as in DBSCAN (Ester et al. 1996), by place and motion.
    radius: float = 1000.0  # m, neighbours are within; fleets lie some hundred metres apart (Park et al. 2020)
    ship_radius: float = 1852.0  # m, within, where one is a ship: EvolvingClusters (Tritsarolis et al. 2021) for all
    ship_length: float = 50.0  # m at least: a ship; they keep off by multiples of their length (Fujii and Tanaka 1971)
    dense: int = 3  # vessels, itself included, at least, in its neighbourhood: in a line, one on each side. Ours
    fewest: int = 5  # vessels at least to be a fleet: EvolvingClusters' cardinality for vessels
    keep_fewest: int = 4  # vessels at least to stay one: one less, so that one vessel more or less does not flicker
    under_way_kn: float = 4.0  # more than: under way; below it neighbours need no common motion. Ours
    motion_kn: float = 2.0  # within: difference of velocities of neighbours under way; AIS and radar are better. Ours
    motion_share: float = 0.35  # or within this share of the faster one's speed: courses 20° apart. Ours
    waver_s: int = 300  # at least, unseen before being a member: it begins anew. Between two steps of 300 s. Ours
    join_s: int = 600  # at least, together with a fleet, to be a member; a ship at 12 kn is 2 NM further. Ours
    leave_s: int = 900  # at least, apart from it, to be none: half as much again as a departure may take. Ours
    unheard_s: int = 3600  # at least, in no scene, to be none: nobody saw it leave; a station may be out. Ours
    split_s: int = 900  # at least, a part apart, to be a fleet of its own. As leave_s
    merge_s: int = 900  # at least, in one cluster, to be one fleet. As leave_s
    gone_s: int = 900  # at least, without a cluster, to be dissolved. As leave_s
    margin: float = 500.0  # m, of the outline around the members: half the usual spacing of 1,000 m. Ours
    motion_with_kn: float = 2.0  # within: difference from the common motion that counts as cohesion. As motion_kn

    # Departure: drifting -> common course. The definition of the simulated fleets (mihari.simulate).
    departing_fewest: int = 20  # members at least
    departing_share: float = 0.8  # of those that drifted, at least
    together_s: float = 600.0  # within, from the first to the one that makes the share
    drift_kn: float = 2.0  # within: drifting; GFW and Skylight call less than 2 kn loitering
    drifted_s: float = 1800.0  # within: how long ago a member must have drifted; three times together_s. Ours
    drift_with_kn: float = 1.0  # within: difference from how the others drift; wind moves hulls differently. Ours
    loyal_s: float = 1800.0  # over which it is averaged, exponentially, how much a member drifts with the others. Ours
    newly_loyal: float = 0.3  # of who joins: half after join_s with the others. Ours
    loyal: float = 0.5  # at least: who drifts less with the others than that only happens to be there. Ours
    apart_s: float = 300.0  # more than, before the next: left on its own account. Half of together_s. Ours
    one_course_deg: float = 30.0  # within: the course of one that left, from the common one. Ours
    settle_s: float = 300.0  # within, after the share has left: time to turn to one course. Ours
    stopped_share: float = 0.5  # of those that left, less than this under way: the departure is over. Ours

    # Massing: a large fleet in open water that nothing explains.
    massing_fewest: int = 20  # members at least; as a departure
    massing_keep: int = 16  # members at least to go on: four fifths, against flicker
    massing_s: int = 1800  # at least, since it formed; the shortest of the published meetings (Skylight). Ours
    open_water: float = 5556.0  # m, more than: the members' median distance to shore; 3 NM. Ours
    explained: float = 0.5  # weight of all innocent purposes together, at least: explained. Ours
    explained_again: float = 0.6  # weight at least to end a massing that goes on: against flicker. Ours

    # Purposes, and how often people are told anew.
    explain_s: int = 300  # at least, between two workings out of a fleet's explanations. Ours
    purpose_s: int = 600  # at least, another purpose is the likeliest: the purpose has changed. As join_s
    grown: float = 0.25  # at least, of the members last told, come or gone: told anew. Ours
