"""`mihari warm`: compile every kernel now, with progress, so that the first start is quick."""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import time
from collections.abc import Callable

import click

from mihari.commands.console import Advance, as_json, print_json, progress
from mihari.core.workers import cores

KEPT_S = 30 * 86400.0  # kernels of other versions, which may be in use beside this one


@click.command()
@click.option("--quiet", is_flag=True, help="Say nothing.")
@as_json
def warm(quiet: bool, as_json: bool) -> None:
    """Compile the kernels (once per version; kept in the user's cache folder or $MIHARI_CACHE)."""
    began = time.perf_counter()
    with progress("compiling", quiet=quiet or as_json) as advance:
        compile_all(advance)
    from mihari.core.kernels import cache_root, prune

    prune(cache_root(), KEPT_S, time.time())
    told = {"seconds": round(time.perf_counter() - began, 2), "cache": str(cache_root())}
    if as_json:
        print_json(told)
    elif not quiet:
        click.echo(f"kernels ready in {told['seconds']} s ({told['cache']})")


def compile_all(advance: Advance = lambda share, text="": None) -> None:
    """Call every kernel once with small input; the first time, in as many processes as there are cores."""
    from mihari.core.kernels import cache_root, kernels_hash

    stamp = cache_root() / f"warm-{kernels_hash()}"
    if not stamp.exists():
        _compile_apart(advance)
    for step in STEPS.values():
        step()  # from the cache now
    with contextlib.suppress(OSError):
        stamp.touch()


def _compile_apart(advance: Advance) -> None:
    """Fill the cache from processes of their own. What goes wrong there comes out when the step is called here."""
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(min(len(STEPS), cores()), mp_context=spawn) as pool:
        running = {pool.submit(run_step, name): name for name in STEPS}
        try:
            for number, done in enumerate(concurrent.futures.as_completed(running), 1):
                advance(number / len(STEPS), f"compiled {running[done]}")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def run_step(name: str) -> None:
    """One step by its name, for another process."""
    STEPS[name]()


def _ais() -> None:
    from mihari.core.reports import Batch, Reports
    from mihari.feeds.witnesses import Witnesses
    from mihari.formats.ais import Decoder, encode

    decoder = Decoder()
    decoder.feed(b"".join(encode({"message_type": 5, "mmsi": 431000001, "name": "WARM"})))
    decoder.feed(b"".join(encode({"message_type": 1, "mmsi": 431000001, "lat_deg": 26.0, "lon_deg": 127.0}))).static  # noqa: B018
    decoder.finish().key  # noqa: B018
    Witnesses().take(Batch(Reports.of(1, key=1, received=0.0, time=0.0)))


def _asterix() -> None:
    import numpy as np

    from mihari.feeds.stage import warm
    from mihari.formats import asterix
    from mihari.formats.asterix.radar import plots, sectors, sites

    warm("asterix")
    data = asterix.encode_plots(1, 2, np.array([1.0]), np.array([5e3]), np.array([1.0]))
    for datagram in [data] if isinstance(data, bytes) else data:
        decoded = asterix.decode(datagram)
        plots(decoded), sectors(decoded), sites(decoded)


def _mavlink() -> None:
    from mihari.formats.mavlink import decode_many, encode

    decode_many(encode({"message": "MISSION_ITEM_REACHED", "seq": 1}))


def _nmea() -> None:
    """A radar's vessel, a name, a position, a remark, a tag block."""
    from mihari.formats.nmea import datagram_450, decode_many, encode

    told = encode({"formatter": "TLL", "number": 1, "name": "WARM", "lat_deg": 26.0, "lon_deg": 127.0})
    for datagram in datagram_450([told, b"#"], "RA0001", time=1.7e9):
        decode_many(datagram).tables["TLL"]["name"]


def _klv() -> None:
    from mihari.formats.klv import decode_many, encode

    decode_many(encode({"time": 1.0, "platform_heading": 1.0, "platform_course": 1.0, "mission_id": "warm"}))


def _imc() -> None:
    from mihari.formats.imc import Decoder, encode

    Decoder().feed(encode({"message": "Heartbeat", "time": 1.7e9}) + b"#")


