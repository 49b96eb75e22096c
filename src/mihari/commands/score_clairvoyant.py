"""The folder of a simulation -> what a tracker that is told the true association makes of it, for `mihari score`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.core.columns import Array
    from mihari.core.reports import Reports
    from mihari.core.tracks import Believed
    from mihari.score.clairvoyant import Reported
    from mihari.score.judge import Judge, Settings
    from mihari.simulate import Scenario

SAME_M = 1.0  # a truth told between two of its times is a few mm off; other vessels are miles off


def judged_clairvoyant(
    folder: Path, truth: Path, times: Sequence[float], settings: Settings, radars: Sequence[tuple[float, float]]
) -> Judge:
    """A judge that has seen the clairvoyant's tracks at `times` (UTC s). BadInput for a folder without a simulation."""
    from mihari.score.files import TruthFile, moments
    from mihari.score.judge import Judge

    _scenario(folder)
    _same_simulation(folder, truth)
    judge = Judge(settings, radars)
    asked = np.asarray(times, float)
    for moment in moments(_by_time(_tracks(folder, truth, asked, settings.cutoff), asked), TruthFile(truth), folder):
        judge.take(moment)
    return judge


def _same_simulation(folder: Path, truth: Path) -> None:
    """BadInput where the vessels of `truth` are not, at its first time, where those of the folder's own truth are."""
    from mihari.score.files import TruthFile
    from mihari.score.near import points

    given, own = TruthFile(truth), TruthFile(folder / "truth.parquet")
    mine, theirs = given.at(given.first), own.at(given.first)
    if mine is not None and theirs is not None and np.isin(mine.vessel, theirs.vessel).all():
        order = np.argsort(theirs.vessel)
        there = theirs.take(order[np.searchsorted(theirs.vessel[order], mine.vessel)])
        apart = points(mine.lat_deg, mine.lon_deg) - points(there.lat_deg, there.lon_deg)
        if np.linalg.norm(apart, axis=1).max(initial=0.0) < SAME_M:
            return
    raise BadInput(f"{folder}: another simulation than that of {truth}, expected the folder whose truth it is")


def _tracks(folder: Path, truth: Path, asked: Array, cutoff: float) -> Believed:
    from mihari.score.clairvoyant import NOISE, OTHER_NOISE, clairvoyant
    from mihari.score.labelled import kinds

    reported = told_reports(folder, truth)
    least = OTHER_NOISE if _scenario(folder).recorded else 0.0  # a recorded vessel's kind is only a guess
    noise = {vessel: max(NOISE.get(kind, OTHER_NOISE), least) for vessel, kind in kinds(truth).items()}
    return clairvoyant(reported, noise, asked, cutoff)


def _scenario(folder: Path) -> Scenario:
    """The scenario of a recording; BadInput where the folder has none."""
    from mihari.simulate import load

    beside = folder / "scenario.toml"
    if not beside.exists():
        raise BadInput(f"{folder}: no scenario.toml in it, expected a folder that `mihari simulate -o` wrote")
    return load(beside)


def told_reports(folder: Path, truth: Path) -> Reported:
    """Every plot and AIS position of the folder's recordings that is a vessel's own, with its name."""
    from mihari.score.clairvoyant import Reported
    from mihari.score.files import TruthFile
    from mihari.score.labelled import heard, plotted

    scenario = _scenario(folder)
    seen = plotted(folder / "plots.parquet", scenario, truth)
    wrong = {f"ais-{k}.nmea": station.clock_offset for k, station in enumerate(scenario.stations)}
    files = sorted([*folder.glob("ais-*.nmea"), *folder.glob("sat-*.nmea")])
    reports, mmsi = _ais(files, [wrong.get(file.name, 0.0) for file in files])
    return Reported.concatenate([seen, heard(reports, mmsi, TruthFile(truth))])


def _ais(files: Sequence[Path], clock_offset: Sequence[float]) -> tuple[Reports, Array]:
    """Every position in these logs once, by a right clock, and the MMSI it was told under; offsets in s, one a file."""
    from mihari.core.health import Health
    from mihari.core.reports import Batch, ReportKind, Reports
    from mihari.feeds.address import FeedAddress
    from mihari.feeds.registry import SensorRegistry
    from mihari.feeds.replay import recorded
    from mihari.feeds.witnesses import Witnesses

    addresses = [FeedAddress.of_recording(str(file)) for file in files]
    healths = [Health(i, a.name, a.text) for i, a in enumerate(addresses)]
    witnesses, found, mmsi = Witnesses(), [], [np.zeros(0, np.int32)]
    for given in recorded(addresses, SensorRegistry(()), healths, lambda: 0.0, lambda: np.inf):
        given = witnesses.take(given)
        if isinstance(given, Batch):
            own = (given.reports.kind == ReportKind.AIS_POSITION) & (given.reports.claim >= 0)
            told = given.reports.take(own & np.isfinite(given.reports.lat_deg))
            found.append(told.replace(time=told.time - np.asarray(clock_offset)[told.feed]))
            mmsi.append(given.claims.mmsi[told.claim])
    return Reports.concatenate(found), np.concatenate(mmsi)


def _by_time(tracks: Believed, asked: Array) -> Iterator[tuple[float, Believed]]:
    """The tracks of each time that was asked for, none included."""
    first, last = (np.searchsorted(tracks.moment, asked, side) for side in ("left", "right"))
    for time, a, b in zip(asked.tolist(), first.tolist(), last.tolist(), strict=True):
        yield time, tracks.take(np.arange(a, b))
