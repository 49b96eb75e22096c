"""One vessel's AIS falls silent while radar keeps it: it stays the same vessel, and the picture says what was lost.

    python docs/gallery/05_ais_lost.py -o ais_lost.png

A simulated strait; after 40 s, every sentence of one cargo ship is taken out of the bytes.
"""

from __future__ import annotations

import numpy as np
from chart import BLUE, GREEN, GREY, ORANGE, RED, arguments, chart, inputs, legend, plt, save, simulation

from mihari.core.picture import Source, VesselStatus
from mihari.core.reports import Tick
from mihari.formats.ais import decode_bytes
from mihari.pipeline import Pipeline

SILENT_FROM, SECONDS = 40.0, 140.0
STATES = {
    Source.RADAR | Source.AIS: ("radar and AIS", BLUE),
    Source.AIS: ("AIS only", GREY),
    Source.AIS | Source.LOST_RADAR: ("AIS, radar lost", GREY),
    Source.RADAR | Source.LOST_AIS: ("radar, AIS lost", RED),
    Source.RADAR: ("radar only", ORANGE),
}
options = arguments(__doc__, "05_ais_lost.png")
strait = simulation()
start = strait.scenario.start
# a cargo ship that both radars find all the time
covered = strait.cover(start).all(1) & strait.cover(start + SECONDS).all(1)
chosen = int(np.flatnonzero((strait.vessels.kind == "cargo") & covered)[0])
mmsi = int(strait.vessels.mmsi[chosen])


datagrams = list(strait.stream(SECONDS))
late = [d for d in datagrams if d.channel.startswith("ais") and d.time >= start + SILENT_FROM]
messages = decode_bytes(b"".join(d.data for d in late)).messages
line_ends = np.cumsum([d.data.count(b"\n") for d in late])
own = np.searchsorted(line_ends, messages.line[messages.mmsi == mmsi], side="right")
removed = {id(late[k]) for k in own}

given, registry = inputs(strait, (d for d in datagrams if id(d) not in removed))
pipeline, rows = Pipeline(registry.all(), strait.mask.on_land), []
for item in given:
    pipeline.take(item)
    if isinstance(item, Tick):
        vessels = pipeline.picture().vessels
        for k in np.flatnonzero(vessels.mmsi == mmsi):
            place = float(vessels.lat_deg[k]), float(vessels.lon_deg[k])
            ages = item.time - vessels.heard_radar[k], item.time - vessels.heard_ais[k]
            rows.append((item.time - start, int(vessels.id[k]), int(vessels.source[k]), *place, *ages))
time, ids, source, lat, lon, radar_age, ais_age = (np.array(column) for column in zip(*rows, strict=True))
lost_at = time[source == Source.RADAR | Source.LOST_AIS].min()
print(
    f"MMSI {mmsi}: silent from {SILENT_FROM:.0f} s, told as AIS lost from {lost_at:.0f} s, "
    f"ids {sorted(set(ids.tolist()))}"
)
print(f"status at the end: {VesselStatus(int(vessels.status[vessels.mmsi == mmsi][0])).name.lower()}")

figure, axes = plt.subplot_mosaic(
    [["map", "told"], ["map", "ages"]],
    figsize=(11.5, 5.6),
    layout="constrained",
    width_ratios=[1, 1.3],
    height_ratios=[1, 6],
)
left, told, right = axes["map"], axes["told"], axes["ages"]
middle, half = ((lat.min() + lat.max()) / 2, (lon.min() + lon.max()) / 2), max(np.ptp(lat), np.ptp(lon), 0.06)
chart(left, (middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half))
others = vessels.take(vessels.mmsi != mmsi)
left.plot(others.lon_deg, others.lat_deg, ".", color=GREY, markersize=5, label="other vessels at the end")
for state, (label, colour) in STATES.items():
    here = source == int(state)
    if here.any():
        left.plot(lon[here], lat[here], ".", color=colour, markersize=4, label=label)
        told.bar(time[here], 1, 1.0, align="edge", color=colour)
        told.text(time[here].mean(), 0.5, label, ha="center", va="center", fontsize=8, color="white")
legend(left, loc="upper left")
left.set_title(f"where the picture told vessel {ids[0]}, MMSI {mmsi}", fontsize=10)
told.set(xlim=(0, SECONDS), ylim=(0, 1), yticks=[], xticks=[])
told.set_title("sources, as the picture tells them", fontsize=10)
right.plot(time, ais_age, color=GREEN, label="AIS")
right.plot(time, radar_age, color="black", linewidth=1, label="radar")
right.axvline(SILENT_FROM, color="black", linestyle=":", linewidth=1)
right.text(SILENT_FROM - 2, 0.6, "from here its sentences are removed", rotation=90, ha="right", va="center",
           fontsize=8, transform=right.get_xaxis_transform())  # fmt: skip
right.set(xlabel="time since the start, s", ylabel="time since last heard, s", xlim=(0, SECONDS), ylim=(0, None))
right.grid(color="#dddddd")
legend(right, loc="upper left")
right.set_title(f"AIS is called lost when last heard {ais_age[time == lost_at][0]:.0f} s ago", fontsize=10)
save(figure, options.output)
