"""A node's own picture and those that other nodes tell -> one Picture in which every vessel is one row."""

from mihari.picture.union.settings import UnionSettings
from mihari.picture.union.union import Union

__all__ = ["Union", "UnionSettings"]
