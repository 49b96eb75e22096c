"""A demand, wind and sea -> a craft on or under water a moment later: seas slow it, the current carries it.

Vehicles under water keep a depth or go up and down; a glider gets ahead only while it does.
"""

from __future__ import annotations

import math
from dataclasses import replace

from mihari.core.units import KNOT
from mihari.sensors.platform import PlatformProfile
from mihari.simulate.vehicles.body import UNDER_WATER, WATER, Body, Sea, Wind
from mihari.simulate.vehicles.demand import Demand, toward, within
from mihari.simulate.vehicles.plane import TURN, bearing_of, crab, half_turn, moved

TURN_S = 4.0  # an error of heading is turned off in about so many s
NO_GO = math.radians(40.0)  # nearer to the wind sails do not draw
DRIFT = 0.02  # of the wind's speed moves what lies at the surface without way; assumed
RIDING = 2.0 * KNOT  # beyond its sea limit a craft only keeps its bow to the sea; assumed
AT_SURFACE_M = 0.5  # what is no deeper has its antenna out


def top_speed(profile: PlatformProfile, heading: float, wind: Wind, sea: Sea) -> float:
    """The fastest it can go through the water, m/s, in this wind and sea.

    >>> from mihari.sensors.platform import profile
    >>> ulaq = profile("ulaq")  # 12 % less each sea state
    >>> round(top_speed(ulaq, 0.0, Wind(), Sea(3.0)) / ulaq.max_speed, 2)
    0.64
    """
    if profile.drive == "wind and waves":
        ahead = abs(half_turn(bearing_of(-wind.east, -wind.north) - heading))  # 0: the wind comes from ahead
        sailing = profile.wind_share * wind.speed if ahead >= NO_GO else 0.0
        most = within(sailing, profile.motor_speed, profile.max_speed)
    elif profile.drive == "hull":
        most = profile.max_speed * max(0.1, 1 - profile.sea_loss * sea.state)
    else:
        most = profile.max_speed
    return min(most, RIDING) if sea.state > profile.sea_limit else most  # NaN: no limit


def sail(profile: PlatformProfile, body: Body, demand: Demand, wind: Wind, sea: Sea, dt: float) -> Body:
    """The craft at the surface `dt` s later."""
    return _ahead(profile, body, demand, wind, sea, dt, 0.0)


def dive(profile: PlatformProfile, body: Body, demand: Demand, wind: Wind, sea: Sea, dt: float) -> Body:
    """The vehicle under water `dt` s later, on its way to `demand.height` (negative: below the surface)."""
    wanted = max(min(demand.height, 0.0), -profile.max_depth)
    climb = within((wanted - body.height) / max(dt, 1.0), -profile.dive_rate, profile.dive_rate)
    return _ahead(profile, body, demand, wind, sea, dt, climb)


def _ahead(profile: PlatformProfile, body: Body, demand: Demand, wind: Wind, sea: Sea, dt: float, climb: float) -> Body:
    frame_east, frame_north = demand.frame
    wanted = min(demand.speed, top_speed(profile, body.heading, wind, sea))
    heading = crab(demand.bearing, max(wanted, 0.05), sea.east - frame_east, sea.north - frame_north)
    turn = within(half_turn(heading - body.heading) / TURN_S, -profile.turn_rate, profile.turn_rate)
    turn = within(turn, -abs(half_turn(heading - body.heading)) / dt, abs(half_turn(heading - body.heading)) / dt)
    speed = toward(body.airspeed, wanted, profile.acceleration * dt)
    mean = body.heading + turn * dt / 2
    height = min(body.height + climb * dt, 0.0)
    adrift = DRIFT if speed < 0.1 and height > -AT_SURFACE_M else 0.0
    east = speed * math.sin(mean) + sea.east + adrift * wind.east
    north = speed * math.cos(mean) + sea.north + adrift * wind.north
    lat, lon = moved(body.lat_deg, body.lon_deg, east * dt, north * dt)
    return replace(
        body, lat_deg=lat, lon_deg=lon, height=height, heading=(body.heading + turn * dt) % TURN,
        course=bearing_of(east, north), airspeed=speed, ground_speed=math.hypot(east, north), climb=climb, roll=0.0,
        pitch=math.atan2(climb, max(speed, 0.01)), on=UNDER_WATER if height < -AT_SURFACE_M else WATER,
    )  # fmt: skip
