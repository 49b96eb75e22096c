"""What a simulated camera answers to each ONVIF operation: device, media and PTZ services, profile S.

ONVIF Core Specification 8, Media Service Specification 5, PTZ Service Specification 5; spaces: PTZ 5.7.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

from lxml import etree

from mihari.simulate.cameras.model import KEEPS_TURNING_S, SimulatedCamera
from mihari.simulate.cameras.soap import SPACES, Asked, Fault

OPEN = frozenset({"GetSystemDateAndTime", "GetCapabilities", "GetServices", "GetServiceCapabilities", "GetHostname"})
SPACE = "http://www.onvif.org/ver10/tptz"
POSITION, ZOOM = f"{SPACE}/PanTiltSpaces/PositionGenericSpace", f"{SPACE}/ZoomSpaces/PositionGenericSpace"
BY_STEP, ZOOM_BY_STEP = (
    f"{SPACE}/PanTiltSpaces/TranslationGenericSpace",
    f"{SPACE}/ZoomSpaces/TranslationGenericSpace",
)
VELOCITY, ZOOM_VELOCITY = f"{SPACE}/PanTiltSpaces/VelocityGenericSpace", f"{SPACE}/ZoomSpaces/VelocityGenericSpace"
SPEED, ZOOM_SPEED = f"{SPACE}/PanTiltSpaces/GenericSpeedSpace", f"{SPACE}/ZoomSpaces/ZoomGenericSpeedSpace"
PROFILE, NODE, CONFIGURATION, SOURCE = "main", "head", "head_configuration", "eye"
TT = SPACES["tt"]
TURN = 2 * math.pi


class Services:
    """Operations on a camera; `address`: http://HOST:PORT of its own, as its answers name it."""

    def __init__(self, camera: SimulatedCamera, address: str, camera_clock: Callable[[], float]) -> None:
        self.camera, self.address, self.clock = camera, address, camera_clock
        self.asked: list[str] = []  # names of operations, the newest last

    def answer(self, asked: Asked) -> str:
        """The body of the answer; Fault for what is not done here."""
        self.asked.append(asked.name)
        work = OPERATIONS.get((asked.service, asked.name))
        if work is None:
            raise Fault("ter:ActionNotSupported", f"{asked.name} is not supported")
        inner = work(self, asked.element)
        return f"<{asked.service}:{asked.name}Response>{inner}</{asked.service}:{asked.name}Response>"

    def date_and_time(self, _: etree._Element) -> str:
        """`GetSystemDateAndTime`."""
        now = datetime.fromtimestamp(self.clock(), UTC)
        time = f"<tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second>"
        date = f"<tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day>"
        return (
            "<tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>"
            f"<tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone><tt:UTCDateTime><tt:Time>{time}</tt:Time>"
            f"<tt:Date>{date}</tt:Date></tt:UTCDateTime></tds:SystemDateAndTime>"
        )

    def services(self, _: etree._Element) -> str:
        """`GetServices`."""
        version = "<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version>"
        return "".join(
            f"<tds:Service><tds:Namespace>{SPACES[short]}</tds:Namespace><tds:XAddr>{self.address}/onvif/{path}"
            f"</tds:XAddr>{version}</tds:Service>"
            for short, path in (("tds", "device_service"), ("trt", "media_service"), ("tptz", "ptz_service"))
        )

    def capabilities(self, _: etree._Element) -> str:
        """`GetCapabilities`."""
        at = f"{self.address}/onvif"
        streaming = "<tt:StreamingCapabilities><tt:RTPMulticast>false</tt:RTPMulticast></tt:StreamingCapabilities>"
        return (
            f"<tds:Capabilities><tt:Device><tt:XAddr>{at}/device_service</tt:XAddr></tt:Device>"
            f"<tt:Media><tt:XAddr>{at}/media_service</tt:XAddr>{streaming}</tt:Media>"
            f"<tt:PTZ><tt:XAddr>{at}/ptz_service</tt:XAddr></tt:PTZ></tds:Capabilities>"
        )

    def information(self, _: etree._Element) -> str:
        """`GetDeviceInformation`."""
        told = {"Manufacturer": "Mihari", "Model": "simulated camera", "FirmwareVersion": "1", "SerialNumber": "0"}
        told["HardwareId"] = "none"
        return "".join(f"<tds:{name}>{value}</tds:{name}>" for name, value in told.items())

    def profiles(self, _: etree._Element) -> str:
        """`GetProfiles`: one."""
        width, height = self.camera.body.size
        return (
            f'<trt:Profiles token="{PROFILE}" fixed="true"><tt:Name>main</tt:Name>'
            f'<tt:VideoSourceConfiguration token="{SOURCE}_configuration"><tt:Name>eye</tt:Name>'
            f"<tt:UseCount>1</tt:UseCount><tt:SourceToken>{SOURCE}</tt:SourceToken>"
            f'<tt:Bounds x="0" y="0" width="{width}" height="{height}"/>'
            f"</tt:VideoSourceConfiguration>{_configuration('tt:PTZConfiguration')}</trt:Profiles>"
        )

    def snapshot(self, element: etree._Element) -> str:
        """`GetSnapshotUri`."""
        _known(_text(element, "ProfileToken"), PROFILE, "ter:NoProfile")
        return _uri("trt", f"{self.address}/snapshot.jpg")

    def stream(self, element: etree._Element) -> str:
        """`GetStreamUri`: an address that nobody answers at."""
        _known(_text(element, "ProfileToken"), PROFILE, "ter:NoProfile")
        return _uri("trt", f"rtsp://{self.address.removeprefix('http://').rpartition(':')[0]}:554/main")

    def nodes(self, _: etree._Element) -> str:
        """`GetNodes` and `GetNode`."""
        spaces = "".join((
            _plane("AbsolutePanTiltPositionSpace", POSITION), _line("AbsoluteZoomPositionSpace", ZOOM, 0),
            _plane("RelativePanTiltTranslationSpace", BY_STEP), _line("RelativeZoomTranslationSpace", ZOOM_BY_STEP, -1),
            _plane("ContinuousPanTiltVelocitySpace", VELOCITY),
            _line("ContinuousZoomVelocitySpace", ZOOM_VELOCITY, -1),
            _line("PanTiltSpeedSpace", SPEED, 0), _line("ZoomSpeedSpace", ZOOM_SPEED, 0),
        ))  # fmt: skip
        return (
            f'<tptz:PTZNode token="{NODE}" FixedHomePosition="false"><tt:Name>head</tt:Name>'
            f"<tt:SupportedPTZSpaces>{spaces}</tt:SupportedPTZSpaces><tt:MaximumNumberOfPresets>0"
            "</tt:MaximumNumberOfPresets><tt:HomeSupported>false</tt:HomeSupported></tptz:PTZNode>"
        )

    def configurations(self, _: etree._Element) -> str:
        """`GetConfigurations` and `GetConfiguration`."""
        return _configuration("tptz:PTZConfiguration")

    def status(self, element: etree._Element) -> str:
        """`GetStatus`."""
        _known(_text(element, "ProfileToken"), PROFILE, "ter:NoProfile")
        camera, time = self.camera, self.camera.clock()
        with camera.lock:
            pan, tilt, zoom = (axis.at(time) for axis in camera.axes)
            moving = [("MOVING" if axis.moving(time) else "IDLE") for axis in camera.axes]
        x, y = _from_range(pan, *camera.body.pan), _from_range(tilt, *camera.body.tilt)
        turning = "MOVING" if "MOVING" in moving[:2] else "IDLE"
        stamp = datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f'<tptz:PTZStatus><tt:Position><tt:PanTilt x="{x:.6f}" y="{y:.6f}" space="{POSITION}"/>'
            f'<tt:Zoom x="{zoom:.6f}" space="{ZOOM}"/></tt:Position><tt:MoveStatus><tt:PanTilt>{turning}</tt:PanTilt>'
            f"<tt:Zoom>{moving[2]}</tt:Zoom></tt:MoveStatus><tt:UtcTime>{stamp}</tt:UtcTime></tptz:PTZStatus>"
        )

    def absolute(self, element: etree._Element) -> str:
        """`AbsoluteMove`."""
        x, y, zoom = _vector(element, "Position", POSITION, ZOOM, 0.0)
        body = self.camera.body
        pan = None if x is None else _to_range(x, *body.pan)
        tilt = None if y is None else _to_range(y, *body.tilt)
        self.camera.go((pan, tilt, zoom), _shares(element), self.camera.clock())
        return ""

    def relative(self, element: etree._Element) -> str:
        """`RelativeMove`."""
        x, y, zoom = _vector(element, "Translation", BY_STEP, ZOOM_BY_STEP, -1.0)
        camera, time, body = self.camera, self.camera.clock(), self.camera.body
        steps = (x, (body.pan[1] - body.pan[0]) / 2), (y, (body.tilt[1] - body.tilt[0]) / 2), (zoom, 1.0)
        to = [
            None if by is None else axis.at(time) + by * scale
            for axis, (by, scale) in zip(camera.axes, steps, strict=True)
        ]
        camera.go(to, _shares(element), time)
        return ""

    def continuous(self, element: etree._Element) -> str:
        """`ContinuousMove`."""
        told = _vector(element, "Velocity", VELOCITY, ZOOM_VELOCITY, -1.0)
        rates = [
            None if rate is None else rate * fastest
            for rate, fastest in zip(told, self.camera.body.rate, strict=True)
        ]  # fmt: skip
        self.camera.turn(rates, self.camera.clock(), _seconds(_text(element, "Timeout")))
        return ""

    def stop(self, element: etree._Element) -> str:
        """`Stop`."""
        turning, zooming = (_text(element, name) in ("", "true", "1") for name in ("PanTilt", "Zoom"))
        self.camera.stop((turning, turning, zooming), self.camera.clock())
        return ""


