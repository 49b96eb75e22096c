"""Jobs with prizes and windows, vehicles with depots -> which to do, by whom, in which order."""

from mihari.patrol.routing.jobs import Job, Route, Van
from mihari.patrol.routing.layer import best_tours, route

__all__ = ["Job", "Route", "Van", "best_tours", "route"]
