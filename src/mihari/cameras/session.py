"""A connection to an ONVIF camera: its services, the profile that can turn, and where its stills are."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from mihari.cameras.scale import Spaces, spaces_of
from mihari.core.camera import About, CameraAway, CameraRefuses
from mihari.core.errors import BadInput

STILL_MAX = 16 << 20  # bytes
_IMPORTING = threading.Lock()


@dataclass(slots=True)
class Session:
    """Services of `onvif-zeep-async`; `ptz` and `spaces` tell nothing of a camera that does not turn."""

    device: Any
    management: Any
    media: Any
    ptz: Any
    profile: str
    spaces: Spaces
    still_url: str
    user: str
    password: str

    async def snapshot(self) -> bytes:
        """A still, JPEG; CameraRefuses where it gives none, or something else."""
        if not self.still_url:
            raise CameraRefuses("gives no stills")
        import aiohttp

        keys = (aiohttp.DigestAuthMiddleware(self.user, self.password),) if self.user else ()
        connector = aiohttp.TCPConnector(ssl=False)  # as the library has it: cameras sign their certificates themselves
        async with aiohttp.ClientSession(connector=connector, middlewares=keys) as client:  # noqa: SIM117
            async with client.get(self.still_url, allow_redirects=False) as answer:
                if answer.status in (401, 403):
                    raise CameraRefuses("refuses its stills: the user or the password is wrong")
                if answer.status != 200:
                    raise CameraRefuses(f"answers {answer.status} when it is asked for a still")
                body = await _bounded(answer.content)
        if body[:2] != b"\xff\xd8":
            raise CameraRefuses("sends a still that is no JPEG picture")
        return body

    async def about(self) -> About:
        """What it says of itself; its stream's address without user and password."""
        told = await self.management.GetDeviceInformation()
        ahead = self.device.dt_diff
        names = ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber")
        maker, model, firmware, serial = (str(getattr(told, name, "") or "")[:60] for name in names)
        return About(
            maker,
            model,
            firmware,
            serial,
            aims=self.spaces.pan is not None and self.spaces.tilt is not None,
            turns=self.spaces.pan_rate is not None,
            pictures=bool(self.still_url),
            stream=await self._stream(),
            clock=float("nan") if ahead is None else ahead.total_seconds(),
        )

    async def _stream(self) -> str:
        from zeep.exceptions import Fault

        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        try:
            told = await self.media.GetStreamUri({"StreamSetup": setup, "ProfileToken": self.profile})
        except Fault:
            return ""
        return _plain(str(getattr(told, "Uri", "") or ""))

    async def close(self) -> None:
        """Close its connections, whatever state they are in."""
        await close_device(self.device)


async def open_session(url: str, user: str, password: str, patience: float) -> Session:
    """A connection to the camera whose device service is at `url`; each question within `patience` seconds."""
    device = _device(url, user, password)
    try:
        return await _opened(device, user, password, patience)
    except BaseException:
        await close_device(device)
        raise


async def close_device(device: Any) -> None:
    """Close a device of the library and let its sockets go."""
    try:
        await device.close()
    except Exception:
        logging.getLogger(__name__).debug("a camera's connection did not close in order")
    await asyncio.sleep(0)


async def _opened(device: Any, user: str, password: str, patience: float) -> Session:
    management = await device.create_devicemgmt_service()  # reads the library's WSDL: seconds, but no network
    async with asyncio.timeout(patience):
        await device.update_xaddrs()
    management = await device.create_devicemgmt_service()
    media = await device.create_media_service()
    async with asyncio.timeout(patience):
        profiles = await media.GetProfiles()
    if not profiles:
        raise CameraRefuses("has no profile of moving pictures")
    profile = next((one for one in profiles if getattr(one, "PTZConfiguration", None) is not None), profiles[0])
    turns = getattr(profile, "PTZConfiguration", None)
    ptz, spaces = await _turning(device, turns, patience)
    async with asyncio.timeout(patience):
        still = await device.get_snapshot_uri(profile.token)
    return Session(device, management, media, ptz, str(profile.token), spaces, still or "", user, password)