OPERATIONS: dict[tuple[str, str], Callable[[Services, etree._Element], str]] = {
    ("tds", "GetSystemDateAndTime"): Services.date_and_time,
    ("tds", "GetServices"): Services.services,
    ("tds", "GetCapabilities"): Services.capabilities,
    ("tds", "GetDeviceInformation"): Services.information,
    ("trt", "GetProfiles"): Services.profiles,
    ("trt", "GetSnapshotUri"): Services.snapshot,
    ("trt", "GetStreamUri"): Services.stream,
    ("tptz", "GetNodes"): Services.nodes,
    ("tptz", "GetNode"): Services.nodes,
    ("tptz", "GetConfigurations"): Services.configurations,
    ("tptz", "GetConfiguration"): Services.configurations,
    ("tptz", "GetStatus"): Services.status,
    ("tptz", "AbsoluteMove"): Services.absolute,
    ("tptz", "RelativeMove"): Services.relative,
    ("tptz", "ContinuousMove"): Services.continuous,
    ("tptz", "Stop"): Services.stop,
}


def _configuration(element: str) -> str:
    return (
        f'<{element} token="{CONFIGURATION}"><tt:Name>head</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:NodeToken>{NODE}</tt:NodeToken>"
        f"<tt:DefaultPTZTimeout>PT{KEEPS_TURNING_S:g}S</tt:DefaultPTZTimeout></{element}>"
    )


