"""Watch lists and registers: whom people look for, and what is written down of vessels."""

from mihari.behaviours.lists.matching import Lists
from mihari.behaviours.lists.reading import Listed, Problem, Read, read_list

__all__ = ["Listed", "Lists", "Problem", "Read", "read_list"]
