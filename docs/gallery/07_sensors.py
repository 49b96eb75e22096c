"""Who is seen, and who is not? Radar in six sea states, the sea's own echo, false plots, and AIS among many.

    python docs/gallery/07_sensors.py -o sensors.png

No recording and no simulation: the formulas of `mihari.sensors`, for a coastal radar 50 m above the sea. Prints the
ranges of IMO MSC.192(79) table 2 beside what the profile of a ship's radar reaches.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from chart import BLUE, GREY, NAUTICAL_MILE, ORANGE, arguments, legend, plt, save

from mihari.sensors.ais_link import LinkCurve
from mihari.sensors.ais_slots import message_survival
from mihari.sensors.clutter import sea_reflectivity_db
from mihari.sensors.detection import plot_probability
from mihari.sensors.false_alarms import false_alarms
from mihari.sensors.profiles import PROFILES
from mihari.sensors.radar import echo_area, hull_height
from mihari.sensors.weather import CALM, Weather

options = arguments(__doc__, "07_sensors.png")
COASTAL, MAST = PROFILES["coastal X-band"], 50.0
STATES = (0, 1, 2, 3, 4, 5, 6)
COLOURS = plt.colormaps["viridis"](np.linspace(0.0, 0.92, len(STATES)))
IMO = (  # name, echo area m², height m, NM asked of X band, a point?
    ("ship above 5,000 GT", 50_000.0, 10.0, 11.0, False),
    ("ship above 500 GT", 1_800.0, 5.0, 8.0, False),
    ("small vessel with reflector", 7.5, 4.0, 5.0, True),
    ("buoy with corner reflector", 10.0, 3.5, 4.9, True),
    ("typical buoy", 5.0, 3.5, 4.6, True),
    ("boat of 10 m, no reflector", 2.5, 2.0, 3.4, False),
)

figure, ((reach, sea), (alarms, ais)) = plt.subplots(2, 2, figsize=(11.5, 8.2), layout="constrained")
slant = np.geomspace(500.0, 45e3, 700)
for state, colour in zip(STATES, COLOURS, strict=True):
    weather = Weather(sea_state=float(state))
    for length, style in ((8.0, "-"), (60.0, "--")):
        chance = plot_probability(COASTAL, MAST, slant, echo_area(length), hull_height(length), weather)
        label = f"sea state {state}" if length < 10 else None
        reach.plot(slant / NAUTICAL_MILE, chance, style, color=colour, label=label, linewidth=1.3)
    angle_deg = np.geomspace(0.1, 10.0, 200)
    sea.plot(angle_deg, sea_reflectivity_db(np.radians(angle_deg), 9.41e9, float(state)), color=colour)
    told = false_alarms(COASTAL, MAST, 44e3, weather)
    alarms.semilogy(told.ranges / NAUTICAL_MILE, told.per_m * NAUTICAL_MILE, color=colour)
    print(f"sea state {state}: {told.expected:.0f} false plots a scan within 24 NM")
reach.set(xlabel="range, NM", ylabel="probability of a plot in one scan", xlim=(0, 24))
reach.set_title("boat of 8 m (lines) and ship of 60 m (dashes), X band, mast 50 m", fontsize=10)
legend(reach, loc="center right", fontsize=7)
sea.set(xlabel="grazing angle, °", ylabel="echo of the sea σ0, dB", xscale="log")
sea.set_title("the sea's own echo, 9.41 GHz, horizontal (NRL model)", fontsize=10)
alarms.set(xlabel="range, NM", ylabel="false plots a scan per NM of range", xlim=(0, 24))
alarms.set_title("false plots: spikes of the sea near, noise far", fontsize=10)

distance = np.linspace(1e3, 90e3, 300)
station, ship = LinkCurve(100.0, 25.0), LinkCurve(25.0, 25.0)
for slots, colour in ((0, GREY), (1000, BLUE), (4000, ORANGE)):
    survives = message_survival(distance, float(slots), ship.reach, station.reach)
    ais.plot(distance / NAUTICAL_MILE, station(distance) * survives, color=colour, label=f"{slots} slots a minute")
heard = message_survival(distance, 9000.0, ship.reach, LinkCurve(3000.0, 25.0).reach) * LinkCurve(3000.0, 25.0)(
    distance
)
ais.plot(distance / NAUTICAL_MILE, heard, "--", color=ORANGE, label="aircraft at 3,000 m, 9,000")
ais.set(xlabel="distance, NM", ylabel="probability that one message is heard", ylim=(0, 1.02))
ais.set_title("AIS class A at a station 100 m up, by traffic", fontsize=10)
legend(ais, loc="lower left", fontsize=7)
for ax in (reach, sea, alarms, ais):
    ax.grid(color="#dddddd")

asked_of = replace(PROFILES["ship X-band 25 kW"], false_alarm=1e-4)
ranges = np.arange(500.0, 45e3, 10.0)
for name, area, height, asked_nm, point in IMO:
    chance = plot_probability(asked_of, 15.0, ranges, area, height, CALM, point=point)
    found_nm = ranges[chance >= 0.8].max() / NAUTICAL_MILE
    print(f"{name}: {found_nm:.1f} NM, IMO asks {asked_nm:.1f} NM, ratio {found_nm / asked_nm:.2f}")
save(figure, options.output)
