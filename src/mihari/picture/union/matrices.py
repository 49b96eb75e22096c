"""Covariances of (east, north, east rate, north rate) as ten numbers -> moved in time, turned, inverted; for kernels.

The ten are the upper triangle row by row, in the order of `COVARIANCE`: ee, en, eu, ev, nn, nu, nv, uu, uv, vv.
"""

from __future__ import annotations

from typing import Any

from mihari.core.columns import Array
from mihari.core.kernels import lean

COVARIANCE = tuple(f"cov_{two}" for two in ("ee", "en", "eu", "ev", "nn", "nu", "nv", "uu", "uv", "vv"))


@lean
def ten(table: Array, k: int) -> Any:
    """Row k of an (n, 10) table."""
    return (
        table[k, 0], table[k, 1], table[k, 2], table[k, 3], table[k, 4],
        table[k, 5], table[k, 6], table[k, 7], table[k, 8], table[k, 9],
    )  # fmt: skip


@lean
def put(table: Array, k: int, p: Any) -> None:
    """Ten numbers into row k of an (n, 10) table."""
    for c in range(10):
        table[k, c] = p[c]


@lean
def plus(p: Any, place: float, both: float, speed: float) -> Any:
    """p with variances added per axis: of the place, of place and velocity together, of the velocity."""
    ee, en, eu, ev, nn, nu, nv, uu, uv, vv = p
    return (ee + place, en, eu + both, ev, nn + place, nu, nv + both, uu + speed, uv, vv + speed)


@lean
def added(p: Any, q: Any) -> Any:
    """The sum of two."""
    return (
        p[0] + q[0], p[1] + q[1], p[2] + q[2], p[3] + q[3], p[4] + q[4],
        p[5] + q[5], p[6] + q[6], p[7] + q[7], p[8] + q[8], p[9] + q[9],
    )  # fmt: skip


@lean
def ahead(p: Any, dt: float, q: float, a: float) -> Any:
    """p after dt s straight on: white-noise acceleration of density q m²/s³, and one of a m/s² that lasts the gap.

    Bar-Shalom, Li, Kirubarajan 2001, 6.2.2 and 6.3.2.

    >>> still = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 4.0, 0.0, 4.0)
    >>> ahead(still, 2.0, 0.0, 0.0)[0], ahead(still, 2.0, 0.0, 1.0)[0]
    (17.0, 21.0)
    """
    ee, en, eu, ev, nn, nu, nv, uu, uv, vv = p
    moved = (
        ee + dt * (2.0 * eu + dt * uu), en + dt * (ev + nu + dt * uv), eu + dt * uu, ev + dt * uv,
        nn + dt * (2.0 * nv + dt * vv), nu + dt * uv, nv + dt * vv, uu, uv, vv,
    )  # fmt: skip
    gap, push = abs(dt), a * a * dt * dt
    both = (q * gap * gap / 2.0 + push * gap / 2.0) * (1.0 if dt >= 0.0 else -1.0)
    return plus(moved, q * gap * gap * gap / 3.0 + push * gap * gap / 4.0, both, q * gap + push)


@lean
def turned(p: Any, a: float, b: float, c: float, d: float) -> Any:
    """p in axes turned by the matrix [[a, b], [c, d]], places and velocities alike.

    >>> turned((1.0, 0.0, 3.0, 0.0, 2.0, 0.0, 0.0, 5.0, 0.0, 6.0), 0.0, 1.0, -1.0, 0.0)
    (2.0, 0.0, 0.0, 0.0, 1.0, 0.0, 3.0, 6.0, 0.0, 5.0)
    """
    ee, en, eu, ev, nn, nu, nv, uu, uv, vv = p
    e0, e1, n0, n1 = a * ee + b * en, a * en + b * nn, c * ee + d * en, c * en + d * nn
    x0, x1, y0, y1 = a * eu + b * nu, a * ev + b * nv, c * eu + d * nu, c * ev + d * nv
    u0, u1, v0, v1 = a * uu + b * uv, a * uv + b * vv, c * uu + d * uv, c * uv + d * vv
    return (
        e0 * a + e1 * b, e0 * c + e1 * d, x0 * a + x1 * b, x0 * c + x1 * d,
        n0 * c + n1 * d, y0 * a + y1 * b, y0 * c + y1 * d,
        u0 * a + u1 * b, u0 * c + u1 * d, v0 * c + v1 * d,
    )  # fmt: skip


@lean
def inverse(p: Any) -> Any:
    """(ten numbers of the inverse, determinant); the determinant is 0 for what is no covariance. By blocks of 2 x 2.

    >>> whole, determinant = inverse((2.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 1.0, 0.0, 1.0))
    >>> whole[0], whole[4], whole[7], determinant
    (0.5, 0.25, 1.0, 8.0)
    """
    ee, en, eu, ev, nn, nu, nv, uu, uv, vv = p
    place = ee * nn - en * en
    if not (ee > 0.0 and place > 0.0):
        return (p, 0.0)
    a, b, d = nn / place, -en / place, ee / place
    g00, g01, g10, g11 = a * eu + b * nu, a * ev + b * nv, b * eu + d * nu, b * ev + d * nv  # A⁻¹ B
    s00, s01, s11 = uu - eu * g00 - nu * g10, uv - eu * g01 - nu * g11, vv - ev * g01 - nv * g11
    left = s00 * s11 - s01 * s01
    if not (s00 > 0.0 and left > 0.0):
        return (p, 0.0)
    t00, t01, t11 = s11 / left, -s01 / left, s00 / left
    h00, h01, h10, h11 = g00 * t00 + g01 * t01, g00 * t01 + g01 * t11, g10 * t00 + g11 * t01, g10 * t01 + g11 * t11
    whole = (
        a + h00 * g00 + h01 * g01, b + h00 * g10 + h01 * g11, -h00, -h01,
        d + h10 * g10 + h11 * g11, -h10, -h11, t00, t01, t11,
    )  # fmt: skip
    return (whole, place * left)


@lean
def times(p: Any, e: float, n: float, u: float, v: float) -> Any:
    """The symmetric matrix p times a state."""
    return (
        p[0] * e + p[1] * n + p[2] * u + p[3] * v,
        p[1] * e + p[4] * n + p[5] * u + p[6] * v,
        p[2] * e + p[5] * n + p[7] * u + p[8] * v,
        p[3] * e + p[6] * n + p[8] * u + p[9] * v,
    )


@lean
def square(p: Any, e: float, n: float, u: float, v: float) -> float:
    """The square of a state weighed by p: with p an inverse covariance, its squared Mahalanobis distance.

    >>> square((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 4.0, 0.0, 4.0), 3.0, 0.0, 1.0, 0.0)
    13.0
    """
    x = times(p, e, n, u, v)
    return float(e * x[0] + n * x[1] + u * x[2] + v * x[3])


@lean
def shared_trace(p: Any, q: Any) -> float:
    """The trace of the product of two symmetric matrices."""
    across = p[1] * q[1] + p[2] * q[2] + p[3] * q[3] + p[5] * q[5] + p[6] * q[6] + p[8] * q[8]
    return float(p[0] * q[0] + p[4] * q[4] + p[7] * q[7] + p[9] * q[9] + 2.0 * across)
