"""Antenna heights, distance, transmitter class -> received power of AIS, and the chance that one message is decoded.

Field over the sea by ITU-R P.526 (`propagation`), vertical polarisation at 162 MHz; how slots collide is `ais_slots`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from mihari.sensors.propagation import LIGHT, propagation_factor

Floats = NDArray[np.float64]

FREQUENCY = 162e6  # Hz: AIS 1 at 161.975, AIS 2 at 162.025 MHz
CLASS_A_DBM, CLASS_B_DBM = 41.0, 33.0  # 12.5 W and 2 W, M.1371-5 annex 2 table 1 and annex 7
SENSITIVITY_DBM = -107.0  # M.1371-5 annex 2 table 2: one packet in five is lost
LOST_AT_SENSITIVITY = 0.2
SHIP_DB, STATION_DB = -1.0, 2.0  # antenna less cable: 2 dBi - 3 dB, and 5 dBi - 3 dB; usual, assumed
# What man-made noise takes of the sensitivity: chosen so that ships reach each other over the 20 to 30 NM of Report
# ITU-R M.2084
SITE_NOISE_DB = 8.0
FADING_DB = 4.0  # standard deviation over places and time; assumed
BEST = 0.98  # of messages near by: some are lost to slots chosen twice, even among neighbours; assumed


def received_dbm(
    distance: ArrayLike, station_height: ArrayLike, antenna_height: ArrayLike, class_b: ArrayLike = False
) -> Floats:
    """Median power at the receiver in dBm; distance along the sea and heights above it in m; broadcasts.

    >>> received_dbm([20e3, 60e3], 100.0, 25.0).round().tolist(), received_dbm(20e3, 100.0, 25.0, True).round().item()
    ([-66.0, -92.0], -74.0)
    """
    d = np.maximum(np.asarray(distance, dtype=np.float64), 1.0)
    sent = np.where(class_b, CLASS_B_DBM, CLASS_A_DBM) + SHIP_DB + STATION_DB
    free = 20 * np.log10(4 * math.pi * d * FREQUENCY / LIGHT)
    field = propagation_factor(d, station_height, antenna_height, FREQUENCY, vertical=True)
    return np.asarray(sent - free + 20 * np.log10(field))


def reception_chance(
    distance: ArrayLike, station_height: ArrayLike, antenna_height: ArrayLike, class_b: ArrayLike = False
) -> Floats:
    """Chance that one message is decoded when nobody else speaks: fading is normal in dB around the median.

    >>> reception_chance([20e3, 60e3, 80e3, 100e3], 100.0, 25.0).round(2).tolist()
    [0.98, 0.98, 0.42, 0.0]
    """
    over = received_dbm(distance, station_height, antenna_height, class_b) - SENSITIVITY_DBM - SITE_NOISE_DB
    return np.asarray(BEST * ndtr(over / FADING_DB + ndtri(1 - LOST_AT_SENSITIVITY)))


class LinkCurve:
    """`reception_chance` of one station and one kind of sender, read from a table: for use a message at a time."""

    def __init__(
        self, station_height: float, antenna_height: float, class_b: bool = False, far: float = 1000e3
    ) -> None:
        self.distances = np.geomspace(100.0, far, 400)
        self.chances = reception_chance(self.distances, station_height, antenna_height, class_b)
        self.chances[self.chances < 1e-4] = 0.0

    def __call__(self, distance: ArrayLike) -> Floats:
        """The chance at `distance` m.

        >>> LinkCurve(100.0, 25.0)([20e3, 60e3]).round(2).tolist()
        [0.98, 0.98]
        """
        return np.asarray(np.interp(np.asarray(distance, dtype=np.float64), self.distances, self.chances))

    @property
    def reach(self) -> float:
        """Distance in m at which half of the messages that could be are decoded.

        >>> round(LinkCurve(100.0, 25.0).reach / 1000), round(LinkCurve(100.0, 4.0, True).reach / 1000)
        (77, 45)
        """
        far = np.flatnonzero(self.chances >= BEST / 2)
        return float(self.distances[far[-1]]) if len(far) else 0.0
