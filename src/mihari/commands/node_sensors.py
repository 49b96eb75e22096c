"""The sensors of a node file -> what is unlikely of them: no source, no place, a place where no radar stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mihari.commands.findings import Found, Parts
from mihari.core.errors import BadInput
from mihari.feeds.registry import LIMIT

INLAND_M = 5000.0  # a coastal radar stands within sight of the water; farther inland its place is likely mistyped
OFFSHORE_M = 1000.0  # further out stand only platforms and ships


def unmatched_sensors(parts: Parts) -> Iterator[Found]:
    """Sensors that nothing can be told to come from."""
    formats = {address.format for address in parts.addresses.values()}
    for index, sensor in parts.sensors.items():
        if sensor.kind == "ais" and not sensor.station:
            yield Found(
                "warning", ("sensor", index), "no station: expected its name in the tag block (s:) or the feed's"
            )
        elif sensor.kind != "ais" and sensor.sac is None:
            yield Found("warning", ("sensor", index), "no sac and sic: without them no plot is known to come from it")
        wanted = "ais" if sensor.kind == "ais" else "asterix"
        if parts.addresses and len(parts.addresses) == len(parts.feeds) and wanted not in formats:
            yield Found(
                "warning", ("sensor", index, "kind"), f"nothing brings {wanted}: expected a feed of that format"
            )


def unplaced_sensors(parts: Parts) -> Iterator[Found]:
    """Sensors without a place or height."""
    for index, sensor in parts.sensors.items():
        if sensor.lat_deg is None and sensor.kind == "radar":
            told = "no lat_deg and lon_deg: its plots are not tracked before it tells its place (I034/120)"
            yield Found("warning", ("sensor", index), told)
        elif sensor.lat_deg is not None and sensor.kind == "radar" and sensor.height_m <= 0.0:
            told = "no height_m above the sea: expected the antenna's, for its horizon"
            yield Found("warning", ("sensor", index), told)


def misplaced_radars(parts: Parts) -> Iterator[Found]:
    """Radars outside the area, far inland, or out at sea; and an area that there is not."""
    from mihari import coast

    if not parts.node.area:
        return
    try:
        area = coast.load(parts.node.area)
    except BadInput as error:
        yield Found("mistake", ("node", "area"), str(error))
        return
    placed = {
        i: (s.lat_deg, s.lon_deg) for i, s in parts.sensors.items() if s.kind == "radar" and s.lat_deg is not None
    }
    land = shore = None
    for index, (lat_deg, lon_deg) in placed.items():
        assert lat_deg is not None
        assert lon_deg is not None
        where = ("sensor", index, "lat_deg")
        if not area.covers(lat_deg, lon_deg):
            swapped = abs(lon_deg) <= 90.0 and bool(area.covers(lon_deg, lat_deg))
            hint = "; are lat_deg and lon_deg the wrong way round?" if swapped else ""
            box = f"{area.south_deg:g} to {area.north_deg:g} N, {area.west_deg:g} to {area.east_deg:g} E"
            told = f"{lat_deg:g}, {lon_deg:g} is outside the area {area.name} (expected {box}){hint}"
            yield Found("warning", where, told)
            continue
        if land is None:
            from mihari.coast.shore import Shore

            land, shore = coast.LandMask(area), Shore(area)
        assert shore is not None
        away, ashore = float(shore.distance(lat_deg, lon_deg)), bool(land.on_land([lat_deg], [lon_deg])[0])
        if away > (INLAND_M if ashore else OFFSHORE_M):
            told = f"{away / 1000:.0f} km {'inland' if ashore else 'out at sea'}; expected a place on the shore"
            yield Found("warning", where, told)


def too_many_sensors(parts: Parts) -> Iterator[Found]:
    """More sensors than a node keeps."""
    if len(parts.sensors) > LIMIT:
        told = f"{len(parts.sensors)} sensors; expected at most {LIMIT} in one node"
        yield Found("mistake", ("sensor", sorted(parts.sensors)[LIMIT]), told)


RULES: tuple[Callable[[Parts], Iterator[Found]], ...] = (
    unmatched_sensors, unplaced_sensors, misplaced_radars, too_many_sensors,
)  # fmt: skip
