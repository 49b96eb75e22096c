"""A wanted velocity and the wind -> an aircraft that hangs on its engines a moment later; how it meets a deck."""

from __future__ import annotations

import math
from dataclasses import replace

from mihari.sensors.platform import PlatformProfile
from mihari.simulate.vehicles.body import AIR, Body, Deck, Wind
from mihari.simulate.vehicles.demand import toward, within
from mihari.simulate.vehicles.plane import TURN, bearing_of, half_turn, moved, offset

CLEAR_M = 40.0  # above the deck it goes over to its wings, and comes back to hovering
NEAR_M = 400.0  # from the deck it begins to hover
SLOW = 12.0  # m/s over the deck at most while it closes in
CLOSING = 0.12  # 1/s: m/s of closing in for each m that is left
OVER_M = 2.5  # as near above its spot it sinks
SINK, LAST_SINK, LAST_M = 1.5, 0.6, 6.0  # m/s down onto the deck, and in the last metres


def hover(
    profile: PlatformProfile, body: Body, velocity: tuple[float, float], climb: float, wind: Wind, dt: float
) -> Body:
    """The aircraft `dt` s later: its velocity over ground comes as near `velocity` (east, north) as it may."""
    had = body.velocity
    east_off, north_off = velocity[0] - had[0], velocity[1] - had[1]
    size = math.hypot(east_off, north_off)
    share = min(1.0, profile.acceleration * dt / size) if size > 0 else 0.0
    air_east, air_north = had[0] + share * east_off - wind.east, had[1] + share * north_off - wind.north
    fast = math.hypot(air_east, air_north)
    limit = min(1.0, profile.max_speed / fast) if fast > 0 else 1.0
    east, north = air_east * limit + wind.east, air_north * limit + wind.north
    upward = within(toward(body.climb, climb, profile.acceleration * dt), -profile.sink, profile.climb)
    lat, lon = moved(body.lat_deg, body.lon_deg, east * dt, north * dt)
    into = bearing_of(air_east, air_north) if fast > 1.0 else body.heading  # it points into the air that meets it
    turn = within(half_turn(into - body.heading), -profile.turn_rate * dt, profile.turn_rate * dt)
    return replace(
        body, lat_deg=lat, lon_deg=lon, height=min(body.height + upward * dt, profile.ceiling),
        heading=(body.heading + turn) % TURN, course=bearing_of(east, north), ground_speed=math.hypot(east, north),
        airspeed=fast * limit, climb=upward, pitch=0.0, roll=0.0, on=AIR,
    )  # fmt: skip


def rise(profile: PlatformProfile, body: Body, deck: Deck, wind: Wind, dt: float) -> Body:
    """Straight up from a deck that moves."""
    return hover(profile, body, deck.velocity, profile.climb, wind, dt)


def gather(profile: PlatformProfile, body: Body, bearing: float, wind: Wind, dt: float) -> Body:
    """From hovering to flying: faster along `bearing` until its wings carry."""
    speed = 1.3 * profile.min_speed
    wanted = speed * math.sin(bearing) + wind.east, speed * math.cos(bearing) + wind.north
    return hover(profile, body, wanted, 0.0, wind, dt)


def settle(profile: PlatformProfile, body: Body, deck: Deck, wind: Wind, dt: float) -> Body:
    """Nearer to the middle of a deck, and down onto it once above; `on` tells when it stands."""
    east, north = offset(body.lat_deg, body.lon_deg, deck.lat_deg, deck.lon_deg)
    away = math.hypot(east, north)
    closing = min(SLOW, CLOSING * away) / away if away > 0 else 0.0
    deck_east, deck_north = deck.velocity
    left = body.height - deck.height
    sink = (-LAST_SINK if left < LAST_M else -SINK) if away < OVER_M else within((CLEAR_M - left) / 5, -SINK, SINK)
    done = hover(profile, body, (deck_east + closing * east, deck_north + closing * north), sink, wind, dt)
    if done.height > deck.height or away >= 2 * OVER_M:
        return replace(done, height=max(done.height, deck.height))
    return replace(done, height=deck.height, climb=0.0, airspeed=0.0, on=deck.on)