async def _turning(device: Any, configuration: Any, patience: float) -> tuple[Any, Spaces]:
    """The PTZ service and the spaces of the node behind a profile's configuration."""
    if configuration is None:
        return _Fixed(), Spaces()
    ptz = await device.create_ptz_service()
    async with asyncio.timeout(patience):
        nodes = await ptz.GetNodes()
    wanted = str(getattr(configuration, "NodeToken", ""))
    node = next((one for one in nodes or () if str(getattr(one, "token", "")) == wanted), None)
    return ptz, spaces_of(node)


class _Fixed:
    """The PTZ service of a camera that has none."""

    def __getattr__(self, name: str) -> Any:
        raise CameraRefuses("does not turn")


def _device(url: str, user: str, password: str) -> Any:
    """The library's camera at an address of any path, whose services stay on that host."""
    scheme, host, port = place_of(url)

    class Device(_library()):  # type: ignore[misc]
        def get_definition(self, name: str, port_type: str | None = None) -> tuple[str, str, str]:
            address, wsdl, binding = super().get_definition(name, port_type)
            return (url if name == "devicemgmt" else address), wsdl, binding

        async def create_onvif_service(self, name: str, *more: Any, **keys: Any) -> Any:
            service = await super().create_onvif_service(name, *more, **keys)
            if not user:  # the library would sign with nobody's password, and fail
                service.ws_client = service.ws_client_authless
            return service

        def rewrite_url(self, told: str | None) -> str | None:
            return same_host(told, url)

    return Device(f"{scheme}://{host}", port, user or None, password or None, no_cache=True, adjust_time=True)


def place_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a device service; BadInput where it is no address.

    >>> place_of("http://192.0.2.30/onvif/device_service")
    ('http', '192.0.2.30', 80)
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        host, port, parts = "", 0, urlsplit("")
    if not host or parts.scheme not in ("http", "https") or parts.username is not None:
        raise BadInput(
            "url: expected an address like http://192.0.2.30/onvif/device_service, without user and password"
        )
    return parts.scheme, f"[{host}]" if ":" in host else host, port


def same_host(told: str | None, ours: str) -> str | None:
    """An address that a camera tells, on the host by which it is reached: behind a router it tells another, and what
    is signed with its password goes nowhere else.

    >>> same_host("http://10.0.0.7:8000/onvif/media", "http://cam.example:8080/onvif/device_service")
    'http://cam.example:8080/onvif/media'
    >>> same_host("http://cam.example:8000/still?a=1", "http://cam.example/onvif/device_service")
    'http://cam.example:8000/still?a=1'
    """
    if not told:
        return None
    try:
        parts, own = urlsplit(told), urlsplit(ours)
        if parts.scheme not in ("http", "https"):
            return None
        place = parts.netloc.rpartition("@")[2] if parts.hostname == own.hostname else own.netloc.rpartition("@")[2]
        scheme = parts.scheme if parts.hostname == own.hostname else own.scheme
    except ValueError:
        return None
    return urlunsplit((scheme, place, parts.path, parts.query, ""))


def _plain(uri: str) -> str:
    """An address without user and password.

    >>> _plain("rtsp://admin:secret@192.0.2.30:554/main")
    'rtsp://192.0.2.30:554/main'
    """
    try:
        parts = urlsplit(uri)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))[:300]
    except ValueError:
        return ""


async def _bounded(content: Any) -> bytes:
    parts, size = [], 0
    async for part in content.iter_chunked(1 << 16):
        parts.append(part)
        size += len(part)
        if size > STILL_MAX:
            raise CameraAway(f"sends a still of more than {STILL_MAX >> 20} MiB")
    return b"".join(parts)


def _library() -> Any:
    """The library's class; its import sets up everybody's log, which is put back."""
    with _IMPORTING:
        root = logging.getLogger()
        handlers, level = root.handlers[:], root.level
        from onvif import ONVIFCamera

        root.handlers[:] = handlers
        root.setLevel(level)
    return ONVIFCamera
