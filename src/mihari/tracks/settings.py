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
    acceleration: float = 3e-4  # m²/s³ of a slow vessel: 0.05 m/s over 10 s; ours, so that course is known in time
    swerves: float = 1.2e-5  # 1/s, more of it per (m/s)² of speed: a quick vessel swerves farther; ours
    agility: float = 2.25  # m²/s³, the same for a vessel that manoeuvres (1.5², mode "CV high" of Hem, Brekke, Tokle)
    holds: float = 1500.0  # s, mean time for a vessel to hold on; ours
    manoeuvres: float = 25.0  # s, mean time of a manoeuvre or a turn; ours
    agile: float = 0.02  # share of vessels that manoeuvre when first seen; ours
    turning: float = 0.02  # and of those that turn; ours
    resting: float = 0.2  # and of those that lie still; ours
    rest_sd: float = 0.13  # m/s per axis of a vessel that lies still: tide, a swinging anchor
    rest_noise: float = 1e-6  # m²/s³ of that
    rests: float = 100_000.0  # s, mean time at rest
    stops: float = 200.0  # s, mean time until a vessel lies still that hardly moves
    stopping: float = 1.0  # m/s, speed at which that is less likely by exp(-1/2)
    turn_sd: float = 0.02  # rad/s of vessels that begin to turn: 1.1°/s
    turn_noise: float = 1e-5  # rad²/s³ of their rate of turn: 0.6°/s in 10 s
    speed_sd: float = 4.5  # m/s per axis of a vessel of which only a position is known: 2 σ are 17 kn
    speed_sd_agile: float = 8.0  # m/s, the same in the mode that manoeuvres: 2 σ are 31 kn
    rebase: float = 2000.0  # m from its origin at which a track's plane is re-based: the plane is off by 0.1 mm there

    # gate
    gate: float = 16.0  # squared Mahalanobis distance: holds 99.97 % in two dimensions
    reach: float = 800.0  # m, no radar gate is wider but for plots that err more: 25 m/s for 30 s

    # association
    sweeps: int = 100  # rounds of belief propagation; nearly always fewer than 20
    settled: float = 1e-5  # change of a message, relative, at which a cluster is done

    # existence
    survival_s: float = 3600.0  # mean time a vessel stays in cover
    birth: float = 0.05  # density of vessels not yet tracked over that of clutter by the sensor's own figure
    birth_told: float = 4.0  # the same of what people tell: four in five are right, and of nobody known before
    birth_ais: float = 1e-9  # AIS vessels not yet tracked per m²: one in 1,000 km²
    # begin, confirm, keep, drops, hiding, plots: sweeps on seeds 101 to 118 of made-up seas of 50, 200, 1,000 vessels
    confirm: float = 0.85  # existence
    keep: float = 0.7  # a track that is seen with less probability is coasted: two misses in a row
    drop: float = 0.004  # existence
    drop_once: float = 0.01  # the same of what was seen once: one miss is enough
    begin: float = 0.005  # existence below which a plot begins no track
    plots: int = 2  # that a radar track needs for confirmation
    lasting: float = 0.98  # and the probability that it lasts, by what became of others there; 0: not asked
    hiding: float = 200.0  # s, mean time for a vessel seen by radar to become invisible to it
    showing: float = 7.0  # s, mean time for a hidden vessel to show again, when AIS never spoke for it
    showing_ais: float = 600.0  # s, the same where AIS holds it: a plastic hull stays invisible
    one_vessel: float = 1.2  # existence of two tracks that share a plot, together, up to which they may be one vessel
    one_vessel_most: float = 0.999  # existence of what is made of them, at most
    same_vessel: float = 9.0  # squared distance of their states, in the spread of both: 94 % in four dimensions
    second_plot: float = 0.05  # probability of a second plot of one hull in a turn (sector border, split echo)
    # who is who after two met: sweeps on seeds 101 to 130 of crossings, overtakings and fleets
    doubt: float = 0.3  # probability of one plot for either of two tracks, from which they may be taken for each other
    exchange: float = 0.3  # log-likelihood by which it must be likelier that they were
    recall: float = 0.01  # m²/s³ by which a vessel's velocity wanders meanwhile

    # cameras
    camera_errors: float = 2.0  # s for which one picture misses and errs as the last did: they count for one together
    camera_holds: float = 120.0  # s, mean time for which a vessel is seen by cameras or not
    camera_least: float = 0.4  # visibility to cameras below which a track that they look at waits to be confirmed
    camera_waits: float = 60.0  # s that it waits at most: a vessel without lights, fog
    known: float = 0.02  # share of the range, and
    known_m: float = 25.0  # m beside it, to which a bearing or range leaves a place known that it is to support

    # clutter, learned in rings of equal width per radar
    clutter_turns: float = 20.0  # turns over which a ring's clutter is averaged
    clutter_s: float = 60.0  # and no less than this long: cameras look often
    clutter_weight: float = 5.0  # plots that the sensor's own figure counts for at the start

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
    radar_coast: float = 7.5  # s without a plot, three turns of 2.5 s, missed or not looked at
    radar_drop: float = 180.0  # s without a plot: out of cover or the radar is silent
    tentative_drop: float = 30.0  # s without a plot
    area_drop: float = 600.0  # s after what a person told, if nothing else told of it
    ais_misses: float = 6.0  # reporting intervals of silence after which AIS is overdue
    ais_drop: float = 1800.0  # s of AIS silence under way
    ais_drop_moored: float = 10800.0  # s of AIS silence at rest
    most: int = 20_000  # tracks: an AIS report is weighed against all, so this bounds the time of a step
    ais_drop_tentative: float = 1200.0  # s after a single report: six intervals of a vessel at rest
