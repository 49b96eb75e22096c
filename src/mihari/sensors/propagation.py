"""Distance, two heights, frequency, waves -> field strength over the sea relative to free space. ITU-R P.526-15.

In sight the direct ray and the one that the sea mirrors add up: lobes near, field ~ 1/R² farther (a radar's echo ~
1/R⁸). Where the ray passes the sea with less than 0.55 of the first Fresnel zone, the field is interpolated towards
that of a ray that just grazes it; beyond the horizon it is diffracted: P.526 §3.2 and annex 1 §3.1.1, with the first
term of the residue series. Standard refraction, k = 4/3; no ducts, which over warm seas reach much farther.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import i0e

from mihari.sensors.horizon import EFFECTIVE_RADIUS

Floats = NDArray[np.float64]
LIGHT = 299_792_458.0  # m/s
CLEAR = 0.552  # of sqrt(λ d1 d2 / d): P.526 eq. 25, clearance at which diffraction costs nothing
_CLEAR_PHASE = np.pi * CLEAR**2  # rad: how far the mirrored ray is late at that clearance


def sea_permittivity(frequency: float) -> complex:
    """Relative permittivity of sea water of about 20 °C at `frequency` Hz: Debye's form, time law exp(jωt).

    Constants rounded from Klein and Swift, IEEE Trans. Antennas 25 (1977) 104 (unverified).

    >>> e = sea_permittivity(9.4e9)
    >>> round(e.real), round(-e.imag)
    (54, 37)
    """
    turn = 2 * np.pi * frequency
    relaxing = (69.0 - 4.9) / (1 + 1j * turn * 9.2e-12)
    return complex(4.9 + relaxing - 1j * 5.2 / (turn * 8.854e-12))


def mirror(
    grazing: ArrayLike, frequency: float, roughness: float = 0.0, vertical: bool = False
) -> NDArray[np.complex128]:
    """Reflection coefficient of the sea at `grazing` rad; `roughness`: standard deviation of its height, m.

    Fresnel's, times exp(-u) I0(u), u = 2 (2π σ sin ψ / λ)² (Miller, Brown and Vegh, IEE Proc. F 131 (1984) 114).

    >>> abs(mirror(1e-4, 9.4e9)).round(3), abs(mirror(0.02, 9.4e9, roughness=1.0)).round(2)
    (np.float64(1.0), np.float64(0.07))
    """
    sine = np.sin(np.asarray(grazing, dtype=np.float64))
    e = sea_permittivity(frequency)
    root = np.sqrt(e - (1 - sine**2))
    smooth = (e * sine - root) / (e * sine + root) if vertical else (sine - root) / (sine + root)
    u = 2 * (2 * np.pi * roughness * sine * frequency / LIGHT) ** 2
    return np.asarray(smooth * i0e(u))


def specular(distance: ArrayLike, antenna_height: ArrayLike, height: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """(clearance, near, far) in m: how high the ray passes above the mirroring point, and how far that is from both.

    P.526 eq. 23 with 24a-e; clearance is negative beyond the horizon. Distances in m along the sea.

    >>> [float(x.round(2)) for x in specular(1000.0, 10.0, 10.0)]
    [9.99, 500.0, 500.0]
    """
    d = np.asarray(distance, dtype=np.float64)
    h1, h2 = np.broadcast_arrays(np.asarray(antenna_height, np.float64), np.asarray(height, np.float64))
    m = d**2 / (4 * EFFECTIVE_RADIUS * (h1 + h2))
    c = (h1 - h2) / (h1 + h2)
    angle = np.arccos(np.clip(1.5 * c * np.sqrt(3 * m / (m + 1) ** 3), -1, 1)) / 3
    b = 2 * np.sqrt((m + 1) / (3 * m)) * np.cos(np.pi / 3 + angle)
    near = d / 2 * (1 + b)
    far = d - near
    bulge = 2 * EFFECTIVE_RADIUS
    return ((h1 - near**2 / bulge) * far + (h2 - far**2 / bulge) * near) / d, near, far


def diffraction_db(
    distance: ArrayLike,
    antenna_height: ArrayLike,
    height: ArrayLike,
    frequency: float,
    vertical: bool,
    radius: ArrayLike = EFFECTIVE_RADIUS,
) -> Floats:
    """Loss in dB against free space beyond the horizon of a smooth sea (P.526 §3.1.1, eq. 13-18). `radius`: m."""
    f, a, d = frequency / 1e9, np.asarray(radius) / 1e3, np.asarray(distance, dtype=np.float64) / 1e3
    k = 0.036 * (a * f) ** (-1 / 3) * (79.0**2 + (18 * 5.0 / f) ** 2) ** -0.25  # sea: permittivity 80, 5 S/m
    k = k * np.sqrt(80.0**2 + (18 * 5.0 / f) ** 2) if vertical else k
    beta = (1 + 1.6 * k**2 + 0.67 * k**4) / (1 + 4.5 * k**2 + 1.53 * k**4)
    x = 21.88 * beta * (f / a**2) ** (1 / 3) * d
    far = 11 + 10 * np.log10(x) - 17.6 * x
    across = np.where(x >= 1.6, far, -20 * np.log10(x) - 5.6488 * x**1.425)
    y = 0.9575 * beta**2 * (f**2 / a) ** (1 / 3)
    return np.asarray(-across - _height_gain_db(y * antenna_height, k) - _height_gain_db(y * height, k))


def _height_gain_db(b: Floats, k: Floats) -> Floats:
    """G(Y) of P.526 eq. 18, dB."""
    above = np.maximum(b, 2.0) - 1.1
    high = 17.6 * np.sqrt(above) - 5 * np.log10(above) - 8
    return np.asarray(np.maximum(np.where(b > 2, high, 20 * np.log10(b + 0.1 * b**3)), 2 + 20 * np.log10(k)))


@dataclass(frozen=True)
class Rays:
    """What both ways of computing the field need: the mirrored ray, clearance over the one wanted, diffraction.

    echo: mirrored over direct ray (complex); late: its phase behind in rad; room: clearance over that from which on
    diffraction costs nothing; lost: dB, of the ray that just grazes the sea; above: the far end over the sea at the
    mirroring point, m.
    """

    echo: NDArray[np.complex128]
    late: Floats
    room: Floats
    lost: Floats
    above: Floats

    @property
    def grazing_field(self) -> Floats:
        """The field where `room` is below 1: between lobes and diffraction, and beyond the horizon."""
        edge = np.abs(1 + self.echo * np.exp(-1j * _CLEAR_PHASE))
        share = np.clip(self.room, 0, 1)
        return np.asarray(edge**share * 10 ** (-(1 - share) * self.lost / 20))


def _rays(
    distance: ArrayLike,
    antenna_height: ArrayLike,
    height: ArrayLike,
    frequency: float,
    roughness: float,
    vertical: bool,
) -> Rays:
    d = np.maximum(np.asarray(distance, dtype=np.float64), 1.0)
    h1, h2 = np.maximum(antenna_height, 0.01), np.maximum(height, 0.01)
    wave, bulge = LIGHT / frequency, 2 * EFFECTIVE_RADIUS
    clearance, near, far = specular(d, h1, h2)
    above1, above2 = np.maximum(h1 - near**2 / bulge, 0), np.maximum(h2 - far**2 / bulge, 0)
    grazing = np.maximum((above1 + above2) / d, 1e-9)
    spread = 1 / np.sqrt(1 + 2 * near * far / (EFFECTIVE_RADIUS * d * grazing))
    longer = 4 * above1 * above2 / (np.hypot(d, above1 + above2) + np.hypot(d, above1 - above2))
    grazed = np.where(clearance > 0, d**2 / (2 * (np.sqrt(h1) + np.sqrt(h2)) ** 2), EFFECTIVE_RADIUS)
    return Rays(
        echo=mirror(np.arctan(grazing), frequency, roughness, vertical) * spread,
        late=2 * np.pi * longer / wave,
        room=clearance / (CLEAR * np.sqrt(wave * near * far / d)),
        lost=np.maximum(diffraction_db(d, h1, h2, frequency, vertical, grazed), 0),
        above=above2,
    )


def propagation_factor(
    distance: ArrayLike,
    antenna_height: ArrayLike,
    height: ArrayLike,
    frequency: float,
    roughness: float = 0.0,
    vertical: bool = False,
) -> Floats:
    """Field strength over the sea relative to free space, one way; broadcasts.

    distance: m along the sea; heights: m above it; frequency: Hz; roughness: see `mirror`. At 8 and 16 km a mast of
    15 m and a hull of 3 m stand low in the first lobe (4π h1 h2 / (λ d), less the Earth's bulge), at 40 km beyond it:

    >>> (20 * np.log10(propagation_factor([8e3, 16e3, 40e3], 15.0, 3.0, 3.05e9))).round(1).tolist()
    [-4.9, -14.7, -43.2]
    """
    rays = _rays(distance, antenna_height, height, frequency, roughness, vertical)
    lobes = np.abs(1 + rays.echo * np.exp(-1j * rays.late))
    return np.asarray(np.where(rays.room >= 1, lobes, rays.grazing_field))


def echo_factor(
    distance: ArrayLike,
    antenna_height: ArrayLike,
    height: ArrayLike,
    frequency: float,
    roughness: float = 0.0,
    vertical: bool = False,
    extent: ArrayLike = 0.0,
) -> Floats:
    """Power of an echo over the sea relative to free space, F⁴, averaged over `extent` m of height around `height`.

    With a = |mirrored / direct| and θ the angle between them, F⁴ = (1 + a² + 2 a cos θ)²; over a slab the cosines
    shrink by the sinc of half their change of angle. A tall hull fills many lobes and has 1 + 4a² + a⁴ = 6:

    >>> echo_factor(2000.0, 200.0, [10.0, 10.2], 9.41e9, extent=8.0).round(0).tolist()
    [6.0, 6.0]
    """
    rays = _rays(distance, antenna_height, height, frequency, roughness, vertical)
    a, angle = np.abs(rays.echo), np.angle(rays.echo) - rays.late
    filled = np.asarray(extent) * np.clip(rays.room - 1, 0, 1)  # comes in gradually, so that the zones join
    change = rays.late * filled / np.maximum(rays.above, 0.01)
    one = 1 + a**2
    lobes = one**2 + 4 * a * one * np.cos(angle) * np.sinc(change / (2 * np.pi))
    lobes += 2 * a**2 * (1 + np.cos(2 * angle) * np.sinc(change / np.pi))
    return np.asarray(np.where(rays.room >= 1, lobes, rays.grazing_field**4))
