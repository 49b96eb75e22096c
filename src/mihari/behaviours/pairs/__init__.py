"""Who was near whom: places of all vessels at common times -> intervals of pairs."""

from mihari.behaviours.pairs.company import Company, GridPace

__all__ = ["Company", "GridPace"]
