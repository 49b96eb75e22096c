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


def judged_clairvoyant(
    folder: Path, truth: Path, times: Sequence[float], settings: Settings, radars: Sequence[tuple[float, float]]
) -> Judge:
    """A judge that has seen the clairvoyant's tracks at `times` (UTC s). BadInput for a folder without a simulation."""
    from mihari.score.files import TruthFile, moments
    from mihari.score.judge import Judge

    judge = Judge(settings, radars)
    asked = np.asarray(times, float)
    for moment in moments(_by_time(_tracks(folder, truth, asked, settings.cutoff), asked), TruthFile(truth), folder):
        judge.take(moment)
    return judge


def _tracks(folder: Path, truth: Path, asked: Array, cutoff: float) -> Believed:
    from mihari.score.clairvoyant import NOISE, OTHER_NOISE, clairvoyant
    from mihari.score.labelled import kinds

    noise = {vessel: NOISE.get(kind, OTHER_NOISE) for vessel, kind in kinds(truth).items()}
    return clairvoyant(told_reports(folder, truth), noise, asked, cutoff)


def told_reports(folder: Path, truth: Path) -> Reported:
    """Every plot and AIS position of the folder's recordings that is a vessel's own, with its name."""
    from mihari.score.clairvoyant import Reported
    from mihari.score.files import TruthFile
    from mihari.score.labelled import heard, plotted
    from mihari.simulate import load

    beside = folder / "scenario.toml"
    if not beside.exists():
        raise BadInput(f"{folder}: no scenario.toml in it, expected a folder that `mihari simulate -o` wrote")
    seen = plotted(folder / "plots.parquet", load(beside), truth)
    reports, mmsi = _ais(sorted([*folder.glob("ais-*.nmea"), *folder.glob("sat-*.nmea")]))
    return Reported.concatenate([seen, heard(reports, mmsi, TruthFile(truth))])


def _ais(files: Sequence[Path]) -> tuple[Reports, Array]:
    """Every position in these logs once, and the MMSI it was told under."""
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
            found.append(told)
            mmsi.append(given.claims.mmsi[told.claim])
    return Reports.concatenate(found), np.concatenate(mmsi)


def _by_time(tracks: Believed, asked: Array) -> Iterator[tuple[float, Believed]]:
    """The tracks of each time that was asked for, none included."""
    first, last = (np.searchsorted(tracks.moment, asked, side) for side in ("left", "right"))
    for time, a, b in zip(asked.tolist(), first.tolist(), last.tolist(), strict=True):
        yield time, tracks.take(np.arange(a, b))
