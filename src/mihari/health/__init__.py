"""How the node is doing -> alarms with one sentence each, for people, the page and metrics. Pure: time is given."""

from mihari.health.book import AlarmBook, Condition
from mihari.health.watch import HealthWatch, Limits, limits_of

__all__ = ["AlarmBook", "Condition", "HealthWatch", "Limits", "limits_of"]
