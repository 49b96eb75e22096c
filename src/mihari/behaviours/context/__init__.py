"""What a coast teaches while it is watched: who sails where and how, how well stations hear, where vessels lie."""

from mihari.behaviours.context.anchorages import Anchorage
from mihari.behaviours.context.context import Context
from mihari.behaviours.context.hearing import Heard
from mihari.behaviours.context.learned import Learned
from mihari.behaviours.context.traffic import Usual

__all__ = ["Anchorage", "Context", "Heard", "Learned", "Usual"]
