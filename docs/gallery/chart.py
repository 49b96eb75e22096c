"""What the programs of the gallery share: simulated input without a network, charts with a coastline, pictures."""

from __future__ import annotations

import argparse
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.path import Path as Outline
from PIL import Image

from mihari import coast
from mihari.core.health import Health
from mihari.core.reports import Batch, Input, Sector
from mihari.feeds import Chunk, FeedAddress, SensorRegistry, Stage, merge, open_stage, timed, with_ticks
from mihari.simulate import Datagram, Simulation, load, sensors

LAND, SEA, SHORE = "#e9e3d0", "#f3f8fb", "#b3a98c"
BLUE, ORANGE, GREEN, RED, GREY = "#0072b2", "#d55e00", "#009e73", "#c02040", "#7a7a7a"
NAUTICAL_MILE = 1852.0
METRES_A_DEGREE = 111_132.0  # of latitude, mean
TOGETHER = 256  # datagrams decoded at one go; how they are grouped changes no report


def arguments(doc: str, picture: str, recording: str = "") -> argparse.Namespace:
    """The command line: `-o PICTURE`, and a recording where the program takes one."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    if recording:
        parser.add_argument("recording", nargs="?", type=Path, help=recording)
    parser.add_argument("-o", "--output", type=Path, default=Path(picture), help="the picture (PNG)")
    return parser.parse_args()


def simulation(name: str = "strait", seed: int | None = None) -> Simulation:
    """A built-in coast. Its radars tell eight wide sectors a turn here: fewer steps, the same plots."""
    scenario = load(name)
    radars = tuple(replace(radar, sectors=8) for radar in scenario.radars)
    return Simulation(replace(scenario, radars=radars, seed=scenario.seed if seed is None else seed))


def inputs(simulated: Simulation, datagrams: Iterable[Datagram]) -> tuple[Iterator[Input], SensorRegistry]:
    """The simulated bytes through the real feeds, one for each channel: inputs with ticks, and the sensors."""
    registry = SensorRegistry(sensors(simulated.scenario))
    by_channel: dict[str, list[Chunk]] = {name: [] for name in simulated.channels}
    for datagram in datagrams:
        by_channel[datagram.channel].append(Chunk(datagram.time, datagram.data))
    lanes = []
    for lane, (name, chunks) in enumerate(by_channel.items()):
        kind = "asterix" if name.startswith("radar") else "ais"
        address = FeedAddress.parse(f"udp://:{8600 + lane}?name={name}", kind)
        stage = open_stage(address, lane, registry, Health(lane, name, address.text))
        lanes.append(timed(_through(stage, chunks), lane))
    return with_ticks(merge(lanes)), registry


def _through(stage: Stage, chunks: list[Chunk]) -> Iterator[Batch | Sector]:
    for first in range(0, len(chunks), TOGETHER):
        yield from stage.take(*chunks[first : first + TOGETHER])
    yield from stage.finish()


def box_of(lat_deg: Any, lon_deg: Any, share: float = 0.995, margin: float = 0.08) -> tuple[float, float, float, float]:
    """South, west, north, east around that share of the places, with a margin."""
    ends = [(1 - share) / 2, (1 + share) / 2]
    (south, north), (west, east) = np.quantile(lat_deg, ends), np.quantile(lon_deg, ends)
    more = margin * max(north - south, east - west, 0.01)
    return south - more, west - more, north + more, east + more


def area_for(box: tuple[float, float, float, float]) -> coast.Area:
    """The finest built-in coastline that covers the middle of the box."""
    south, west, north, east = box
    fine = [coast.load(name) for name in coast.areas() if name != "world"]
    middle = ((south + north) / 2, (west + east) / 2)
    return next((area for area in fine if bool(area.covers(*middle))), coast.load("world"))


def chart(ax: Any, box: tuple[float, float, float, float], area: coast.Area | None = None) -> None:
    """Land, degrees, a scale in nautical miles; one nautical mile is as long to the east as to the north."""
    south, west, north, east = box
    area = area or area_for(box)
    ax.set_facecolor(SEA)
    vertices, codes = [], []
    for ring in range(len(area.level)):  # even rings are lakes: holes by the even-odd rule of opposite turns
        part = slice(area.starts[ring], area.starts[ring + 1])
        points = np.column_stack([area.lon_deg[part], area.lat_deg[part]])
        if points[:, 0].max() < west or points[:, 0].min() > east:
            continue
        if points[:, 1].max() < south or points[:, 1].min() > north:
            continue
        turn = np.sum(points[:, 0] * np.roll(points[:, 1], -1) - points[:, 1] * np.roll(points[:, 0], -1))
        points = points if (turn > 0) == bool(area.level[ring] % 2) else points[::-1]
        vertices.append(np.concatenate([points, points[:1]]))
        codes.append([Outline.MOVETO] + [Outline.LINETO] * (len(points) - 1) + [Outline.CLOSEPOLY])
    if vertices:
        outline = Outline(np.concatenate(vertices), np.concatenate(codes))
        ax.add_patch(matplotlib.patches.PathPatch(outline, facecolor=LAND, edgecolor=SHORE, linewidth=0.6, zorder=0.5))
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.set_aspect(1 / math.cos(math.radians((south + north) / 2)))
    ax.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(5))
    ax.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(6))
    ax.xaxis.set_major_formatter(lambda v, _: f"{abs(v):.6g}° {'E' if v >= 0 else 'W'}")
    ax.yaxis.set_major_formatter(lambda v, _: f"{abs(v):.6g}° {'N' if v >= 0 else 'S'}")
    ax.tick_params(labelsize=8)
    ax.grid(color="white", linewidth=0.7, zorder=0.2)
    _scale(ax, box)
    ax.text(0.995, 0.006, _source(area), transform=ax.transAxes,
            ha="right", va="bottom", fontsize=5.5, color=GREY, zorder=9)  # fmt: skip


def _source(area: coast.Area) -> str:
    return "coastline: Natural Earth" if area.name == "world" else "coastline: GSHHG 2.3.6, LGPL; not for navigation"


def _scale(ax: Any, box: tuple[float, float, float, float]) -> None:
    south, west, north, east = box
    metres = METRES_A_DEGREE * math.cos(math.radians(south))
    wanted = (east - west) * metres / NAUTICAL_MILE / 4
    miles = max((m for m in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500) if m <= wanted), default=0.1)
    left, low = west + 0.03 * (east - west), south + 0.03 * (north - south)
    ax.plot([left, left + miles * NAUTICAL_MILE / metres], [low, low], color="black", linewidth=2.5, zorder=9)
    ax.text(left, low + 0.012 * (north - south), f"{miles:g} NM", fontsize=8, va="bottom", zorder=9)


def legend(ax: Any, **more: Any) -> None:
    """A legend that can be read over a chart."""
    ax.legend(**{"loc": "upper right", "fontsize": 8, "framealpha": 0.92, **more}).set_zorder(10)


def save(figure: Any, path: Path, colours: int = 200) -> None:
    """Write the picture with a small palette: a chart needs few colours, and a repository small files."""
    made = io.BytesIO()
    figure.savefig(made, format="png", dpi=110, facecolor="white")
    plt.close(figure)
    picture = Image.open(made).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "METRES_A_DEGREE",
    "ORANGE",
    "RED",
    "arguments",
    "box_of",
    "chart",
    "inputs",
    "legend",
    "plt",
    "save",
    "simulation",
]
