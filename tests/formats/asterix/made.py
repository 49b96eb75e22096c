"""Random records of a category, made from its definition: every item, every shape, every value."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from mihari.formats.asterix.definition import (
    Category,
    Compound,
    Content,
    Element,
    Explicit,
    Extended,
    Group,
    Named,
    Repetitive,
)


def element(content: Element) -> st.SearchStrategy[int]:
    half = 1 << content.bits - 1
    return st.integers(-half, half - 1) if content.signed else st.integers(0, 2 * half - 1)


def value(content: Content) -> st.SearchStrategy[Any]:
    match content:
        case Element():
            return element(content)
        case Group(parts):
            return st.fixed_dictionaries({p.name: value(p.content) for p in parts if isinstance(p, Named)})
        case Extended(parts, _):
            longer = [Group(tuple(p for part in parts[: n + 1] for p in part)) for n in range(len(parts))]
            return st.one_of([value(group) for group in longer])
        case Repetitive(count_octets, repeated):
            return st.lists(value(repeated), min_size=0 if count_octets else 1, max_size=4)
        case Compound(parts):
            own = {p.name: value(p.content) for p in parts if p is not None}
            return st.fixed_dictionaries({}, optional=own)
        case Explicit():
            return st.binary(max_size=20)


def record(category: Category) -> st.SearchStrategy[dict[str, Any]]:
    own = [
        st.fixed_dictionaries({}, optional={i.name: value(i.content) for i in uap if i is not None}).filter(bool)
        for uap in category.uaps
    ]
    items = st.one_of([of_uap.map(lambda chosen, n=n: in_profile(category, n, chosen)) for n, of_uap in enumerate(own)])
    return items.map(lambda chosen: {"category": category.number, "edition": category.edition, "items": chosen})


def in_profile(category: Category, number: int, items: dict[str, Any]) -> dict[str, Any]:
    """The items with the value that says which profile they follow; the first needs none."""
    choice = category.choice
    if choice is None or (number == 0 and choice.item not in items):
        return items
    named = next(item for item in category.uap if item is not None and item.name == choice.item)
    assert isinstance(named.content, Extended)
    nothing = {part.name: 0 for part in named.content.parts[0] if isinstance(part, Named)}
    return items | {choice.item: items.get(choice.item, nothing) | {choice.part: number}}


def drawn_record(category: Category, rng: random.Random, share: float = 0.6) -> dict[str, Any]:
    """A record with a `share` of the items and all bits at random: cheaper than `record` where no shrinking helps."""
    number = rng.randrange(len(category.uaps)) if category.choice else 0
    uap = category.uaps[number]
    items = {item.name: drawn(item.content, rng, share) for item in uap if item is not None and rng.random() < share}
    items = in_profile(category, number, items or {uap[0].name: drawn(uap[0].content, rng)})
    return {"category": category.number, "edition": category.edition, "items": items}


def drawn(content: Content, rng: random.Random, share: float = 0.6) -> Any:
    """A value with a `share` of the sub-items of compound ones."""
    match content:
        case Element():
            return rng.getrandbits(content.bits) - (1 << content.bits - 1 if content.signed else 0)
        case Group(parts):
            return {p.name: drawn(p.content, rng) for p in parts if isinstance(p, Named)}
        case Extended(parts, _):
            there = parts[: rng.randint(1, len(parts))]
            return {p.name: drawn(p.content, rng) for part in there for p in part if isinstance(p, Named)}
        case Repetitive(count_octets, repeated):
            return [drawn(repeated, rng) for _ in range(rng.randint(0 if count_octets else 1, 4))]
        case Compound(parts):
            return {p.name: drawn(p.content, rng) for p in parts if p is not None and rng.random() < share}
        case Explicit():
            return rng.randbytes(rng.randint(0, 20))
