"""Recordings that the tracker is measured on, a module each with `load`; `docs/researchers.md` lists them.

`joyride.load()`, `canal.load(longer_than_s)`, `autoferry.load(scenario)`, `solent.load()`.
"""

from mihari.lab.recordings import autoferry, canal, joyride, solent
from mihari.lab.recordings.recording import Looks, Places, Plots, Recording, merged
from mihari.lab.recordings.solent import Heard

__all__ = ["Heard", "Looks", "Places", "Plots", "Recording", "autoferry", "canal", "joyride", "merged", "solent"]
