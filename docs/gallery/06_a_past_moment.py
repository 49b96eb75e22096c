"""Two minutes of a strait go into an archive; then a moment in the middle is rebuilt, and held against what it was.

    python docs/gallery/06_a_past_moment.py -o a_past_moment.png

The archive keeps what the pipeline took, and a snapshot now and then; the rest follows bit for bit.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from chart import BLUE, GREY, ORANGE, RED, arguments, box_of, chart, inputs, legend, plt, save, simulation

from mihari.archive.ask import near
from mihari.archive.reader import ArchiveReader
from mihari.archive.store import filed, hours_in
from mihari.archive.writer import Archive, ArchiveSettings
from mihari.core.reports import Sector, Tick
from mihari.keeping import Keeper
from mihari.pipeline import Pipeline
from mihari.rebuild import picture_digest, rebuild

SECONDS, SNAPSHOT_S = 120.0, 20.0
options = arguments(__doc__, "06_a_past_moment.png")
strait = simulation()
moment = strait.scenario.start + 67.0
given, registry = inputs(strait, strait.stream(SECONDS))
pipeline = Pipeline(registry.all(), strait.mask.on_land)

with tempfile.TemporaryDirectory() as folder:
    archive = Archive(ArchiveSettings(Path(folder), free=0.0, snapshot=SNAPSHOT_S), patient=True)
    archive.open({"config": {}}, registry.all())
    keeper, then = Keeper(archive, pipeline), ""
    for item in given:
        keeper.before()
        pipeline.take(item)
        published = isinstance(item, Tick | Sector)
        picture = pipeline.picture() if published else None
        if picture is not None and pipeline.time <= moment:
            then = picture_digest(picture)  # the last one published by that moment
        keeper.after(item, published)
    archive.close()
    now = pipeline.picture().vessels

    reader, began, seen = ArchiveReader(Path(folder)), time.perf_counter(), []
    past = rebuild(reader, strait.scenario.start, strait.mask.on_land)
    past.show = seen.append
    past.until(moment)
    whole = time.perf_counter() - began
    began = time.perf_counter()
    near_by = rebuild(reader, moment, strait.mask.on_land)
    took = time.perf_counter() - began
    vessels = near_by.pipeline.picture().vessels
    again = picture_digest(seen[-1])
    snapshot = near_by.snapshot.time - strait.scenario.start
    middle = (float(np.median(vessels.lat_deg)), float(np.median(vessels.lon_deg)))
    neighbours = near(reader, *middle, 8000.0, moment - 30.0, moment + 30.0)
    parts = filed(hours_in(Path(folder)))
    sizes = {t: sum(f.path.stat().st_size for f in parts if f.part.table == t) for t in {f.part.table for f in parts}}

print(f"picture at {moment - strait.scenario.start:.0f} s: {again}, as it was: {then}, same: {again == then}")
print(f"from the snapshot at {snapshot:.0f} s: {took:.2f} s; from the beginning: {whole:.2f} s")
print(f"within 8 km of the middle in that minute: {len(neighbours)} vessels, nearest {neighbours[0].distance:.0f} m")

figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 5.4), layout="constrained", width_ratios=[1.7, 1])
chart(left, box_of(now.lat_deg, now.lon_deg))
left.plot(now.lon_deg, now.lat_deg, "o", ms=2.5, color=GREY, label=f"at the end, {SECONDS:.0f} s", zorder=3)
left.plot(
    vessels.lon_deg,
    vessels.lat_deg,
    "o",
    ms=3,
    color=BLUE,
    label=f"rebuilt, {moment - strait.scenario.start:.0f} s",
    zorder=4,
)
circle = np.linspace(0, 2 * np.pi, 90)
reach = 8000.0 / 111_132.0
left.plot(
    middle[1] + reach * np.sin(circle) / np.cos(np.radians(middle[0])),
    middle[0] + reach * np.cos(circle),
    color=RED,
    lw=1.2,
    label=f"{len(neighbours)} within 8 km that minute",
    zorder=5,
)
legend(left, loc="upper left")
left.set_title("The picture of a past moment", fontsize=10)
names = sorted(sizes, key=lambda name: sizes[name])
right.barh(names, [sizes[name] / 1024 for name in names], color=[ORANGE if n == "state" else BLUE for n in names])
right.set_xlabel("kB on the disk after two minutes (state: a snapshot each 20 s)", fontsize=8)
right.tick_params(labelsize=8)
right.set_title("What is kept", fontsize=10)
save(figure, options.output)
