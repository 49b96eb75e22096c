"""Random records of a category, made from its definition: every item, every shape, every value."""

from __future__ import annotations

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
        case Extended(parts):
            longer = [Group(tuple(p for part in parts[: n + 1] for p in part)) for n in range(len(parts))]
            return st.one_of([value(group) for group in longer])
        case Repetitive(count_octets, repeated):
            return st.lists(value(repeated), min_size=0 if count_octets else 1, max_size=4)
        case Compound(parts):
            own = {p.name: value(p.content) for p in parts if p is not None}
            return st.fixed_dictionaries({}, optional=own)
        case Explicit():
            return st.binary(max_size=20)


def record(category: Category, keep_re: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    own = {i.name: value(i.content) for i in category.items() if keep_re or not isinstance(i.content, Explicit)}
    items = st.fixed_dictionaries({}, optional=own).filter(bool)
    return items.map(lambda chosen: {"category": category.number, "edition": category.edition, "items": chosen})
