"""What the routing layer is asked and answers: jobs with prizes, vans that may do them, routes; and what is refused."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.errors import BadInput

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Job:
    """A visit to a location (row of the matrices) between `early` and `late` that takes so long and earns a prize."""

    location: int
    prize: float
    early: float = 0.0
    late: float = math.inf
    takes: float = 0.0


@dataclass(frozen=True, slots=True)
class Van:
    """A vehicle for one route: its matrix, where it starts and ends, when, how long it may be under way."""

    matrix: int
    start: int
    end: int
    early: float = 0.0
    late: float = math.inf
    longest: float = math.inf

    @property
    def limit(self) -> float:
        """Time that its route may take."""
        return min(self.longest, self.late - self.early)


@dataclass(frozen=True, slots=True)
class Route:
    """Jobs (indices) in order with the times at which they begin."""

    van: int
    jobs: tuple[int, ...]
    times: tuple[float, ...]


def checked(travel: Sequence[Floats], jobs: Sequence[Job], vans: Sequence[Van], seconds: float, seed: int) -> None:
    """BadInput for what cannot be routed.

    >>> checked([np.zeros((2, 2))], [Job(5, 1.0)], [], 1.0, 1)
    Traceback (most recent call last):
    ...
    mihari.core.errors.BadInput: job 0: location 5; expected one from 0 to 1
    """
    if not travel:
        raise BadInput("travel: no matrix; expected one at least")
    size = len(travel[0])
    for i, matrix in enumerate(travel):
        if matrix.shape != (size, size):
            raise BadInput(f"travel[{i}]: shape {matrix.shape}; expected {(size, size)}")
        if not (matrix >= 0).all():
            raise BadInput(f"travel[{i}]: a time that is negative or not a number; expected 0 or more, inf for no way")
    for i, job in enumerate(jobs):
        if not 0 <= job.location < size:
            raise BadInput(f"job {i}: location {job.location}; expected one from 0 to {size - 1}")
        if not (0 <= job.prize < math.inf and 0 <= job.takes < math.inf):
            raise BadInput(f"job {i}: prize {job.prize}, takes {job.takes}; expected finite numbers, 0 or more")
        if not (math.isfinite(job.early) and job.early <= job.late):
            raise BadInput(f"job {i}: from {job.early} to {job.late}; expected a window that ends after it begins")
    for i, van in enumerate(vans):
        if not 0 <= van.matrix < len(travel):
            raise BadInput(f"van {i}: matrix {van.matrix}; expected one from 0 to {len(travel) - 1}")
        if not (0 <= van.start < size and 0 <= van.end < size):
            raise BadInput(f"van {i}: from {van.start} to {van.end}; expected locations from 0 to {size - 1}")
        if not (math.isfinite(van.early) and van.early <= van.late and van.longest >= 0):
            raise BadInput(f"van {i}: from {van.early} to {van.late} for {van.longest}; expected a window and a time")
    if not 0 <= seconds < math.inf:
        raise BadInput(f"seconds: {seconds}; expected 0 or more")
    if seed < 0:
        raise BadInput(f"seed: {seed}; expected 0 or more")
