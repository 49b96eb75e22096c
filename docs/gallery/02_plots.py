"""From a radar's datagrams to plots on the coastline.

    python docs/gallery/02_plots.py [RADAR.pcap] -o plots.png

Without a capture: one simulated minute of the radar on Kume island, 24 turns. What moves leaves a row of plots, what
lies still a heap of them; single dots are clutter.
"""

from __future__ import annotations

import time
from itertools import islice

import numpy as np
from chart import BLUE, GREY, METRES_A_DEGREE, arguments, box_of, chart, inputs, legend, plt, save, simulation

from mihari.core.health import Health
from mihari.core.reports import ReportKind, Reports, Sector
from mihari.feeds import FeedAddress, SensorRegistry, recorded

options = arguments(__doc__, "02_plots.png", "a capture of ASTERIX 048 or 010 (.pcap); default: a simulated minute")
if options.recording:
    registry = SensorRegistry()
    address = FeedAddress.of_recording(str(options.recording))
    given = recorded([address], registry, [Health(0, address.name, address.text)], time.time)
else:
    strait = simulation()
    given, registry = inputs(strait, (d for d in strait.stream(60.0) if d.channel == "radar-0"))

swept = [item for item in islice(given, 200_000) if isinstance(item, Sector)]
plots = Reports.concatenate([sector.reports for sector in swept])
plots = plots.take(np.isfinite(plots.lat_deg) & (plots.kind != ReportKind.RADAR_TRACK))
radars = [sensor for sensor in registry.all() if sensor.placed and sensor.index in set(plots.sensor.tolist())]
print(f"{len(plots)} plots of {len(radars)} radars in {len(swept)} sectors")

primary = plots.take(plots.kind != ReportKind.TRANSPONDER)
others = plots.take(plots.kind == ReportKind.TRANSPONDER)
seconds = np.ptp(plots.time)


def busiest(size_deg: float = 0.1) -> tuple[float, float, float, float]:
    """The box of that height with the most plots, 8 km and more away from every radar."""
    far = plots.range > 8000.0
    cells = np.column_stack([plots.lat_deg, plots.lon_deg])[far] // size_deg
    south, west = np.array(max(map(tuple, cells), key=list(map(tuple, cells)).count)) * size_deg
    return south, west, south + size_deg, west + size_deg


figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 5.8), layout="constrained", width_ratios=[1, 1.05])
zoom = busiest()
for ax, box, size in ((left, box_of(plots.lat_deg, plots.lon_deg, share=1.0), 1.5), (right, zoom, 14)):
    chart(ax, box)
    dots = ax.scatter(primary.lon_deg, primary.lat_deg, c=primary.time - plots.time.min(), s=size, cmap="plasma_r",
                      vmin=0, vmax=seconds, linewidths=0, zorder=3)  # fmt: skip
    if len(others):
        ax.plot(others.lon_deg, others.lat_deg, "x", color=GREY, markersize=4, label="transponder (aircraft)")
figure.colorbar(dots, ax=right, label="time since the first plot, s", shrink=0.8)
for sensor in radars:
    left.plot(sensor.lon_deg, sensor.lat_deg, "^", color=BLUE, markersize=9, zorder=5, label=f"radar {sensor.name}")
turn = np.linspace(0, 2 * np.pi, 200)
for sensor in radars[:4]:
    reach = sensor.range_max / METRES_A_DEGREE
    east = reach * np.sin(turn) / np.cos(np.radians(sensor.lat_deg))
    left.plot(sensor.lon_deg + east, sensor.lat_deg + reach * np.cos(turn), "--", color=BLUE, linewidth=0.7)
left.add_patch(plt.Rectangle((zoom[1], zoom[0]), zoom[3] - zoom[1], zoom[2] - zoom[0], fill=False, zorder=6))
left.set_title(f"{len(plots):,} plots in {seconds:.0f} s (dashed: range; square: the right side)", fontsize=10)
right.set_title("rows: vessels under way; heaps: vessels at rest; single dots: clutter", fontsize=10)
if left.get_legend_handles_labels()[1]:
    legend(left)
save(figure, options.output)