def _tracker() -> None:
    """Vessels through the whole pipeline: plots, AIS, ticks, a late report."""
    import numpy as np

    from mihari.core.reports import Batch, Claims, ReportKind, Reports, Sector, Tick
    from mihari.core.sensor import Sensor, SensorKind
    from mihari.pipeline import Pipeline

    radar = Sensor(0, "warm", SensorKind.RADAR, 26.0, 127.0)
    pipeline = Pipeline([radar])
    for turn in range(6):
        t = 1000.0 + 2.5 * turn
        plot = Reports.of(
            2, time=t, received=t, sensor=0, kind=ReportKind.PLOT, lat_deg=[26.05, 26.06], lon_deg=127.05,
            cov_ee=100.0, cov_en=0.0, cov_nn=100.0, range=7e3, bearing=0.7, range_var=64.0, bearing_var=1e-5,
        )  # fmt: skip
        pipeline.take(Sector(0, t, t, 0.0, np.pi, plot))
        told = Reports.of(
            1, time=t + 0.5, received=t, kind=ReportKind.AIS_POSITION, lat_deg=26.05, lon_deg=127.05, speed=0.1,
            course=0.0, claim=0,
        )  # fmt: skip
        pipeline.take(Batch(told, Claims.of(1, mmsi=431000001)))
        pipeline.take(Batch(told.replace(kind=[ReportKind.AIS_REPEAT], sensor=[0]), Claims.of(1, mmsi=431000001)))
        pipeline.take(Tick(t + 1.0))
        pipeline.take(Batch(told, Claims.of(1, mmsi=431000002)))  # late
    pipeline.take(Tick(1e6))
    pipeline.picture()


def _simulator() -> None:
    """Two vessels, one of them scripted, a radar and a station."""
    from mihari.simulate import Simulation
    from mihari.simulate.scenario import parse

    text = """
name = "warm"
area = "open sea"
box_deg = [[25, 126], [27, 128]]
start = 2026-01-01T00:00:00Z
radar = [{name = "r", lat_deg = 26, lon_deg = 127, height_m = 30, sac = 1, sic = 1}]
station = [{name = "S", lat_deg = 26, lon_deg = 127, height_m = 30, mmsi = 4310001}]
traffic = [{kind = "fishing", count = 1, around_deg = [26, 127], radius_nm = 10, class_a = 1}]
vessel = [{name = "V", kind = "cargo", ais = "A", route_deg = [[26.1, 127], [26.2, 127.1]], speed_kn = 9}]
"""
    for _ in Simulation(parse(text, "warm.toml")).stream(12.0):
        pass


def _score() -> None:
    import numpy as np

    from mihari.score import gospa
    from mihari.score.clairvoyant import Reported, clairvoyant

    gospa([0.0], [0.0], [0.0], [0.0])
    clairvoyant(Reported.of(1, time=0.0, vessel=1, lat_deg=0.0, lon_deg=0.0, cov_ee=1.0, cov_nn=1.0), {}, np.ones(1))


def _face() -> None:
    from mihari.face import news

    news.warm()


def _behaviours() -> None:
    """Twelve vessels that lie together, late reports among them, through look-out and fleets; their figures."""
    import numpy as np

    from mihari.behaviours.measures import Measures
    from mihari.behaviours.sightings import Sightings
    from mihari.core.picture import Vessels
    from mihari.core.reports import Tick
    from mihari.lookout import Lookout

    lookout, time = Lookout(), 1e9 + np.arange(0.0, 5400.0, 30.0)
    for k in range(12):
        way = Sightings.of(len(time), key=k + 1, time=time, lat_deg=26.0 + k * 1e-3, lon_deg=127.0, speed=0.1)
        lookout.engine.sight(way.take(time != time[50]))
        lookout.engine.sight(way.take(time == time[50]))
    for now in (time[60], time[-1], time[-1] + 60.0, time[-1] + 120.0, time[-1] + 40_000.0):
        lookout.take(Tick(float(now)), Vessels.empty)
    measures = Measures(lookout.engine.memory, np.arange(12), np.array([[0, 1], [2, 3]]))
    measures.steps("turned"), measures.steps("apart")


