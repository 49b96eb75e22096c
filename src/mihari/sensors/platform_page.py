"""The platforms' files -> the tables of docs/platforms.md. Run to remake: python -m mihari.sensors.platform_page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mihari.sensors.figures import UNITS, Figure
from mihari.sensors.platform import CarriedSensor, PlatformProfile, profiles

PAGE = Path(__file__).parents[3] / "docs" / "platforms.md"
BEGIN, END = "<!-- made by python -m mihari.sensors.platform_page -->", "<!-- end of what is made -->"
_SIGNS = {end: end for end in ("kn", "m", "km", "ft", "s", "min", "h", "d")}
_SIGNS |= {"kmh": "km/h", "mps": "m/s", "mps2": "m/s²", "nm": "NM", "deg": "°", "degps": "°/s", "hz": "Hz", "db": "dB"}
COLUMNS = ("endurance", "cruise", "max_speed", "min_speed", "ceiling", "working_height", "working_depth", "link",
           "link_range", "launch", "wind_limit", "deck_sea_limit", "protocol")  # fmt: skip


def told(figure: Figure) -> str:
    """A figure as people write it, in the unit of its file.

    >>> told(Figure("ceiling_ft", 27000.0, "x")), told(Figure("link", ("satellite", "acoustic"), "x"))
    ('27,000 ft', 'satellite, acoustic')
    """
    if isinstance(figure.value, tuple):
        return ", ".join(figure.value)
    number = f"{figure.value:,.10g}"
    end = figure.key.rpartition("_")[2]
    return f"{number} {_SIGNS[end]}" if end in _SIGNS and any("_" + end in u for _, u in UNITS.values()) else number


def marked(figure: Figure | None) -> str:
    """The figure, in italics where it is assumed, with a question mark where nobody read its source.

    >>> marked(Figure("cruise_kn", 45.0, assumed=True, reason="x")), marked(None)
    ('*45 kn*', '–')
    """
    if figure is None:
        return "–"
    return f"*{told(figure)}*" if figure.assumed else f"{told(figure)}{' (?)' if figure.unverified else ''}"


def overview() -> str:
    """One row a platform."""
    heads = ["platform", *(name.replace("_", " ") for name in COLUMNS), "sensors"]
    rows = [heads, ["---"] * len(heads)]
    for one in profiles().values():
        sensors = ", ".join(sensor.kind for sensor in one.sensors)
        rows.append([f"{one.name} `{one.id}`", *(marked(one.figures.get(name)) for name in COLUMNS), sensors])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def details(one: PlatformProfile) -> str:
    """All figures of a platform with their origins."""
    head = f"`{one.id}`: {one.kind}, {one.drive}. {one.about}"
    rows = [f"### {one.name}", "", head, "", "| figure | value | origin |", "|---|---|---|"]
    rows += _rows("", one.figures.values())
    for sensor in one.sensors:
        rows += _rows(_label(sensor), sensor.figures.values())
    return "\n".join(rows)


def _label(sensor: CarriedSensor) -> str:
    return f"{sensor.name}, {sensor.kind}: "


def _rows(label: str, figures: Iterable[Figure]) -> list[str]:
    return [f"| {label}{f.key} | {marked(f)} | {f.origin} |" for f in figures]


def made() -> str:
    """The part of the page that is made, with its marks."""
    parts = [BEGIN, overview(), "## Every figure and where it comes from", *map(details, profiles().values()), END]
    return "\n\n".join(parts)


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page.split(BEGIN)[0] + made() + page.split(END)[1], encoding="utf-8")
