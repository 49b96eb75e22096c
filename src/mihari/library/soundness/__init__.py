"""A pattern's definition -> why it can never hold, or always holds, and what was likely meant: found without any data.

Looked at is what must hold at one time: comparisons of one figure that leave no value, a finding and its opposite,
words that no vessel has; and times longer than anything is remembered. What data alone can show is left to the proof.
"""

from mihari.library.soundness.judging import unsound

__all__ = ["unsound"]
