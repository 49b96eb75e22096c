"""Autoferry: two boats in a harbour by lidar, radar, infrared and video from a ferry, with the truth of both.

Autoferry/sensor_fusion_dataset; CC0. Lidar and radar tell places, the cameras bearings. A hull gives many lidar plots
(`recording.merged` at 10 m makes them one); other boats that were there are not in the truth.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.lab.recordings.recording import Looks, Places, Plots, Recording, file_of

SCENARIOS = (2, 3, 4, 5, 13, 17)
SENSORS = ("lidar", "radar", "infrared", "video")
LIDAR, RADAR, INFRARED, VIDEO = range(4)
ORIGIN = 63.4389029083, 10.39908278
LICENCE = "CC0, Autoferry/sensor_fusion_dataset"


def load(scenario: int, base: Path | None = None) -> Recording:
    """One of `SCENARIOS`; looks are numbered by sensor as in `SENSORS`."""
    stem = f"tracking/autoferry/scenario{scenario}/scenario{scenario}"
    detections, truths = (
        json.loads(file_of(f"{stem}_{what}.json", base).read_text("utf-8")) for what in ("detections", "groundTruth")
    )
    order = sorted(range(len(detections)), key=lambda i: float(detections[i]["time"]))
    given = [detections[i] for i in order]
    own = np.array([_numbers(one["ownshipPosition"])[:2] for one in given])
    looks = Looks.of(
        len(given), time=[float(one["time"]) for one in given], sensor=[int(one["sensorID"]) - 1 for one in given],
        east=own[:, 1], north=own[:, 0],
    )  # fmt: skip
    plots = [_plots(k, one, looks) for k, one in enumerate(given)]
    truth = _in_order([_truth(told) for told in truths])
    return Recording(f"Autoferry {scenario}", LICENCE, ORIGIN, SENSORS, looks, Plots.concatenate(plots), truth)


def _numbers(told: Any) -> Array:
    return np.asarray(told, float).ravel()


def _plots(look: int, one: Any, looks: Looks) -> Plots:
    told = np.asarray(one["measurement"], float)
    if told.size == 0:
        return Plots.empty()
    if looks.sensor[look] in (INFRARED, VIDEO):
        return Plots.of(told.size, look=look, bearing=told.ravel() % (2 * np.pi))
    north, east = told.reshape(2, -1)
    return Plots.of(len(east), look=look, east=east + looks.east[look], north=north + looks.north[look])


def _truth(told: Any) -> Places:
    boats = told if isinstance(told, list) else [told]
    places = np.array([_numbers(boat["position"])[:2] for boat in boats]).reshape(-1, 2)
    time, vessel = [float(boat["time"]) for boat in boats], [int(boat["targetID"]) for boat in boats]
    return Places.of(len(boats), time=time, vessel=vessel, east=places[:, 1], north=places[:, 0])


def _in_order(truth: list[Places]) -> Places:
    """All of them by time and vessel, each place once: a boat's last one is told with every look."""
    places = Places.concatenate(truth)
    places = places.take(np.lexsort((places.vessel, places.time)))
    new = np.ones(len(places), bool)
    new[1:] = (np.diff(places.time) > 0) | (np.diff(places.vessel) != 0)
    return places.take(new)
