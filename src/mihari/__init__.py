"""Mihari: networked coastal surveillance. Wire bytes -> reports -> tracks -> one picture -> map."""

__version__ = "0.1.0"
