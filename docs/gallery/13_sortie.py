"""A TB3 takes off from a ship that sails, is sent over MAVLink to a boat without AIS, and its detections make a track.

    python docs/gallery/13_sortie.py -o sortie.png

All of it is bytes: the mission goes up by the mission protocol, the camera's processor tells of each picture as MISB
ST 0601 with VMTI, the node's feed makes looks of them. The camera is off by a constant angle that nobody knows.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from chart import BLUE, GREEN, GREY, ORANGE, RED, arguments, legend, plt, save

from mihari.core import geodesy
from mihari.core.health import Health
from mihari.core.reports import Tick
from mihari.core.tracks import TrackStatus
from mihari.feeds import Chunk, FeedAddress, SensorRegistry, open_stage
from mihari.formats.mavlink import Encoder, MissionUpload, command, decode_many, items, to_dicts
from mihari.pipeline import Pipeline
from mihari.simulate import Simulation
from mihari.simulate.scenario import parse

SCENE = """
name = "sortie"
area = "open sea"
box_deg = [[25.0, 126.0], [28.0, 129.0]]
start = 2026-11-20T03:00:00Z
seed = 5

[[vessel]]
name = "amami"
kind = "cargo"
length_m = 232
ais = "A"
route_deg = [[26.0, 127.0], [26.4, 127.0]]
speed_kn = 18

[[vessel]]
name = "dark"
kind = "fishing"
length_m = 28
ais = "none"
route_deg = [[26.07, 127.10], [26.10, 127.18]]
speed_kn = 9

[[craft]]
name = "tb3"
profile = "tb3"
aboard = "amami"
"""
SPAN, SHIP, BOAT = 600, 0, 1
options = arguments(__doc__, "13_sortie.png")
simulation = Simulation(parse(SCENE, "sortie.toml"))
start = simulation.scenario.start

# the ground station: one mission, over the same two-way link as a real one
station, outgoing, started = Encoder(255, 190), deque(), False
upload = MissionUpload(
    [
        items.takeoff(600.0, 26.04, 127.04),
        items.region_of_interest(26.0745, 127.112),
        items.loiter_unlimited(26.07, 127.11, 900.0),
    ],
    1,
    1,
)
outgoing.extend(map(station.encode, upload.start(start)))


def inbox(channel: str) -> list[bytes]:
    """What goes up to the aircraft."""
    sent = list(outgoing) if channel == "mavlink-0" else []
    if sent:
        outgoing.clear()
    return sent


sensors, health = SensorRegistry(), Health(0, "eye", "")
eye = open_stage(FeedAddress.parse("udp://:5600?format=klv"), 0, sensors, health)
link = open_stage(FeedAddress.parse("udp://:14550?format=mavlink"), 1, sensors, Health(1, "link", ""))
pipeline, known, tick = Pipeline(), -1, int(start)
path, seen, told = [], [], []
for datagram in simulation.stream(SPAN, inbox=inbox):
    chunk = Chunk(datagram.time, datagram.data)
    if datagram.channel == "mavlink-0":
        link.take(chunk)
        for message in to_dicts(decode_many(datagram.data)):
            outgoing.extend(map(station.encode, upload.take(message, datagram.time)))
        if upload.state == "accepted" and not started:
            started = True
            outgoing.append(station.encode(command.long(300, 1, 1)))
    elif datagram.channel == "klv-0":
        while datagram.time >= tick + 1:
            tick += 1
            pipeline.take(Tick(float(tick)))
            if tick % 10 == 0:
                tracks = pipeline.tracks(float(tick))
                told.append((float(tick), tracks.take(tracks.status == TrackStatus.CONFIRMED)))
        for look in eye.take(chunk):
            if sensors.version != known:
                known, all_sensors = sensors.known()
                pipeline.know(all_sensors)
            pipeline.take(look)
            seen += zip(look.reports.lat_deg.tolist(), look.reports.lon_deg.tolist(), strict=True)
path = [(t.time, t.lat_deg, t.lon_deg, t.height) for t, _ in sensors.roll.drained() if t.height == t.height]
print(f"mission {upload.state}; {health.messages} pictures, {len(seen)} detections, {len(told)} moments")

plane = geodesy.TangentPlane.at(26.0, 127.0)


def flat(lat_deg: object, lon_deg: object) -> tuple[np.ndarray, np.ndarray]:
    """km east and north of where the ship began."""
    east, north = geodesy.to_plane(plane, geodesy.ecef(lat_deg, lon_deg))
    return np.asarray(east) / 1000, np.asarray(north) / 1000


times, errors, spreads, squares = [], [], [], []
figure, axes = plt.subplot_mosaic("ab;ac", figsize=(11.5, 5.8), layout="constrained", width_ratios=[1.2, 1])
ax = axes["a"]
every = np.arange(start, start + SPAN, 10.0)
truth = [simulation.truth(t) for t in every]
for row, colour, name in ((SHIP, GREY, "the ship"), (BOAT, RED, "the boat, in truth")):
    ax.plot(*flat([t.lat_deg[row] for t in truth], [t.lon_deg[row] for t in truth]), color=colour, lw=2, label=name)
ax.plot(*flat([p[1] for p in path], [p[2] for p in path]), color=BLUE, lw=1, label="the aircraft")
ax.plot(*flat([s[0] for s in seen], [s[1] for s in seen]), ".", color=GREEN, ms=2, alpha=0.4, label="detections")
for time, tracks in told:
    for k in range(len(tracks)):
        east, north = flat(tracks.lat_deg[k], tracks.lon_deg[k])
        P = np.array([[tracks.cov_ee[k], tracks.cov_en[k]], [tracks.cov_en[k], tracks.cov_nn[k]]]) / 1e6
        true = simulation.truth(time)
        boat = np.array(flat(true.lat_deg[BOAT], true.lon_deg[BOAT]))
        off = np.array([east, north]) - boat
        if np.hypot(*off) > 2.0:
            continue
        times.append(time - start)
        errors.append(1000 * np.hypot(*off))
        spreads.append(1000 * np.sqrt(np.trace(P)))
        squares.append(off @ np.linalg.solve(P, off) / 2)
        if round(time) % 60 == 0:
            turn = np.linspace(0, 2 * np.pi, 50)
            ring = 2.45 * np.linalg.cholesky(P) @ np.stack([np.cos(turn), np.sin(turn)])
            ax.plot(east + ring[0], north + ring[1], color=ORANGE, lw=1)
ax.plot([], [], color=ORANGE, label="the track's 95 % ellipses")
ax.set(aspect="equal", xlabel="km east", ylabel="km north")
legend(ax, loc="lower right")
axes["b"].plot(times, errors, color=RED, label="error of the track")
axes["b"].plot(times, spreads, color=ORANGE, label="what the track says of itself")
axes["b"].set(ylabel="m", ylim=(0, None))
legend(axes["b"])
axes["c"].plot([p[0] - start for p in path], [p[3] for p in path], color=BLUE)
axes["c"].set(xlabel="s after the start", ylabel="height of the aircraft, m", xlim=(0, SPAN))
axes["b"].set(xlim=(0, SPAN))
print(f"error {np.median(errors):.0f} m, told {np.median(spreads):.0f} m, NEES a dimension {np.mean(squares):.2f}")
save(figure, options.output)
