"""Bytes -> frames -> payloads side by side: `scan` finds and checks every frame, `gather` sorts them by message.

A frame that does not check costs its first byte only: the search goes on behind it, so that whatever good frame
follows, also inside the length that the broken one claims, is found. Work is at most a frame's checksum for each byte,
and that for each byte of an unknown message.
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import inlined, lean
from mihari.formats.mavlink.frames import (
    CHECK,
    CHECKSUM,
    FLAGS,
    HEAD_V1,
    HEAD_V2,
    LENGTH,
    NOISE,
    SIGNATURE,
    SIGNED,
    TRUNCATED,
    UNKNOWN,
    V1,
    V2,
)

WAIT = -100  # not enough bytes yet to tell
Tables = tuple[Array, ...]


@inlined
def head_of(data: Array, p: int) -> int:
    """Octets in front of the payload of the frame at `p`."""
    return HEAD_V2 if data[p] == V2 else HEAD_V1


@inlined
def number_of(data: Array, p: int) -> int:
    """Which message the frame at `p` says it is."""
    if data[p] == V1:
        return np.int64(data[p + 5])  # type: ignore[return-value]
    return np.int64(data[p + 7]) | np.int64(data[p + 8]) << 8 | np.int64(data[p + 9]) << 16  # type: ignore[return-value]


@inlined
def length_of(data: Array, p: int) -> int:
    """Octets of the whole frame at `p`, of which two must be there, three for version 2."""
    if data[p] == V1:
        return HEAD_V1 + np.int64(data[p + 1]) + CHECKSUM  # type: ignore[return-value]
    signature = SIGNATURE if data[p + 2] & SIGNED else 0
    return HEAD_V2 + np.int64(data[p + 1]) + CHECKSUM + signature  # type: ignore[return-value]


@inlined
def sum_of(data: Array, p: int, end: int, seal: int, sums: Array) -> int:
    """CRC-16/MCRF4XX over the bytes from `p` to before `end` and the seal."""
    c = np.int64(0xFFFF)
    while p + 8 <= end:
        c ^= np.int64(data[p]) | np.int64(data[p + 1]) << 8
        c = np.int64(
            sums[7, c & 0xFF] ^ sums[6, c >> 8] ^ sums[5, data[p + 2]] ^ sums[4, data[p + 3]]
            ^ sums[3, data[p + 4]] ^ sums[2, data[p + 5]] ^ sums[1, data[p + 6]] ^ sums[0, data[p + 7]]
        )  # fmt: skip
        p += 8
    while p < end:
        c = (c >> 8) ^ np.int64(sums[0, (c ^ np.int64(data[p])) & 0xFF])
        p += 1
    return (c >> 8) ^ np.int64(sums[0, (c ^ seal) & 0xFF])  # type: ignore[return-value]


@inlined
def judge(data: Array, p: int, end: int, slots: Array, seals: Array, bases: Array, sums: Array) -> int:
    """Octets of the good frame at `p`; 0 where nothing can check it (unknown message), WAIT, or minus the reason."""
    if p + 3 > end:
        return WAIT
    if data[p] == V2 and data[p + 2] & ~SIGNED:
        return -FLAGS
    length = length_of(data, p)
    if p + length > end:
        return WAIT
    number = number_of(data, p)
    slot = np.int64(slots[number]) if number < len(slots) else -1
    if slot < 0:
        return 0
    at: int = p + head_of(data, p) + np.int64(data[p + 1])  # type: ignore[assignment]
    if sum_of(data, p + 1, at, seals[slot], sums) != np.int64(data[at]) | np.int64(data[at + 1]) << 8:
        return -CHECK
    if data[p] == V1 and data[p + 1] < bases[slot]:
        return -LENGTH
    return length


@inlined
def judge_unknown(
    data: Array, p: int, end: int, final: bool, slots: Array, seals: Array, bases: Array, sums: Array
) -> int:
    """As `judge` for an unknown message, which no checksum tells: taken where it stands like a frame.

    That is: no known frame begins inside it, and a frame begins or the bytes end where it ends.
    """
    length = length_of(data, p)
    for q in range(p + 1, p + length):
        if data[q] == V2 or data[q] == V1:
            inside = judge(data, q, end, slots, seals, bases, sums)
            if inside > 0:
                return -UNKNOWN
            if inside == WAIT and not final:
                return WAIT
    after = p + length
    if after == end:
        return length if final else WAIT
    return length if data[after] == V2 or data[after] == V1 else -UNKNOWN


@inlined
def refuse(refused: Array, last: Array, start: int, end: int, reason: int) -> None:
    """Count the piece from `start` to before `end`; the newest pieces are kept by place."""
    if end > start:
        row = refused[0, 0] % len(last)
        last[row, 0] = start
        last[row, 1] = end - start
        last[row, 2] = reason
        refused[0, 0] += 1
        refused[reason, 0] += 1
        refused[reason, 1] += end - start


@lean
def scan(
    data: Array, bounds: Array, final: bool, slots: Array, seals: Array, bases: Array, sums: Array,
    place: Array, slot_of: Array, datagram_of: Array, counts: Array, refused: Array, last: Array,
) -> tuple[int, int]:  # fmt: skip
    """Every frame of the datagrams that begin at `bounds`: (frames, bytes done with).

    `place`, `slot_of` (-1 for an unknown message), `datagram_of`: a row a frame; `counts`: frames by slot; `refused`:
    (reasons, 2) pieces and bytes, row 0 counts all; `last`: (n, 3) start, length, reason of the newest pieces.
    Not `final`: the bytes go on, and what cannot be told yet is left.
    """
    n = 0
    p = np.int64(0)
    for datagram in range(len(bounds) - 1):
        p = bounds[datagram]
        end = bounds[datagram + 1]
        bad, bad_end, reason = p, p, 0  # the piece being refused: where it began, where it would end, why
        while p < end:
            if data[p] != V2 and data[p] != V1:
                found = -NOISE
            else:
                found = judge(data, p, end, slots, seals, bases, sums)
                if found == 0:
                    found = judge_unknown(data, p, end, final, slots, seals, bases, sums)
                if found == WAIT:
                    if not final:
                        break
                    found = -TRUNCATED
            if found > 0:
                refuse(refused, last, bad, p, reason)
                number = number_of(data, p)
                slot = np.int64(slots[number]) if number < len(slots) else -1
                place[n] = p
                slot_of[n] = slot
                datagram_of[n] = datagram
                if slot >= 0:
                    counts[slot] += 1
                n += 1
                p += found
                bad, bad_end, reason = p, p, 0
                continue
            if reason == 0 or (p >= bad_end and (found != -NOISE or reason != NOISE)):
                refuse(refused, last, bad, p, reason)
                bad, reason = p, -found
                if found == -NOISE:
                    bad_end = p + 1
                else:
                    bad_end = end if found == -TRUNCATED else p + length_of(data, p)
            p += 1
        refuse(refused, last, bad, p, reason)
    return n, p  # type: ignore[return-value]


@lean
def gather(
    data: Array, place: Array, slot_of: Array, datagram_of: Array, sizes: Array, fill: Array, base: Array,
    rows: Tables, payloads: Array, seen: Array,
) -> None:  # fmt: skip
    """Put the payload of each frame, zeros for what was cut off, behind the last of its message, its head beside it.

    `fill`: the next row of each slot; `base`: minus its first row times its size, plus where its payloads begin;
    `rows`: (order, offset, datagram, head) with head (n, 6): system, component, packet, version, payload length, flags.
    `seen`: (65536, 4) of each sender: its last packet + 1, frames, packets lost, packets repeated.
    """
    order, offset, datagram, head = rows
    for frame in range(len(place)):
        p = place[frame]
        version = 2 if data[p] == V2 else 1
        packet = np.int64(data[p + 4] if version == 2 else data[p + 2])
        system = np.int64(data[p + 5] if version == 2 else data[p + 3])
        component = np.int64(data[p + 6] if version == 2 else data[p + 4])
        sender = system << 8 | component
        if seen[sender, 0] > 0:
            gap = (packet - seen[sender, 0]) & 0xFF
            if gap == 0xFF:
                seen[sender, 3] += 1
            else:
                seen[sender, 2] += gap
        seen[sender, 0] = packet + 1
        seen[sender, 1] += 1
        slot = np.int64(slot_of[frame])
        if slot < 0:
            continue
        row = fill[slot]
        fill[slot] = row + 1
        order[row] = frame
        offset[row] = p
        datagram[row] = datagram_of[frame]
        length = np.int64(data[p + 1])
        head[row, 0] = system
        head[row, 1] = component
        head[row, 2] = packet
        head[row, 3] = version
        head[row, 4] = length
        head[row, 5] = data[p + 3] if version == 2 else 0
        size = sizes[slot]
        at = base[slot] + row * size
        p += HEAD_V2 if version == 2 else HEAD_V1
        taken = min(length, size)
        for i in range(taken):
            payloads[at + i] = data[p + i]
        for i in range(taken, size):
            payloads[at + i] = 0
