"""The name of a kind of radar -> its figures: power, pulse, antenna, noise, losses, false alarms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mihari.sensors.propagation import LIGHT

BOLTZMANN_290 = 1.380649e-23 * 290.0  # W/Hz, thermal noise at the standard temperature
BANDWIDTH_PULSE = 1.2  # receiver bandwidth times pulse length: close to the best for a rectangular pulse (Skolnik)


@dataclass(frozen=True, slots=True)
class RadarProfile:
    """A pulse radar as the range equation needs it. Hz, W, s, rad; decibels where the name says so.

    `pulses`: echoes within one beam width, added up after detection; `loss_db`: everything lost between transmitter and
    decision (feeder, beam shape, bandwidth, extraction); `false_alarm`: of noise, per resolution cell and scan;
    `clutter_false_alarm`: the same where sea clutter is stronger than noise, to which the threshold is raised.

    >>> coastal = PROFILES["coastal X-band"]
    >>> round(coastal.range_cell, 1), round(10 * math.log10(coastal.snr_at_1_m_of_1_m2))
    (12.0, 173)
    """

    frequency: float
    power: float
    pulse: float
    gain_db: float
    beam_width: float
    beam_height: float
    pulses: float
    noise_db: float = 6.0
    loss_db: float = 10.0
    polarisation: str = "H"
    false_alarm: float = 1e-6
    clutter_false_alarm: float = 1e-4

    @property
    def range_cell(self) -> float:
        """Down-range resolution in m: half the pulse's length in space."""
        return LIGHT * self.pulse / 2

    @property
    def added(self) -> float:
        """Gain of adding the pulses of one beam: n^0.8, between n (in phase) and sqrt(n); usual approximation."""
        return float(self.pulses**0.8)

    @property
    def snr_at_1_m_of_1_m2(self) -> float:
        """Signal over noise of one pulse, an echo of 1 m² at 1 m in free space: Pt G² λ² / ((4π)³ k T B F L)."""
        wave = LIGHT / self.frequency
        gain = 10 ** (self.gain_db / 10)
        noise = BOLTZMANN_290 * BANDWIDTH_PULSE / self.pulse * 10 ** ((self.noise_db + self.loss_db) / 10)
        return self.power * gain**2 * wave**2 / ((4 * math.pi) ** 3 * noise)

    @property
    def threshold(self) -> float:
        """Decision level over mean noise power: -ln Pfa (square law, exponential noise)."""
        return -math.log(self.false_alarm)


def _pulses(rate_hz: float, beam_deg: float, turn_s: float) -> float:
    return rate_hz * beam_deg / 360.0 * turn_s


# Classes of equipment by their usual figures, not makes; the losses are chosen so that the ship radars keep the ranges
# of IMO MSC.192(79) table 2 with little to spare (docs/sensors.md)
PROFILES = {
    "coastal X-band": RadarProfile(
        9.41e9, 25e3, 0.08e-6, 36.0, np.radians(0.42), np.radians(11.0), _pulses(2200, 0.42, 2.5), 3.5, 9.0
    ),
    "ship X-band 25 kW": RadarProfile(
        9.41e9, 25e3, 0.25e-6, 29.0, np.radians(1.8), np.radians(22.0), _pulses(1500, 1.8, 2.5), 6.0, 15.0
    ),
    "ship S-band 30 kW": RadarProfile(
        3.05e9, 30e3, 0.5e-6, 28.0, np.radians(2.0), np.radians(25.0), _pulses(1500, 2.0, 2.5), 5.0, 11.0
    ),
    "boat X-band 4 kW": RadarProfile(
        9.41e9, 4e3, 0.25e-6, 27.0, np.radians(1.9), np.radians(22.0), _pulses(1500, 1.9, 2.5), 5.0, 12.0
    ),
}
