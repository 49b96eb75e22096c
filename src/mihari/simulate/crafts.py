"""`[[craft]]` of a scenario: uncrewed vehicles that speak their own language. Tables, and what can be.

A craft is neither in the truth nor seen by radars: what a coast is watched with is not what is watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mihari.core.errors import BadInput, ConfigError
from mihari.sensors.platform import PlatformProfile, profile
from mihari.simulate.toml_keys import key


@dataclass(frozen=True, slots=True)
class Craft:
    """Starts `aboard` a vessel or at `place` at `start` s, goes along `route`; m, s after the scenario's start.

    Without a route it waits for a task. `height`: to fly at (below the sea: to dive to), `surfaces`: how often it comes
    up to tell what it heard; not given, its profile's.
    """

    name: str = key("name", "text")
    profile_id: str = key("profile", "text")
    aboard: str | None = key("aboard", "text", None)
    place: tuple[float, float] | None = key("at_deg", "place", None)
    route: tuple[tuple[float, float], ...] = key("route_deg", "places", ())
    searches: tuple[tuple[float, float], ...] = key("searches_deg", "places", ())  # what a demo asks it to look along
    loop: bool = key("loop", "flag", False)
    start: float = key("start_s", "number", 0.0, low=0, high=1e8)
    height: float | None = key("height_m", "number", None, low=-6000, high=20_000)
    surfaces: float | None = key("surfaces_every_h", "number", None, unit=3600.0, low=0.25, high=48)
    system: int = key("system", "whole", 1, low=1, high=65_534)
    site: str | None = key("site", "text", None)  # whose node hears it; not given, that of the ship it starts from
    mount_sd_deg: float = key("mount_sd_deg", "number", 0.3, low=0, high=10)

    @property
    def profile(self) -> PlatformProfile:
        """What it can do."""
        found = profile(self.profile_id)
        return found if self.surfaces is None else replace(found, surface_every=self.surfaces)

    @property
    def channels(self) -> tuple[str, ...]:
        """What it speaks: mavlink, klv, imc."""
        return tuple(word for word in self.profile.protocol if word in ("mavlink", "klv", "imc"))


def check_crafts(crafts: Sequence[Craft], carriers: Sequence[str], taken: Sequence[str], file: str) -> None:
    """ConfigError for a craft that could not be. `carriers`: vessels that one may start from; `taken`: names."""
    names = list(taken)
    for i, craft in enumerate(crafts):
        where = f"craft[{i}]"
        if craft.name in names:
            raise ConfigError(file, f"{where}.name", f"{craft.name!r} is the name of something else too")
        names.append(craft.name)
        try:
            kind = craft.profile.kind
        except BadInput as problem:
            raise ConfigError(file, f"{where}.profile", str(problem)) from None
        if (craft.aboard is None) == (craft.place is None):
            raise ConfigError(file, where, "expected either aboard or at_deg")
        if craft.aboard is not None and craft.aboard not in carriers:
            known = ", ".join(carriers) or "none"
            raise ConfigError(file, f"{where}.aboard", f"no vessel is named {craft.aboard!r}; known are {known}")
        decks = {"short deck", "any deck"} & set(craft.profile.launch)
        if craft.aboard is not None and kind == "aircraft" and not decks:
            raise ConfigError(file, f"{where}.aboard", f"a {craft.profile.name} does not start from a deck")
        if craft.surfaces is not None and kind != "underwater":
            raise ConfigError(file, f"{where}.surfaces_every_h", f"a {craft.profile.name} does not dive")
        if (craft.height or 0.0) < 0 and kind != "underwater":
            raise ConfigError(file, f"{where}.height_m", f"a {craft.profile.name} does not dive")