def _uri(service: str, uri: str) -> str:
    rest = "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
    return f"<{service}:MediaUri><tt:Uri>{uri}</tt:Uri>{rest}<tt:Timeout>PT0S</tt:Timeout></{service}:MediaUri>"


def _line(name: str, uri: str, least: int) -> str:
    return f"<tt:{name}><tt:URI>{uri}</tt:URI>{_bounds('X', least)}</tt:{name}>"


def _plane(name: str, uri: str) -> str:
    return f"<tt:{name}><tt:URI>{uri}</tt:URI>{_bounds('X', -1)}{_bounds('Y', -1)}</tt:{name}>"


def _bounds(letter: str, least: int) -> str:
    return f"<tt:{letter}Range><tt:Min>{least}</tt:Min><tt:Max>1</tt:Max></tt:{letter}Range>"


def _text(element: etree._Element, name: str) -> str:
    found = element.find(f"{{{etree.QName(element).namespace}}}{name}")
    return "" if found is None else (found.text or "").strip()


def _known(told: str, wanted: str, subcode: str) -> None:
    if told != wanted:
        raise Fault(subcode, f"there is no {told!r} here")


def _vector(
    element: etree._Element, name: str, plane: str, line: str, least: float
) -> tuple[float | None, float | None, float | None]:
    """Pan, tilt and zoom of a vector, None where not told; Fault where they are outside of their space."""
    _known(_text(element, "ProfileToken"), PROFILE, "ter:NoProfile")
    found = element.find(f"{{{etree.QName(element).namespace}}}{name}")
    both = None if found is None else found.find(f"{{{TT}}}PanTilt")
    zoom = None if found is None else found.find(f"{{{TT}}}Zoom")
    return (
        _number(both, "x", plane, -1.0), _number(both, "y", plane, -1.0), _number(zoom, "x", line, least),
    )  # fmt: skip


def _number(element: etree._Element | None, name: str, space: str, least: float) -> float | None:
    if element is None:
        return None
    if element.get("space") not in (None, "", space):
        raise Fault("ter:SpaceNotSupported", f"the space {element.get('space')} is not supported")
    try:
        value = float(element.get(name, ""))
    except ValueError:
        raise Fault("ter:InvalidPosition", f"{name} is no number") from None
    if not least <= value <= 1.0:
        raise Fault("ter:InvalidPosition", f"{name} = {value} is outside of {least:g} to 1")
    return value


def _shares(element: etree._Element) -> tuple[float, float, float]:
    """The speeds that are asked for, as shares of full speed; 1 where none is."""
    found = element.find(f"{{{etree.QName(element).namespace}}}Speed")
    if found is None:
        return 1.0, 1.0, 1.0
    both, zoom = found.find(f"{{{TT}}}PanTilt"), found.find(f"{{{TT}}}Zoom")
    told = _number(both, "x", SPEED, 0.0), _number(both, "y", SPEED, 0.0), _number(zoom, "x", ZOOM_SPEED, 0.0)
    return tuple(1.0 if one is None else one for one in told)  # type: ignore[return-value]


def _seconds(duration: str) -> float:
    """An xs:duration of seconds alone, else the default.

    >>> _seconds("PT2.5S"), _seconds("")
    (2.5, 5.0)
    """
    if duration.startswith("PT") and duration.endswith("S"):
        try:
            return float(duration[2:-1])
        except ValueError:
            pass
    return KEEPS_TURNING_S


def _from_range(value: float, low: float, high: float) -> float:
    """Radians to -1 … 1."""
    return (value - low) / (high - low) * 2 - 1


def _to_range(value: float, low: float, high: float) -> float:
    return low + (value + 1) / 2 * (high - low)
