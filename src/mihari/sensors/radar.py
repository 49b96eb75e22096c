"""Hull sizes, ranges and heights -> how a coastal radar sees them: echo area, detection probability, resolution."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.sensors.horizon import horizon

Floats = NDArray[np.float64]

FALSE_ALARM = 1e-6  # per resolution cell; usual for plot extractors
SNR_AT_REACH = float(np.log(FALSE_ALARM) / np.log(0.9) - 1.0)  # what makes Pfa^(1 / (1 + SNR)) 0.9
FREQUENCY_MHZ = 9410.0  # X band, ITU-R M.1313

# Echo areas of small craft, length m -> m²: person or inflatable 1, 5.2 m inflatable 1.4 (measured: Terma, SCANTER 5102
# white paper), pleasure boat 5, large recreational boat 10 (Ocean Navigator, 2009)
_SMALL_LENGTH = np.array([3.0, 5.2, 8.0, 13.0])
_SMALL_AREA = np.array([1.0, 1.4, 5.0, 10.0])
_SHIP_LENGTH = 20.0  # m, from here on the formula for ships


def hull_height(length: ArrayLike) -> Floats:
    """Height in m above the sea at which a hull of this length (m) reflects most; assumed, 2 m at 10 m, 10 m at 100 m.

    The two anchor points are the heights that IMO MSC.192(79) table 2 gives for a 10 m boat and a ship above 5,000 GT.

    >>> hull_height([10.0, 100.0]).round(3).tolist()
    [2.0, 10.0]
    """
    return np.asarray(2.0 * (np.asarray(length, dtype=np.float64) / 10.0) ** np.log10(5.0))


def displacement_kt(length: ArrayLike) -> Floats:
    """Displacement in kilotonnes of a usual hull: block 0.65, beam L/6.5, draught L/16, sea water 1.025 t/m³.

    >>> round(float(displacement_kt(100.0)), 1)
    6.4
    """
    return np.asarray(0.65 * 1.025e-3 / (6.5 * 16) * np.asarray(length, dtype=np.float64) ** 3)


def echo_area(length: ArrayLike) -> Floats:
    """Median radar cross-section in m² of a vessel by length in m.

    Ships: 52 · sqrt(f / MHz) · (D / kt)^1.5 at low grazing angles (Skolnik, "An empirical formula for the radar cross
    section of ships at grazing incidence", IEEE T-AES 10 (1974) 292). Below 20 m: published values, interpolated in
    logarithms. Aspect and sea state are left out.

    >>> echo_area([5.2, 13.0]).round(1).tolist(), int(echo_area(100.0) / 1000)
    ([1.4, 10.0], 81)
    """
    length = np.asarray(length, dtype=np.float64)
    ship = 52.0 * np.sqrt(FREQUENCY_MHZ) * displacement_kt(np.maximum(length, _SHIP_LENGTH)) ** 1.5
    lengths = np.append(_SMALL_LENGTH, _SHIP_LENGTH)
    areas = np.append(_SMALL_AREA, 52.0 * np.sqrt(FREQUENCY_MHZ) * displacement_kt(_SHIP_LENGTH) ** 1.5)
    small = np.exp(np.interp(np.log(length), np.log(lengths), np.log(areas)))
    return np.asarray(np.where(length >= _SHIP_LENGTH, ship, small))


def detection_probability(
    slant_range: ArrayLike,
    area: ArrayLike,
    antenna_height: ArrayLike,
    height: ArrayLike,
    reach: float,
    ceiling: float = 0.95,
    shadowed: ArrayLike = False,
) -> Floats:
    """Chance that one scan gives a plot of a vessel; broadcasts.

    slant_range: m; area: m² echo; heights: m above the sea; reach: m at which 10 m² is seen with 0.9 before `ceiling`,
    which is what plot extraction leaves of certainty; shadowed: hidden by land. Swerling case 1,
    Pd = Pfa^(1 / (1 + SNR)) with SNR ~ area / range⁴ (Skolnik, Radar Handbook, 3rd ed.), nothing
    beyond the horizon. For a radar of which no more is known; `detection.plot_probability` has multipath, sea and rain.

    >>> detection_probability([20e3, 40e3], 10.0, 200.0, 3.0, reach=20e3, ceiling=1.0).round(2).tolist()
    [0.9, 0.22]
    """
    slant_range = np.asarray(slant_range, dtype=np.float64)
    snr = SNR_AT_REACH * np.asarray(area) / 10.0 * (reach / np.maximum(slant_range, 1.0)) ** 4
    seen = ceiling * FALSE_ALARM ** (1.0 / (1.0 + snr))
    hidden = np.asarray(shadowed) | (slant_range > horizon(antenna_height, height))
    return np.where(hidden, 0.0, seen)


def resolution_cell(slant_range: ArrayLike, beam_width: float, pulse_length: float = 15.0) -> tuple[Floats, Floats]:
    """(down range, across) in m within which two echoes become one plot: pulse length in m, beam width in rad.

    >>> along, across = resolution_cell(10_000.0, 0.008)
    >>> float(along), float(across)
    (15.0, 80.0)
    """
    slant_range = np.asarray(slant_range, dtype=np.float64)
    return np.full_like(slant_range, pulse_length), slant_range * beam_width
