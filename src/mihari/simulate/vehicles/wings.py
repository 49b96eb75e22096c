"""A demand and the wind -> an aircraft on its wings a moment later: it banks to turn, drifts, climbs within limits.

A point mass: speed, bank and climb rate change no faster than they may; turn rate g tan(bank) / v (coordinated turn).
"""

from __future__ import annotations

import math
from dataclasses import replace

from mihari.sensors.platform import PlatformProfile
from mihari.simulate.vehicles.body import AIR, Body, Wind
from mihari.simulate.vehicles.demand import Demand, toward, within
from mihari.simulate.vehicles.plane import TURN, bearing_of, crab, half_turn, moved

GRAVITY = 9.80665  # m/s²
ROLL_RATE = math.radians(15.0)  # rad/s; gentle, assumed of all
TURN_S = 3.0  # an error of heading is turned off in about so many s
LEVEL_S = 6.0  # the same of height
CLIMB_CHANGE = 2.0  # m/s²: a fifth of g up or down; assumed of all


def turn_limit(profile: PlatformProfile, speed: float) -> float:
    """The fastest turn at `speed` m/s, rad/s: by the rate it may turn and by its bank.

    >>> from mihari.sensors.platform import profile
    >>> jet = profile("kizilelma")
    >>> round(math.degrees(turn_limit(jet, jet.cruise)), 2)  # g tan 45° / 205.6 m/s, below 3°/s
    2.73
    """
    return min(profile.turn_rate, GRAVITY * math.tan(profile.bank) / max(speed, 1.0))


def turn_radius(profile: PlatformProfile, speed: float) -> float:
    """Radius in m of that turn in still air."""
    return speed / turn_limit(profile, speed)


def climb_limit(profile: PlatformProfile, height: float) -> float:
    """The fastest climb in m/s at a height: falls to nothing at the ceiling."""
    return profile.climb * max(0.0, 1 - height / profile.ceiling)


def fly(profile: PlatformProfile, body: Body, demand: Demand, wind: Wind, dt: float) -> Body:
    """The aircraft `dt` s later (at most 1 s, that it does not swing)."""
    frame_east, frame_north = demand.frame
    heading = crab(demand.bearing, max(body.airspeed, 1.0), wind.east - frame_east, wind.north - frame_north)
    speed = toward(body.airspeed, within(demand.speed, profile.min_speed, profile.max_speed), profile.acceleration * dt)
    most = turn_limit(profile, speed)
    wanted = within(half_turn(heading - body.heading) / TURN_S, -most, most)
    roll = toward(body.roll, math.atan(speed * wanted / GRAVITY), ROLL_RATE * dt)
    turn = within(GRAVITY * math.tan(roll) / max(speed, 1.0), -most, most)
    climb = _climb(profile, body, demand, dt)
    level = math.sqrt(max(speed**2 - climb**2, 0.0))
    mean = body.heading + turn * dt / 2
    east, north = level * math.sin(mean) + wind.east, level * math.cos(mean) + wind.north
    lat, lon = moved(body.lat_deg, body.lon_deg, east * dt, north * dt)
    return replace(
        body, lat_deg=lat, lon_deg=lon, height=min(body.height + climb * dt, profile.ceiling),
        heading=(body.heading + turn * dt) % TURN, course=bearing_of(east, north), airspeed=speed,
        ground_speed=math.hypot(east, north), climb=climb, pitch=math.asin(within(climb / max(speed, 1.0), -1.0, 1.0)),
        roll=roll, on=AIR,
    )  # fmt: skip


def _climb(profile: PlatformProfile, body: Body, demand: Demand, dt: float) -> float:
    """Climb rate in m/s for the next moment."""
    wanted = demand.climb if math.isfinite(demand.climb) else (demand.height - body.height) / LEVEL_S
    wanted = wanted if math.isfinite(wanted) else 0.0
    wanted = within(wanted, -profile.sink, climb_limit(profile, body.height))
    return within(toward(body.climb, wanted, CLIMB_CHANGE * dt), -profile.sink, profile.climb)
