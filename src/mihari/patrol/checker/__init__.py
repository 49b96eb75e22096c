"""A plan against the rules of docs/patrol.md, knowing nothing of how plans are made."""

from mihari.patrol.checker.checking import check
from mihari.patrol.checker.violation import KINDS, Violation

__all__ = ["KINDS", "Violation", "check"]
