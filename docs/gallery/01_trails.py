"""Decode an AIS log and draw where everybody went.

    python docs/gallery/01_trails.py [LOG.nmea] -o trails.png

Without a log: a simulated strait in which only the AIS stations are switched on.
"""

from __future__ import annotations

import gzip
from dataclasses import replace

import numpy as np
from chart import BLUE, GREEN, ORANGE, arguments, box_of, chart, legend, plt, save

from mihari.formats.ais import decode_bytes, decode_file
from mihari.simulate import Simulation, load

options = arguments(__doc__, "01_trails.png", "an AIS log (.nmea, .gz); default: 20 simulated minutes")
if options.recording:
    packed = options.recording.suffix == ".gz"
    decoded = (
        decode_bytes(gzip.decompress(options.recording.read_bytes())) if packed else decode_file(options.recording)
    )
else:
    only_ais = Simulation(replace(load("strait"), radars=()))
    decoded = decode_bytes(b"".join(datagram.data for datagram in only_ais.stream(1200.0)))
messages = decoded.messages
refused = decoded.refused.counts()
print(f"{len(messages)} messages accepted of {decoded.lines} lines; refused: {refused or 'none'}")

placed = messages.take(messages.has_position & (messages.message_type != 4))
aids = placed.take(placed.message_type == 21)
vessels = placed.take(np.isin(placed.message_type, (1, 2, 3, 9, 18, 19, 27)))

if len(vessels) == 0:
    raise SystemExit(f"{options.recording}: no position of a vessel in it")
figure, ax = plt.subplots(figsize=(8.4, 7.2), layout="constrained")
box = box_of(vessels.lat_deg, vessels.lon_deg)
chart(ax, box)
class_b = np.isin(vessels.message_type, (18, 19))
for mask, colour, label in ((~class_b, BLUE, "class A"), (class_b, GREEN, "class B")):
    order = np.flatnonzero(mask)
    order = order[np.argsort(vessels.mmsi[order], kind="stable")]  # each vessel's positions together, in order of time
    for rows in np.split(order, np.flatnonzero(np.diff(vessels.mmsi[order])) + 1):
        ax.plot(vessels.lon_deg[rows], vessels.lat_deg[rows], color=colour, linewidth=0.9)
        ax.plot(vessels.lon_deg[rows[-1:]], vessels.lat_deg[rows[-1:]], "o", color=colour, markersize=2.6)
    ax.plot([], [], "o-", color=colour, markersize=2.6, label=label)
ax.plot(aids.lon_deg, aids.lat_deg, "D", color=ORANGE, markersize=5, label="aid to navigation")
ax.set_title(
    f"{len(np.unique(vessels.mmsi))} vessels in {len(messages):,} AIS messages (dot: last position)", fontsize=11
)
legend(ax)
save(figure, options.output)
