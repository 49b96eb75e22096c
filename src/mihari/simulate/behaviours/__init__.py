"""Happenings with known truth: one file per behaviour, one contract; real ones and innocent look-alikes."""

from mihari.simulate.behaviours.casting import INJECTORS, casts
from mihari.simulate.behaviours.contract import Injector
from mihari.simulate.behaviours.scene import NoRoom

__all__ = ["INJECTORS", "Injector", "NoRoom", "casts"]
