"""A camera's own numbers ⇄ rad: the spaces that its PTZ node tells, and the ends that the node file tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mihari.cameras.mount import Mount
from mihari.core.camera import CameraRefuses

PLACE, ZOOM_PLACE = "PanTiltSpaces/PositionGenericSpace", "ZoomSpaces/PositionGenericSpace"
VELOCITY, ZOOM_VELOCITY = "PanTiltSpaces/VelocityGenericSpace", "ZoomSpaces/VelocityGenericSpace"
SPEED = "PanTiltSpaces/GenericSpeedSpace"
SLACK = 1e-6  # by which rounding may leave a space


@dataclass(frozen=True, slots=True)
class Space:
    """One coordinate of a space: its name, and the least and most that the camera takes."""

    uri: str
    low: float
    high: float

    def from_share(self, share: float) -> float:
        """-1 … 1 to its own numbers; CameraRefuses outside.

        >>> Space("", 0.0, 180.0).from_share(0.5), Space("", 0.0, 1.0).to_share(0.25)
        (135.0, -0.5)
        """
        if not -1 - SLACK <= share <= 1 + SLACK:
            raise CameraRefuses(f"cannot look there: {share:.3f} of its way, where -1 to 1 is all it has")
        return self.low + (min(max(share, -1.0), 1.0) + 1) / 2 * (self.high - self.low)

    def to_share(self, value: float) -> float:
        """Its own numbers to -1 … 1."""
        return (value - self.low) / (self.high - self.low) * 2 - 1


@dataclass(frozen=True, slots=True)
class Spaces:
    """What a PTZ node can be asked in; None: not at all."""

    pan: Space | None = None
    tilt: Space | None = None
    zoom: Space | None = None
    pan_rate: Space | None = None
    tilt_rate: Space | None = None
    zoom_rate: Space | None = None
    speed: Space | None = None


def spaces_of(node: Any) -> Spaces:
    """The generic spaces of a PTZ node as `onvif-zeep-async` gives it; what it does not tell is None."""
    told = getattr(node, "SupportedPTZSpaces", None)
    place, pace = _all(told, "AbsolutePanTiltPositionSpace"), _all(told, "ContinuousPanTiltVelocitySpace")
    return Spaces(
        _space(place, PLACE, "XRange"), _space(place, PLACE, "YRange"),
        _space(_all(told, "AbsoluteZoomPositionSpace"), ZOOM_PLACE, "XRange"),
        _space(pace, VELOCITY, "XRange"), _space(pace, VELOCITY, "YRange"),
        _space(_all(told, "ContinuousZoomVelocitySpace"), ZOOM_VELOCITY, "XRange"),
        _space(_all(told, "PanTiltSpeedSpace"), SPEED, "XRange"),
    )  # fmt: skip


def _all(told: Any, name: str) -> Sequence[Any]:
    return getattr(told, name, None) or ()


def _space(found: Sequence[Any], ending: str, name: str) -> Space | None:
    for one in found:
        bounds, uri = getattr(one, name, None), str(getattr(one, "URI", "") or "")
        low, high = getattr(bounds, "Min", None), getattr(bounds, "Max", None)
        if uri.endswith(ending) and isinstance(low, float | int) and isinstance(high, float | int) and low < high:
            return Space(uri, float(low), float(high))
    return None


def share_of(value: float, ends: tuple[float, float]) -> float:
    """Rad to -1 … 1 between the two ends that the mount tells.

    >>> share_of(0.5, (-1.0, 1.0)), share_of(0.0, (1.0, -0.5))
    (0.5, 0.33333333333333326)
    """
    return (value - ends[0]) / (ends[1] - ends[0]) * 2 - 1


def value_of(share: float, ends: tuple[float, float]) -> float:
    """-1 … 1 to rad; inverse of `share_of`."""
    return ends[0] + (share + 1) / 2 * (ends[1] - ends[0])


def rate_share(rate: float, mount: Mount, ends: tuple[float, float]) -> float:
    """A rate, rad/s, as a share of full speed, never faster than allowed; its sign as the camera counts.

    >>> rate_share(1.0, Mount(0.0, 0.0, rate=1.0, allowed=0.25), (-3.0, 3.0))
    0.25
    """
    most = mount.fastest
    share = min(max(rate, -most), most) / mount.rate
    return share if ends[1] > ends[0] else -share
