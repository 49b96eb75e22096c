"""The sensors of a node, the configured ones first, and those that feeds come across, numbered as they appear."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from mihari.core.sensor import Sensor, SensorKind, sensor_like
from mihari.feeds.people import People
from mihari.feeds.vehicles import VehicleRoll

LIMIT = 1024  # sensors; a stream of garbage must not register stations without end


class SensorRegistry:
    """Index -> `Sensor`, shared by all feeds of a node; may be read from any thread.

    A sensor that was not configured may still change: a radar tells its place (I034/120), or turns out to be an
    air-traffic radar. `version` counts the changes, so a reader sees cheaply whether there were any.

    >>> registry = SensorRegistry([Sensor(0, "naha", SensorKind.RADAR, 26.2, 127.7, source="25/12")])
    >>> registry.radar("25/12").name, registry.radar("25/13").index, registry.station("cape").index
    ('naha', 1, 2)
    """

    def __init__(self, sensors: Sequence[Sensor] = ()) -> None:
        self._lock = threading.Lock()
        self._sensors: list[Sensor] = []
        self._by_source: dict[tuple[bool, str], int] = {}
        self._placed: frozenset[int] = frozenset()
        self.configured: frozenset[int] = frozenset()  # indices of those that the configuration lists
        self.version = 0
        self.refused = 0  # sensors beyond `LIMIT`
        self.roll = VehicleRoll()  # which of them vehicles carry, and what these tell of themselves
        self.people = People()  # what those of them who are persons told, in their words
        self.reconfigure(sensors)

    def reconfigure(self, sensors: Sequence[Sensor]) -> None:
        """From now on the configuration lists these; a sensor that is known keeps its index, and none is forgotten.

        A sensor is known again by its kind (AIS or radar) and its source, one without a source by its name. One that
        has told its place itself keeps that where the configuration tells none.

        >>> registry = SensorRegistry([Sensor(0, "naha", SensorKind.RADAR, source="25/12")])
        >>> kume = registry.radar("25/13")
        >>> registry.reconfigure([Sensor(0, "kume", SensorKind.RADAR, 26.4, 126.8, source="25/13")])
        >>> registry[1].name, registry[1].placed, registry.configured, len(registry)
        ('kume', True, frozenset({1}), 2)
        """
        with self._lock:
            told = [self._configure(sensor) for sensor in sensors]
            self.configured = frozenset(told)
            self._placed = frozenset(i for i, sensor in zip(told, sensors, strict=True) if sensor.placed)

    def _configure(self, sensor: Sensor) -> int:
        ais = sensor.kind == SensorKind.AIS
        index = self._by_source.get((ais, sensor.source)) if sensor.source else self._named(ais, sensor.name)
        if index is None:
            return self._add(replace(sensor, index=len(self._sensors))).index
        before = self._sensors[index]
        if not sensor.placed:
            sensor = replace(sensor, lat_deg=before.lat_deg, lon_deg=before.lon_deg)
        self._change(replace(sensor, index=index))
        return index

    def _named(self, ais: bool, name: str) -> int | None:
        """The configured sensor without a source that has this name."""
        same = (
            i
            for i in sorted(self.configured)
            if self._sensors[i].name == name
            and not self._sensors[i].source
            and (self._sensors[i].kind == SensorKind.AIS) == ais
        )
        return next(same, None)

    def radar(self, source: str, kind: SensorKind = SensorKind.RADAR) -> Sensor | None:
        """The radar that signs its messages with `source` ("SAC/SIC"); a new one of `kind` if it is not known."""
        return self._get(source, kind)

    def aboard(self, vehicle: str, kind: SensorKind) -> Sensor | None:
        """The sensor of a kind that a vehicle carries, or a person is; a new one if it is not known.

        >>> SensorRegistry().aboard("tb3", SensorKind.IMAGER).name
        'tb3 imager'
        """
        return self._get(f"{vehicle} {kind.name.lower().replace('_', ' ')}", kind)

    def station(self, source: str) -> Sensor | None:
        """The AIS station of that name; a new one if it is not known."""
        return self._get(source, SensorKind.AIS)

    def learn(self, index: int, lat_deg: float, lon_deg: float, height: float) -> Sensor:
        """A radar tells where it stands (height in m above the ellipsoid). A configured place is believed instead."""
        with self._lock:
            sensor = self._sensors[index]
            if index in self._placed:
                return sensor
            return self._change(replace(sensor, lat_deg=lat_deg, lon_deg=lon_deg, height=height))

    def learn_period(self, index: int, period: float) -> Sensor:
        """A radar tells how long a turn takes, in s. What the configuration says is believed instead."""
        with self._lock:
            sensor = self._sensors[index]
            return sensor if index in self.configured else self._change(replace(sensor, period=period))

    def turn_into(self, index: int, kind: SensorKind) -> Sensor:
        """A radar shows what it is. What the configuration says is believed instead."""
        with self._lock:
            sensor = self._sensors[index]
            return sensor if index in self.configured else self._change(replace(sensor, kind=kind))

    def all(self) -> tuple[Sensor, ...]:
        """All sensors, by index."""
        with self._lock:
            return tuple(self._sensors)

    def known(self) -> tuple[int, tuple[Sensor, ...]]:
        """The version and all its sensors: of one moment, whatever feeds register meanwhile."""
        with self._lock:
            return self.version, tuple(self._sensors)

    def __getitem__(self, index: int) -> Sensor:
        with self._lock:
            return self._sensors[index]

    def __len__(self) -> int:
        return len(self._sensors)

    def _get(self, source: str, kind: SensorKind) -> Sensor | None:
        with self._lock:
            index = self._by_source.get((kind == SensorKind.AIS, source))
            if index is not None:
                return self._sensors[index]
            if len(self._sensors) >= LIMIT:
                self.refused += 1
                return None
            return self._add(sensor_like(len(self._sensors), source, kind, source=source))

    def _add(self, sensor: Sensor) -> Sensor:
        self._sensors.append(sensor)
        if sensor.source:
            self._by_source.setdefault((sensor.kind == SensorKind.AIS, sensor.source), sensor.index)
        self.version += 1
        return sensor

    def _change(self, sensor: Sensor) -> Sensor:
        if sensor != self._sensors[sensor.index]:
            self._sensors[sensor.index] = sensor
            self.version += 1
        return sensor
