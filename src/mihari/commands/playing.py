"""`mihari replay ARCHIVE`: an archive as it happened, or checked against itself."""

from __future__ import annotations

import math
import time
import webbrowser
from pathlib import Path
from typing import Any

import click

from mihari.archive.times import span
from mihari.commands.console import print_json, progress
from mihari.core.errors import BadInput
from mihari.core.times import told_time


def play(
    folder: Path, begin: str | None, end: str | None, speed: float, port: int | None, threads: int,
    summary: bool, browser: bool,
) -> None:  # fmt: skip
    """Play it on the map, or without one where only the summary is asked for."""
    from mihari.archive.reader import ArchiveReader
    from mihari.playback import Playback

    reader = ArchiveReader(folder)
    first, last = span(reader, begin, end)
    playback = Playback(reader, first, last, speed, None if summary else (8080 if port is None else port), threads)
    began, stopped = time.monotonic(), False
    try:
        playback.start()
        if playback.begun > first:
            click.echo(f"mihari: {folder} begins at {told_time(playback.begun)}: played from then on", err=True)
            first = playback.begun
        if playback.face is not None:
            click.echo(
                f"mihari: {told_time(first)} to {told_time(last)} at {playback.face.url} (Ctrl-C ends)", err=True
            )
            if browser:
                webbrowser.open(playback.face.url)
        with progress("playing", quiet=not summary) as advance:
            for step in playback.play():
                if step.number % 500 == 0 and math.isfinite(step.at):
                    advance(min(max((step.at - first) / max(last - first, 1.0), 0.0), 1.0))
        if playback.face is not None:
            click.echo("mihari: the end of what was asked for; the picture stays until Ctrl-C", err=True)
            while True:
                time.sleep(3600.0)
    except KeyboardInterrupt:
        stopped = True
    finally:
        playback.stop()
    if summary:
        print_json(told(playback, time.monotonic() - began))
    if stopped:
        raise KeyboardInterrupt


def told(playback: Any, seconds: float) -> dict[str, Any]:
    """What the replay came to, with hashes of tracks and picture: the same whenever it is repeated."""
    from mihari.rebuild import digest, picture_digest

    pipeline = playback.rebuilt.pipeline
    tracks, picture = pipeline.tracker.tracks(), pipeline.picture()
    return {
        "from": told_time(playback.begun),
        "to": told_time(pipeline.time),
        "steps": playback.steps,
        "plots": pipeline.plots,
        "reports": pipeline.reports,
        "tracks": len(tracks),
        "vessels": len(picture.vessels),
        "tracks_hash": digest(tracks),
        "picture_hash": picture_digest(picture),
        "seconds": round(seconds, 2),
        "speed": round((pipeline.time - playback.begun) / max(seconds, 1e-3), 1),
    }


def verify(folder: Path, begin: str | None, end: str | None, threads: int, as_json: bool) -> None:
    """Rebuild every snapshot from the one before it; exit code 1 where one differs."""
    from mihari.archive.reader import ArchiveReader
    from mihari.rebuild import verified

    reader = ArchiveReader(folder)
    first, last = span(reader, begin, end)
    found = []
    with progress("verifying", quiet=as_json) as advance:
        for checked in verified(reader, first, last, threads):
            found.append(checked)
            advance(min(max((checked.end - first) / max(last - first, 1.0), 0.0), 1.0))
    wrong = [c for c in found if c.differs]
    if as_json:
        print_json({"checked": len(found), "steps": sum(c.steps for c in found), "differing": [_row(c) for c in wrong]})
    else:
        for c in wrong:
            click.echo(f"{told_time(c.begin)} to {told_time(c.end)}: differs in {', '.join(c.differs[:6])}")
        steps = sum(c.steps for c in found)
        click.echo(
            f"{len(found)} stretches between snapshots, {steps} steps: {len(found) - len(wrong)} bit for bit the same"
        )
    if not found:
        raise BadInput(f"{folder}: fewer than two snapshots of one run in that time: nothing to verify")
    if wrong:
        raise SystemExit(1)


def _row(checked: Any) -> dict[str, Any]:
    return {"from": told_time(checked.begin), "to": told_time(checked.end), "differs": checked.differs}