def _language() -> None:
    """Each operator of the interval algebra, and events through RTEC's rules."""
    import numpy as np

    from mihari.behaviours import algebra, rtec
    from mihari.behaviours.language import Field

    a, b = algebra.Timelines.made([1, 0], [0, 5], [9, 9]), algebra.Timelines.made([0], [9], [12])
    for operator in (algebra.union, algebra.intersection, algebra.without, algebra.during):
        operator(a, b)
    algebra.then(a, b, 1), algebra.at_least(1, a), algebra.joined(a, 1), algebra.carried(a, np.zeros(1, np.int64))
    algebra.carried_near(a, np.zeros(1, np.int64), b), algebra.fluent(algebra.starts(a), algebra.ends(a))
    event, none = np.arange(len(rtec.NAMES), dtype=np.int8), np.zeros(len(rtec.NAMES), np.int64)
    told, near = none + 4.0, np.array([[0, 1, 5, 900]])
    types = Field.of_words(["fishing", "sar"])
    rtec.recognise(
        rtec.RtecColumns(event, none, none, told, told, told, none, near, np.arange(2), types, [("fishing",)])
    )


def _matcher() -> None:
    """One pattern over two vessels, and another in its place."""
    from mihari.library.live.warming import warm

    warm()


def _union() -> None:
    """A vessel that two nodes hold, seen three times."""
    from mihari.core.picture import Picture, Vessels
    from mihari.core.shared import Foreign, Shared
    from mihari.picture.union import Union

    told = dict.fromkeys(("cov_en", "cov_eu", "cov_ev", "cov_nu", "cov_nv", "cov_uv", "east_mps", "north_mps"), 0.0)
    told |= {"cov_ee": 1.0, "cov_nn": 1.0, "cov_uu": 1.0, "cov_vv": 1.0, "lat_deg": 26.0, "lon_deg": 127.0}
    union = Union("0" * 16)
    for t in (1.0, 2.0, 3.0):
        own, other = Vessels.of(1, id=1, time=t, **told), Shared.of(1, vessel=1, time=t, **told)
        union.take(Picture(t, int(t), own), [Foreign("1" * 16, "other", other)], (), t)


def _mesh() -> None:
    from mihari.mesh import rows

    rows.warm()


# the slowest to compile first
def _patrol() -> None:
    """Two cells, a vessel to look at, two aircraft, one of them lost."""
    from mihari.patrol.file import LookSection, PatrolFile
    from mihari.patrol.planner import finished, prepare, search
    from mihari.patrol.replan import Replanner

    told = {
        "name": "warm", "start": "2026-01-01T00:00:00Z", "hours": 4.0,
        "area": {"lat_deg": 0.0, "lon_deg": 0.0, "along_km": 40.0, "across_km": 20.0},
        "demand": [{"name": "all", "every_h": 1.0}],
        "base": [{"name": "field", "lat_deg": 0.0, "lon_deg": 0.3, "offers": ["runway"]}],
        "asset": [{"name": "a", "platform": "tb2", "home": "field", "count": 2}],
        "look": [{"name": "v", "lat_deg": 0.1, "lon_deg": 0.1, "by_h": 3.0}],
    }  # fmt: skip
    prepared = prepare(PatrolFile.model_validate(told))
    replanner = Replanner(prepared, finished(prepared, search(prepared, 0.01, 1)))
    another = LookSection(name="w", lat_deg=0.1, lon_deg=-0.1, told_h=0.5, by_h=3.0)
    replanner.change(prepared.file.start.timestamp() + 1800.0, lost=["a-1"], looks=[another])


def _routes() -> None:
    import numpy as np

    from mihari.patrol.routing import best_tours

    best_tours(np.ones((4, 4)), np.ones(4), 0, 0, 3.0, 2, 1.0, rounds=1)


STEPS: dict[str, Callable[[], None]] = {  # the longest first, so that none is left to one core
    "tracker": _tracker,
    "patrol": _patrol,
    "behaviours": _behaviours,
    "language": _language,
    "matcher": _matcher,
    "AIS": _ais,
    "ASTERIX": _asterix,
    "MAVLink": _mavlink,
    "sentences": _nmea,
    "KLV": _klv,
    "IMC": _imc,
    "face": _face,
    "scores": _score,
    "simulator": _simulator,
    "union": _union,
    "mesh": _mesh,
    "routes": _routes,
}
