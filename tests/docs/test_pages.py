"""The pages tell the truth: links lead somewhere, commands exist, keys and endpoints are those of the code."""

from __future__ import annotations

import asyncio
import re
import shlex
from pathlib import Path
from typing import Any

import click
import httpx
import numpy as np
import pytest

from mihari.alerts.records import Records
from mihari.cli import cli
from mihari.core.config import SECTIONS as KEYS_OF
from mihari.core.config import NodeConfig, Section, load
from mihari.core.picture import Category, Identity, Picture, Source, Vessels
from mihari.face.app import create_app
from mihari.face.compose import Composer
from mihari.face.state import FaceState
from mihari.feeds import FeedAddress

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if page.exists()]
MADE = ("artefacts/", "src/mihari/face/page/", "dist/")  # made by a build or a test, not in the repository


def named(page: Path) -> Any:
    return pytest.param(page, id=str(page.relative_to(ROOT)))


# links and file names


def links(text: str) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    return [link for link in found if not re.match(r"[a-z]+:|#", link)]


@pytest.mark.parametrize("page", [named(page) for page in PAGES])
def test_relative_links_lead_to_files(page: Path) -> None:
    missing = [link for link in links(page.read_text("utf-8")) if not (page.parent / link.partition("#")[0]).exists()]
    assert missing == []


@pytest.mark.parametrize("page", [named(page) for page in PAGES])
def test_files_of_the_repository_that_are_named_exist(page: Path) -> None:
    names = re.findall(
        r"(?<![\w/.…-])((?:src|docs|tests|benchmarks|requirements|tools|web)/[\w./*-]*\w)", page.read_text("utf-8")
    )
    names = [name for name in names if not name.startswith(MADE) and not (name + "/").startswith(MADE)]
    missing = [name for name in names if not any(ROOT.glob(name))]
    assert missing == []


# commands


def commands(text: str) -> list[str]:
    """Every `mihari …` that is shown, in code blocks and in spans of code."""
    blocks = re.findall(r"```(?:sh|bash|console)?\n(.*?)```", text, re.DOTALL)
    blocks += re.findall(r"(?m)((?:^    .*\n?)+)", text)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    return [line for line in lines + spans if re.match(r"mihari [a-z-]", line)]


def shown() -> list[Any]:
    found = [(page, line) for page in PAGES for line in commands(page.read_text("utf-8"))]
    unique = dict.fromkeys(found)
    return [pytest.param(line, id=f"{page.name}: {line}") for page, line in unique]


@pytest.mark.parametrize("line", shown())
def test_a_command_that_is_shown_exists_with_its_options(line: str) -> None:
    line = re.split(r"\s+(?:#|\||>|&&)\s*|\s{3,}", line)[0]
    words = [word for word in shlex.split(line)[1:] if word not in ("…", "...")]
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None, line
        command = found
        if isinstance(command, click.Group):  # `mihari history ARCHIVE near …`
            words = words[sum(isinstance(p, click.Argument) for p in command.params) :]
    known = {
        option: p for p in command.params if isinstance(p, click.Option) for option in (*p.opts, *p.secondary_opts)
    }
    for word in words:
        option = word.partition("=")[0]
        if re.match(r"--?[a-z]", option) and option not in ("-h", "--help"):
            assert option in known, f"{line}: no option {option}"


# the node file

NODE = (ROOT / "docs" / "node.md").read_text("utf-8")
SECTIONS: dict[str, type[Section]] = {
    f"[[{name}]]" if NodeConfig.model_fields[name].default == () else f"[{name}]": section
    for name, section in KEYS_OF.items()
}


def rows_of(section: str) -> dict[str, str]:
    """Key -> default as written, of a section's table."""
    part = NODE.split(f"### `{section}`")[1].split("\n##")[0]
    return dict(re.findall(r"(?m)^\| `(\w+)` \| (.+?) \|", part))


@pytest.mark.parametrize("section", SECTIONS)
def test_the_table_of_a_section_has_all_its_keys_with_their_defaults(section: str) -> None:
    told, fields = rows_of(section), {f.alias or k: f for k, f in SECTIONS[section].model_fields.items()}
    assert list(told) == list(fields)
    for key, field in fields.items():
        if field.is_required():
            assert told[key] == "required"
        elif field.default is None:
            assert told[key] == "none"
        else:
            default = {True: "true", False: "false"}.get(field.default) if isinstance(field.default, bool) else None
            value = list(field.default) if isinstance(field.default, tuple) else field.default  # as TOML has it
            written = default or (f'"{field.default}"' if isinstance(field.default, str) else repr(value))
            assert told[key] == f"`{written}`", key


