"""Shapes of records met before: the octets that decide them -> their marks, so that most records are not walked again.

A radar's records come in few shapes. A *state* of the tree says which octet of the record decides next (a *way*: place
and mask, as in the trace of `walk.py`); `tree[state << 8 | masked octet]` is the next state, minus the number of a
shape where nothing else decides, or 0 for not met yet. A full tree learns no more; what it does not know is walked.
"""

from __future__ import annotations

from mihari.core.columns import Array
from mihari.formats.asterix.octets import lean, octet

FIRST, MARKS, LENGTH, USES = 0, 1, 2, 3  # of a shape: where its marks begin, how many, octets of the record, records
STATES, SHAPES = 0, 1  # how many there are, in `known`


@lean
def recall(data: Array, p: int, end: int, root: int, tree: Array, ways: Array) -> int:
    """The shape of the record at `p` by its deciding octets, 0 when it is not known."""
    state = root
    while state > 0:
        at = p + (ways[state] >> 8)
        state = tree[state << 8 | octet(data, at) & (ways[state] & 0xFF)] if at < end else 0
    return -state


@lean
def new_state(known: Array, ways: Array) -> int:
    """One more state, 0 when there is no room."""
    state = known[STATES] + 1
    if state >= len(ways):
        return 0
    known[STATES] = state
    return state  # type: ignore[no-any-return]


@lean
def learn(data: Array, p: int, trace: Array, root: int, tree: Array, ways: Array, known: Array, shape: int) -> bool:
    """Lay the way of the trace to `shape`; False where there was no room."""
    state = root
    if trace[0] >= len(trace):
        state = 0
    for i in range(1, trace[0] + 1):
        if state > 0:
            ways[state] = trace[i]
            key = state << 8 | octet(data, p + (trace[i] >> 8)) & (trace[i] & 0xFF)
            if i == trace[0]:
                tree[key] = -shape
            elif tree[key] == 0:
                tree[key] = new_state(known, ways)
            state = tree[key]
    return bool(state < 0)
