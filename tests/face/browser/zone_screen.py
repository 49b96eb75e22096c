"""What a zones' page and its node are asked in tests."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from alert_screen import AlertNode


def ask(node: AlertNode, method: str, path: str, told: Any = None) -> Any:
    """What another program asks of the node."""
    body = None if told is None else json.dumps(told).encode()
    request = urllib.request.Request(
        f"{node.url}api/v1/{path}", body, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def kept(node: AlertNode) -> list[dict[str, Any]]:
    return list(ask(node, "GET", "zones")["features"])


def at(page: Any, lat: float, lon: float) -> tuple[float, float]:
    """px of a place on the page."""
    box = page.page.locator("#map").bounding_box()
    x, y = page.ask(f"mihari.chart.toScreen({lat}, {lon})")
    return box["x"] + x, box["y"] + y


def draw(page: Any, *corners: tuple[float, float]) -> None:
    for corner in corners:
        page.page.mouse.click(*at(page, *corner))


def theirs(zone: dict[str, Any], name: str) -> dict[str, Any]:
    properties = {key: zone["properties"][key] for key in ("kind", "watch")} | {"name": name}
    return {"type": "Feature", "properties": properties, "geometry": zone["geometry"]}
