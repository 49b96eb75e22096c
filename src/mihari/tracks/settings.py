"""The constants of the tracker, each with its reason; one frozen value that kernels take as it is."""

from __future__ import annotations

from typing import NamedTuple


class TrackerSettings(NamedTuple):
    """Constants of motion, gate, association, existence and life; bare numbers are SI.

    >>> TrackerSettings().gate
    16.0
    >>> TrackerSettings(confirm=0.999).confirm
    0.999
    """

    # motion
    acceleration: float = 0.01  # m²/s³ (0.1², mode "CV low" of Hem, Brekke, Tokle): 0.3 m/s over 10 s
    agility: float = 2.25  # m²/s³, the same for a vessel that manoeuvres (1.5², mode "CV high" of Hem, Brekke, Tokle)
    holds: float = 1000.0  # s, mean time for a vessel to hold on
    manoeuvres: float = 60.0  # s, mean time of a manoeuvre or a turn
    agile: float = 0.05  # share of vessels that manoeuvre when first seen
    turning: float = 0.05  # and of those that turn
    turn_sd: float = 0.02  # rad/s of vessels that begin to turn: 1.1°/s
    turn_noise: float = 1e-5  # rad²/s³ of their rate of turn: 0.6°/s in 10 s
    speed_sd: float = 5.0  # m/s per axis of a vessel of which only a position is known: 2 σ are 19 kn
    speed_sd_agile: float = 12.0  # m/s, the same in the mode that manoeuvres: 2 σ are 47 kn
    rebase: float = 2000.0  # m from its origin at which a track's plane is re-based: the plane is off by 0.1 mm there

    # gate
    gate: float = 16.0  # squared Mahalanobis distance: holds 99.97 % in two dimensions
    reach: float = 800.0  # m, no radar gate is wider: 25 m/s for 30 s

    # association
    sweeps: int = 100  # rounds of belief propagation; nearly always fewer than 20
    settled: float = 1e-5  # change of a message, relative, at which a cluster is done

    # existence
    survival_s: float = 3600.0  # mean time a vessel stays in cover
    birth: float = 0.03  # density of vessels not yet tracked over the density of clutter
    birth_ais: float = 1e-9  # AIS vessels not yet tracked per m²: one in 1,000 km²
    # confirm, keep, hiding and plots are from a sweep on seeds 11 to 13 of the scene with 50, 200 and 1,000 vessels
    confirm: float = 0.95  # existence
    keep: float = 0.9  # a confirmed track below this existence is coasted: two misses in a row of a new one
    drop: float = 0.01
    plots: int = 3  # that a radar track needs for confirmation
    hiding: float = 400.0  # s, mean time for a vessel seen by radar to become invisible to it
    showing: float = 7.0  # s, mean time for a hidden vessel to show again, when AIS never spoke for it
    showing_ais: float = 600.0  # s, the same where AIS holds it: a plastic hull stays invisible
    second_plot: float = 0.05  # probability of a second plot of one hull in a turn (sector border, split echo)

    # clutter, learned in rings of equal width per radar
    clutter_turns: float = 20.0  # turns over which a ring's clutter is averaged
    clutter_weight: float = 10.0  # plots that the sensor's own figure counts for at the start

    # AIS
    ais_sd: float = 20.0  # m: GNSS 10 m, the rest is the antenna's place on the ship
    ais_latency: float = 0.5  # s: time stamps are whole seconds (M.1371-5, 3.3.7.2.1)
    told_speed_sd: float = 0.5  # m/s
    told_speed_share: float = 0.05  # and of the speed itself
    same_identity: float = 1e6  # likelihood of the MMSI from the track that holds it, over that from a new vessel
    no_identity: float = 0.5  # the same from a track that never told one: half of the vessels seen carry AIS
    other_identity: float = 1e-6  # the same from a track that tells another
    fastest: float = 60.0  # m/s: no vessel explains a faster jump of its AIS position
    pair_distance: float = 150.0  # m: a radar track and an AIS track in step, this close, are taken for one vessel
    pair_speed: float = 2.5  # m/s
    pair_reports: int = 4  # AIS reports in a row that must agree

    # life; deadlines are times since the last support
    late: float = 5.0  # s: a report this much older than its track is moved along the track's velocity
    future: float = 60.0  # s: reports this far ahead of the last tick are refused
    radar_coast: float = 15.0  # s: six turns of 2.5 s missed in a row
    radar_drop: float = 180.0  # s without a plot: out of cover or the radar is silent
    tentative_drop: float = 30.0  # s without a plot
    ais_misses: float = 6.0  # reporting intervals of silence after which AIS is overdue
    ais_drop: float = 1800.0  # s of AIS silence under way
    ais_drop_moored: float = 10800.0  # s of AIS silence at rest
    most: int = 20_000  # tracks: an AIS report is weighed against all, so this bounds the time of a step
    ais_drop_tentative: float = 1200.0  # s after a single report: six intervals of a vessel at rest