def test_the_complete_example_loads_and_has_every_key(tmp_path: Path) -> None:
    text = re.findall(r"```toml\n(.*?)```", NODE, re.DOTALL)[0]
    file = tmp_path / "node.toml"
    file.write_text(text, encoding="utf-8")
    config = load(file)
    assert [sensor.name for sensor in config.sensor] == ["kume", "KUME"]
    assert [FeedAddress.parse(feed.url, feed.format).format for feed in config.feed] == ["ais", "asterix"]
    keys = set(re.findall(r"(?m)^(\w+) =", text))
    assert keys == {f.alias or key for section in SECTIONS.values() for key, f in section.model_fields.items()}


@pytest.mark.parametrize(
    "address", re.findall(r"(?m)^\| `((?:udp|udp450|tcp|tcp-listen|serial|mqtts?|file|pcap|stdin):[^`]*)`", NODE)
)
def test_every_feed_address_of_the_table_is_one(address: str) -> None:
    assert FeedAddress.parse(address).format in ("ais", "asterix")


# the API

API = (ROOT / "docs" / "api.md").read_text("utf-8")
CALLS = re.findall(r"(?m)^curl .*?(http://127\.0\.0\.1:8080[^\s']*)", API)
TIME = 1_790_000_000.0


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    state = FaceState()
    vessels = Vessels.of(
        1, id=[7], track=[7], time=TIME, lat_deg=26.2, lon_deg=127.0, east_mps=1.0, north_mps=2.0, cov_ee=100.0,
        cov_en=0.0, cov_nn=100.0, existence=0.99, heard_radar=TIME, status=0, source=int(Source.RADAR), category=0,
        sensors=1, changed=1,
    )  # fmt: skip
    node = {"name": "n", "area": "nansei", "box": None, "version": "0", "started": TIME, "exercise": False}
    for frame in Composer(node).frames_for(Picture(TIME, 1, vessels, dict[int, Identity]()), feeds=True):
        state.apply(frame)
    state.connected = True
    folder = tmp_path_factory.mktemp("nothing")
    return create_app(page=folder, state=state, records=Records(folder / "records.sqlite").open())


def answer(app: Any, url: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
            return await client.get(url)

    return asyncio.run(ask())


def test_the_calls_that_are_shown_are_found() -> None:
    assert len(CALLS) == len(re.findall(r"(?m)^curl ", API)) > 8


@pytest.mark.parametrize("url", CALLS)
def test_a_call_that_is_shown_is_answered(app: Any, url: str) -> None:
    assert answer(app, url).status_code == (
        404 if "/history/" in url or url.endswith("/mesh") else 200
    )  # it has no archive, is alone


def test_the_table_of_paths_is_that_of_the_application(app: Any) -> None:
    told = set(re.findall(r"(?m)^\| `(/api/v1/[^`]+)`", API))
    paths = set(answer(app, "http://127.0.0.1:8080/api/v1/openapi.json").json()["paths"])
    assert told == paths | {"/api/v1/openapi.json", "/api/v1/stream"}
    streams = [route.path for route in app.routes if type(route).__name__ == "WebSocketRoute"]
    assert streams == ["/api/v1/stream"]


def test_strangers_and_mistakes_get_the_status_that_the_page_tells(app: Any) -> None:
    assert answer(app, "http://example.org/api/v1/health").status_code == 403
    assert answer(app, "http://127.0.0.1/api/v1/vessels?category=boat").status_code == 422
    assert answer(app, "http://127.0.0.1/api/v1/vessels/99").status_code == 404
    assert "box" in answer(app, "http://127.0.0.1/api/v1/vessels?box=1,2").json()["detail"]


@pytest.mark.parametrize(("kind", "members"), [("category", Category), ("source", Source)])
def test_the_names_of_categories_and_sources_are_complete(kind: str, members: Any) -> None:
    line = next(line for line in API.splitlines() if line.startswith(f"- `{kind}`"))
    assert re.findall(r"`(\w+)`", line)[1:] == [str(member.name).lower() for member in members]


def test_the_example_of_the_stream_reads_frames(app: Any) -> None:
    code = re.findall(r"```python\n(.*?)```", API, re.DOTALL)[0]
    compile(code, "api.md", "exec")
    from mihari.face.frames import Kind, decode, encode_header

    frame = decode(encode_header(Kind.HEARTBEAT, time=TIME))
    assert (frame.kind.name, frame.count, frame.time) == ("HEARTBEAT", 0, TIME)
    assert np.isfinite(frame.time)
