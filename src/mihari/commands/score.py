"""`mihari score`: tracks against truth, as a table, as JSON and as a picture of where it went wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mihari.commands.console import Advance, Number, as_json, print_json, progress
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.coast import Area
    from mihari.score.judge import Judge
    from mihari.simulate import Scenario

MOST_CUTOFF = 1e7  # m: a quarter of the way round the Earth
MOST_ORDER = 20.0  # the largest error decides alone long before; 1e7^20 is far from the end of double precision


@click.command(
    epilog="""\b
Examples:
  mihari simulate strait -o recorded --duration 600
  mihari track recorded/*.pcap recorded/*.nmea -o tracks.parquet
  mihari score tracks.parquet recorded/truth.parquet
"""
)
@click.argument("tracks", type=click.Path(path_type=Path))
@click.argument("truth", type=click.Path(path_type=Path))
@click.option(
    "--cutoff", type=Number(0.0, above=True, most=MOST_CUTOFF), default=100.0, show_default=True, metavar="METRES",
    help="A track farther off holds no vessel.",
)  # fmt: skip
@click.option(
    "--order", type=Number(1.0, most=MOST_ORDER), default=2.0, show_default=True, metavar="P",
    help="Of GOSPA, OSPA and OSPA(2).",
)  # fmt: skip
@click.option(
    "--alpha", type=Number(0.0, above=True, most=2.0), default=2.0, show_default=True, metavar="ALPHA", help="Of GOSPA."
)
@click.option(
    "--window", type=Number(0.0, above=True), default=60.0, show_default=True, metavar="SECONDS", help="Of OSPA(2)."
)
@click.option("--everyone", is_flag=True, help="Judge vessels that no radar could see, too.")
@click.option(
    "--clairvoyant", "folder", type=click.Path(path_type=Path), metavar="FOLDER",
    help="Of the simulation: beside the scores those of a tracker that is told which report is whose.",
)  # fmt: skip
@click.option(
    "--events", type=click.Path(path_type=Path), metavar="FILE", help="What happened (events.parquet), with --alerts."
)
@click.option(
    "--alerts", type=click.Path(path_type=Path), metavar="FILE", help="Alerts to be held against --events (Parquet)."
)
@click.option(
    "--plot", type=click.Path(path_type=Path), metavar="FILE.svg", help="A picture of where and when it went wrong."
)
@as_json
def score(
    tracks: Path,
    truth: Path,
    cutoff: float,
    order: float,
    alpha: float,
    window: float,
    everyone: bool,
    folder: Path | None,
    events: Path | None,
    alerts: Path | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Score TRACKS (as `mihari track` writes them) against TRUTH (as `mihari simulate` does), in cover alone."""
    from mihari.commands.score_plot import checked, picture, write
    from mihari.score.judge import Judge, Settings
    from mihari.score.report import over_time, report

    if (events is None) != (alerts is None):
        raise BadInput("--events and --alerts go together: alerts are held against what happened")
    if plot is not None:
        plot = checked(plot)
    judge = Judge(Settings(cutoff, order, alpha, window, everyone), _radars(truth))
    with progress("scoring", quiet=as_json) as advance:
        _judged(judge, tracks, truth, advance)
    if not any(instant.vessels for instant in judge.instants):
        raise BadInput(f"{truth}: no vessel is ever in cover of a radar (--everyone judges them all)")
    found, limit = report(judge), None
    if folder is not None:
        from mihari.commands.score_clairvoyant import judged_clairvoyant

        times = [instant.time for instant in judge.instants]
        limit = judged_clairvoyant(folder, truth, times, judge.settings, judge.radars)
        found["clairvoyant"] = report(limit)
    if plot is not None:
        write(plot, picture(judge, _area(truth, judge), limit))
    if events is not None and alerts is not None:
        found["alerts"] = _alerts(judge, events, alerts)
    if as_json:
        print_json(found | {"over_time": over_time(judge)})
    else:
        from mihari.commands.score_table import show

        show(found)


def _judged(judge: Judge, tracks: Path, truth: Path, advance: Advance) -> None:
    """Every moment of the files through the judge."""
    from mihari.score.files import TrackFile, TruthFile, moments

    told, true = TrackFile(tracks), TruthFile(truth)
    for moment in moments(told.during(true), true, tracks):
        judge.take(moment)
        advance(told.share)


def _alerts(judge: Judge, events: Path, alerts: Path) -> dict[str, Any]:
    """The scores of a file of alerts, and of each kind in it."""
    from mihari.score.alert_files import alerted, happened
    from mihari.score.alerts import by_kind, score_alerts
    from mihari.score.report import alerts_told, vessel_days

    told, true, days = alerted(alerts, judge.followed()), happened(events), vessel_days(judge)
    kinds = {kind: alerts_told(one) for kind, one in by_kind(told, true, days).items()}
    return alerts_told(score_alerts(told, true, days)) | {"by_kind": kinds}


def _scenario(truth: Path) -> Scenario | None:
    """The scenario that `mihari simulate` wrote beside the truth; None where there is none."""
    from mihari.simulate import load

    beside = truth.with_name("scenario.toml")
    return load(beside) if beside.exists() else None


def _radars(truth: Path) -> list[tuple[float, float]]:
    """Where the radars of the simulation stand, as far as is known; one aboard stands nowhere."""
    scenario = _scenario(truth)
    return [(r.lat_deg, r.lon_deg) for r in scenario.radars if r.aboard is None] if scenario else []


def _area(truth: Path, judge: Judge) -> Area | None:
    """The scenario's coast; without a scenario the finest that is at hand there; None on the open sea."""
    from mihari import coast
    from mihari.simulate.scenario import OPEN_SEA

    scenario = _scenario(truth)
    if scenario is not None:
        return None if scenario.area == OPEN_SEA else coast.load(scenario.area)
    held = judge.held()
    areas = [coast.load(name) for name in coast.areas()]
    return min(
        (a for a in areas if a.covers(held.lat_deg, held.lon_deg).all()), key=lambda a: a.width_deg, default=None
    )
