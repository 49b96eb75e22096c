"""One `[[craft]]`: its body, its autopilot and what it carries -> the bytes it sends, by whatever it is asked to do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mihari.core.geodesics import great_circle
from mihari.formats.klv import Muxer
from mihari.sensors.electro_optical import Camera, task_probability
from mihari.sensors.hydrophone import Array as Listening
from mihari.sensors.platform import PlatformProfile
from mihari.sensors.weather import CALM, Weather
from mihari.simulate.aboard.ears import Ears
from mihari.simulate.aboard.imager import Aim, Found, Hulls, Imager, Pose
from mihari.simulate.aboard.imc_pilot import ImcPilot
from mihari.simulate.aboard.pilot import BOAT, FIXED_WING, VTOL, Pilot, State
from mihari.simulate.aboard.rays import Floats, seen_at
from mihari.simulate.aboard.stills import Stills
from mihari.simulate.cameras.body import Body as Eye
from mihari.simulate.cameras.body import Hull
from mihari.simulate.cameras.jpeg import encode as encode_jpeg
from mihari.simulate.cameras.render import render
from mihari.simulate.crafts import Craft
from mihari.simulate.datagram import Datagram
from mihari.simulate.vehicles import Body, Deck, Leg, Loiter, Return, Sea, Through, Vehicle, Wind

STEP_S = 0.5
FRAME_S = 1.0  # a picture's detections are told once a second
SWEEP = math.radians(60.0)  # to each side, when nothing is to be looked at
SWEEP_S = 24.0  # to one side and back
DOWN = math.radians(22.0)  # below the horizontal, then
SEARCHING = math.radians(20.0)  # width of the picture, then
LOOKING = math.radians(3.0)  # and when it keeps to something
ABOUT = math.radians(9.0)  # and about a place that it was told to look at, picture by picture round it
RASTER = ((0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
NEAR_M, KEPT_M, KEPT_S = 2000.0, 300.0, 10.0  # what it takes up and keeps to, and how long it looks for it again
DWELL_S, AGAIN_S, SAME_M = 12.0, 120.0, 1000.0  # on what it comes across while searching; then it is let be for a while
MOST_LAPS = 100
TS_PACKETS = 7  # in one datagram: 1,316 octets, as is usual of MPEG-TS over UDP
MAV_TYPES = {"fixed wing": FIXED_WING, "vertical": VTOL, "hull": BOAT, "wind and waves": BOAT}


class HelmOf:
    """What a pilot steers: a simulated vehicle."""

    def __init__(self, vehicle: Vehicle, profile: PlatformProfile) -> None:
        self.vehicle, self.profile = vehicle, profile
        self.origin = vehicle.body.lat_deg, vehicle.body.lon_deg

    @property
    def state(self) -> State:
        """As the autopilot tells it."""
        b = self.vehicle.body
        return State(
            b.lat_deg, b.lon_deg, b.height, b.heading, b.course, b.ground_speed, b.climb, b.pitch, b.roll, b.energy,
            landed=b.parked,
        )  # fmt: skip

    def go(self, lat_deg: float, lon_deg: float, height: float) -> None:
        """Head there."""
        self.vehicle.command(Through((Leg(lat_deg, lon_deg, self._height(height)),)))

    def circle(self, lat_deg: float, lon_deg: float, height: float) -> None:
        """Stay there."""
        self.vehicle.command(Loiter(lat_deg, lon_deg, height=self._height(height)))

    def home(self) -> None:
        """Back and down."""
        self.vehicle.command(Return())

    def refuses(self, places: list[tuple[float, float]]) -> str:
        """Whether its energy lasts there and back, by straight lines at cruise."""
        b, p = self.vehicle.body, self.profile
        way, here = 0.0, (b.lat_deg, b.lon_deg)
        for place in [*places, self.origin]:
            if place[0] is None or place[1] is None:
                return "a place is missing"
            way += float(great_circle(*here, *place)[0])
            here = place
        lasts = b.energy * p.endurance - (0.0 if math.isnan(p.reserve) else p.reserve)
        return "" if way / p.cruise <= lasts else "farther than its energy lasts"

    def _height(self, height: float) -> float:
        return height if height > 1.0 else self.profile.working_height


class DivingHelmOf(HelmOf):
    """As an IMC pilot steers: what cannot dive stays up, what can goes as deep as it is told."""

    def _height(self, height: float) -> float:
        return min(height, 0.0) if self.profile.kind == "underwater" else math.nan


@dataclass
class Aboard:
    """A craft under way. `start`: UTC s at which it is switched on."""

    craft: Craft
    index: int
    start: float
    vehicle: Vehicle
    rng: np.random.Generator
    weather: Weather = CALM
    stills: Stills = field(default_factory=Stills)
    pilot: Pilot = field(init=False)
    imager: Imager | None = field(init=False, default=None)
    imc: ImcPilot | None = field(init=False, default=None)
    ears: Ears | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        profile = self.craft.profile
        self._helm = HelmOf(self.vehicle, profile)
        self.pilot = Pilot(self._helm, self.craft.system, self.start, MAV_TYPES.get(profile.drive, FIXED_WING))
        eye = profile.carries("eo_ir")
        if eye is not None and "klv" in self.craft.channels:
            self.imager = Imager(profile.name, math.radians(self.craft.mount_sd_deg), self._chance, self.rng)
        self._eye = eye
        if "imc" in self.craft.channels:
            kind = "UUV" if profile.kind == "underwater" else "USV"
            self.imc = ImcPilot(DivingHelmOf(self.vehicle, profile), self.craft.system, self.craft.name, kind)
        row = profile.carries("passive_acoustics")
        if row is not None and self.imc is not None:
            self.ears = Ears(Listening.of(row), self.rng, self.weather)
        self._listen_due = self.start
        self._frame_due = self.start
        self._begun = False
        self._muxer = Muxer()
        self._told: tuple[float, float] | None = None  # where it was told to look
        self._known: list[tuple[float, float, float]] = []  # what it came across: place and time
        self._dwells = -math.inf  # until when it looks at the last of them
        self._locked: tuple[float, float, float] | None = None  # what it keeps to: place, and when it was seen last

    @property
    def body(self) -> Body:
        """Where it is."""
        return self.vehicle.body

    def take(self, channel: str, data: bytes, now: float) -> None:
        """What came for it: one datagram."""
        if channel.startswith("mavlink"):
            self.pilot.take(data, now)
        elif channel.startswith("imc") and self.imc is not None:
            self.imc.take(data, now)

    def step(self, now: float, decks: Mapping[str, Deck], hulls: Hulls) -> list[Datagram]:
        """Half a second on: what it sends then."""
        if not self._begun and now >= self.start:
            self._begun = True
            self._set_out(now)
        wind = Wind.of(self.weather.wind, self.weather.wind_from)
        self.vehicle.step(STEP_S, wind, Sea(self.weather.sea), decks)
        sent = []
        if "mavlink" in self.craft.channels:
            sent = [Datagram(now, f"mavlink-{self.index}", data) for data in self.pilot.step(now)]
        if self.imc is not None:
            self._listen(now, hulls)
            sent += [Datagram(now, f"imc-{self.index}", data) for data in self.imc.step(now)]
        if self.imager is not None and now >= self._frame_due and self.body.on == "air":
            self._frame_due = max(self._frame_due + FRAME_S, now)
            sent += self._film(now, hulls)
        return sent

    def _set_out(self, now: float) -> None:
        """Its own route, if it has one."""
        if not self.craft.route:
            return
        height = math.nan if self.craft.height is None else self.craft.height
        legs = tuple(Leg(lat, lon, height) for lat, lon in self.craft.route)
        self.vehicle.command(Through(legs * self._laps() if self.craft.loop else legs))

    def _laps(self) -> int:
        """How often it goes round with four fifths of what its energy is good for."""
        lat_deg, lon_deg = np.array(self.craft.route).T
        lap = float(great_circle(lat_deg, lon_deg, np.roll(lat_deg, -1), np.roll(lon_deg, -1))[0].sum())
        reserve = 0.0 if math.isnan(self.craft.profile.reserve) else self.craft.profile.reserve
        reach = 0.8 * (self.craft.profile.endurance - reserve) * self.craft.profile.cruise
        return int(min(max(reach // max(lap, 1.0), 1), MOST_LAPS))

    # what it hears

    def _listen(self, now: float, hulls: Hulls) -> None:
        if self.imc is None or self.ears is None or now < self._listen_due or self.body.parked:
            return
        self._listen_due = now + self.ears.array.period
        heard = self.ears.listen(self.body.lat_deg, self.body.lon_deg, self.body.heading, hulls)
        self.imc.hears([(one.bearing, one.sd) for one in heard], now)

    # what it sees

    def _film(self, now: float, hulls: Hulls) -> list[Datagram]:
        assert self.imager is not None
        b = self.body
        pose = Pose(b.lat_deg, b.lon_deg, b.height, b.heading, b.pitch, b.roll, b.course, b.ground_speed)
        aim = self.aim(now)
        packet, found = self.imager.frame(now, pose, aim, hulls)
        self._lock(now, found)
        self._take_picture(now, aim, hulls)
        stream = self._muxer.mux(packet, now - self.start)
        size = 188 * TS_PACKETS
        cut = [stream[k : k + size] for k in range(0, len(stream), size)]
        return [Datagram(now, f"klv-{self.index}", piece) for piece in cut]

    def _take_picture(self, now: float, aim: Aim, hulls: Hulls) -> None:
        """What was asked for: rendered, put where it can be had, told of."""
        if not self.pilot.pictures:
            return
        self.pilot.pictures -= 1
        b = self.body
        eye = Eye(b.lat_deg, b.lon_deg, b.height, view=(aim.width, aim.width))
        seen = [
            Hull(lat, lon, course, 0.0, length, beam, max(length / 6, 3.0))
            for lat, lon, course, length, beam in zip(
                *(getattr(hulls, name).tolist() for name in ("lat_deg", "lon_deg", "course", "hull_length", "beam")),
                strict=True,
            )
        ]
        jpeg = encode_jpeg(render(eye, (aim.azimuth, aim.elevation, 0.0), seen, now))
        place = self._locked[:2] if self._locked is not None else self.pilot.looks_at or (b.lat_deg, b.lon_deg)
        self.pilot.took(self.stills.put(self.craft.name, jpeg), now, place, b.height)

    def _lock(self, now: float, found: list[Found]) -> None:
        """Keep to what stands nearest to where it was told to look, as a video tracker does, until it is lost."""
        if self._locked is not None and self.pilot.looks_at is None and now >= self._dwells:
            self._locked = None
        wanted = self._locked[:2] if self._locked is not None else self.pilot.looks_at
        if self.pilot.looks_at != self._told:
            self._told, self._locked, wanted = self.pilot.looks_at, None, self.pilot.looks_at
        if wanted is None:
            self._come_across(now, found)
            return
        near = [(float(great_circle(*wanted, one.lat_deg, one.lon_deg)[0]), one) for one in found]
        away, best = min(near, key=lambda pair: pair[0], default=(math.inf, None))
        if best is not None and away < (KEPT_M if self._locked is not None else NEAR_M):
            self._locked = best.lat_deg, best.lon_deg, now
        elif self._locked is not None and now - self._locked[2] > KEPT_S:
            self._locked = None

    def _come_across(self, now: float, found: list[Found]) -> None:
        """While searching: look at something new for a moment, then on."""
        self._known = [one for one in self._known if now - one[2] < AGAIN_S]
        for one in found:
            if all(float(great_circle(a, b, one.lat_deg, one.lon_deg)[0]) > SAME_M for a, b, _ in self._known):
                self._known.append((one.lat_deg, one.lon_deg, now))
                self._locked, self._dwells = (one.lat_deg, one.lon_deg, now), now + DWELL_S
                return

    def aim(self, now: float) -> Aim:
        """Where its camera looks: at what it keeps to, about where it was told to look, else to and fro ahead."""
        b, place = self.body, self.pilot.looks_at
        if self._locked is not None:
            azimuth, elevation, _ = seen_at(b.lat_deg, b.lon_deg, b.height, *self._locked[:2])
            return Aim(float(azimuth), float(elevation), LOOKING)
        if place is not None:
            azimuth, elevation, _ = seen_at(b.lat_deg, b.lon_deg, b.height, *place)
            turn, ring = divmod(int(now - self.start), 9)
            across, up = RASTER[ring if turn % 2 else 8 - ring]
            return Aim(float(azimuth) + across * ABOUT, float(elevation) + up * ABOUT / 2, ABOUT)
        part = (now - self.start) / SWEEP_S % 1.0
        side = 4 * part - 1 if part < 0.5 else 3 - 4 * part
        return Aim((b.heading + side * SWEEP) % (2 * math.pi), -DOWN, SEARCHING)

    def _chance(self, slant: Floats, length: Floats) -> Floats:
        assert self._eye is not None
        camera = Camera(LOOKING if self._locked is not None else SEARCHING, self._eye.values["pixels"])
        return task_probability(camera, slant, length, weather=self.weather, camera_height=self.body.height)
