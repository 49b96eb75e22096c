"""The vehicles and cameras of a node file -> what does not fit together: feeds, profiles, operators, tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mihari.commands.findings import Found, Parts
from mihari.core.errors import BadInput
from mihari.core.mistakes import nearest
from mihari.tasks.drivers import makings_with

MAKINGS = makings_with(lambda taken, data, name: "")  # nothing is made with it


def strange_feeds(parts: Parts) -> Iterator[Found]:
    """Feeds of vehicles that there are not."""
    known = [parts.feed_name(index) for index in parts.feeds]
    for index, vehicle in parts.vehicles.items():
        named = [("feeds", name) for name in vehicle.feeds] + ([("tasks", vehicle.tasks)] if vehicle.tasks else [])
        for key, name in named:
            if name not in known:
                near = nearest(name, known)
                hint = f"did you mean {near}?" if near else f"expected one of {', '.join(known) or 'none'}"
                yield Found("mistake", ("vehicle", index, key), f'there is no feed "{name}"; {hint}')


def deaf_feeds(parts: Parts) -> Iterator[Found]:
    """Feeds over which tasks shall go and cannot: they only hear, or speak what no vehicle is told in."""
    addresses = {parts.feed_name(index): address for index, address in parts.addresses.items()}
    for index, vehicle in parts.vehicles.items():
        address = addresses.get(vehicle.tasks) if vehicle.tasks else None
        if address is None:
            continue
        if address.format not in MAKINGS:
            told = f"feed {vehicle.tasks} speaks {address.format}; expected one of {', '.join(MAKINGS)}"
            yield Found("mistake", ("vehicle", index, "tasks"), told)
        elif not address.two_way:
            told = f"feed {vehicle.tasks} only hears: nothing can be sent over {address.scheme}: there"
            yield Found("mistake", ("vehicle", index, "tasks"), told)


def shared_feeds(parts: Parts) -> Iterator[Found]:
    """Two vehicles that cannot be told apart on the feed over which their tasks go."""
    seen: dict[str, tuple[int, int]] = {}
    for index, vehicle in parts.vehicles.items():
        if not vehicle.tasks:
            continue
        first, system = seen.setdefault(vehicle.tasks, (index, vehicle.system))
        if first != index and (system == vehicle.system or not (system and vehicle.system)):
            told = f"vehicle[{first}] has its tasks over {vehicle.tasks} too; expected a system of its own for each"
            yield Found("mistake", ("vehicle", index, "system"), told)


def strange_profiles(parts: Parts) -> Iterator[Found]:
    """Profiles that there are not."""
    from mihari.sensors.platform import profile

    for index, vehicle in parts.vehicles.items():
        try:
            profile(vehicle.profile)
        except BadInput as error:
            yield Found("mistake", ("vehicle", index, "profile"), str(error))


def no_tasks(parts: Parts) -> Iterator[Found]:
    """Vehicles and cameras that take no tasks, and why."""
    for table, index, one in [
        *(("vehicle", index, one) for index, one in parts.vehicles.items()),
        *(("camera", index, one) for index, one in parts.cameras.items()),
    ]:
        if not one.operator.strip():
            told = "no operator is named: it takes no tasks"
            yield Found("warning", (table, index), f"{told}, and accepts means nothing" if one.accepts else told)
        elif not parts.alerts.enabled:
            told = "tasks are kept in the records: [alerts] with enabled = false, so it takes no tasks"
            yield Found("warning", (table, index, "operator"), told)
    for index, vehicle in parts.vehicles.items():
        if vehicle.operator.strip() and not vehicle.tasks:
            told = "no feed is named over which its tasks go (tasks): it takes no tasks"
            yield Found("warning", ("vehicle", index, "operator"), told)


def vain_accepts(parts: Parts) -> Iterator[Found]:
    """Kinds of tasks that an operator accepts beforehand and that nothing can tell his vehicle."""
    formats = {parts.feed_name(index): address.format for index, address in parts.addresses.items()}
    for index, vehicle in parts.vehicles.items():
        making = MAKINGS.get(formats.get(vehicle.tasks, ""))
        vain = [str(kind) for kind in vehicle.accepts if making is not None and kind not in making.kinds]
        if vain and making is not None:
            told = f"it cannot {' or '.join(vain)}; it can {', '.join(making.kinds)}"
            yield Found("warning", ("vehicle", index, "accepts"), told)


RULES: tuple[Callable[[Parts], Iterator[Found]], ...] = (
    strange_feeds, deaf_feeds, shared_feeds, strange_profiles, no_tasks, vain_accepts,
)  # fmt: skip
