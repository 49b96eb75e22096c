"""How aircraft, boats and vehicles under water move: figures of `sensors.platforms`, orders, wind and sea -> places.

Pure: no clock, no sockets; time steps, weather, decks and randomness are arguments.
"""

from mihari.simulate.vehicles.body import Body, Deck, Sea, Wind
from mihari.simulate.vehicles.guidance import Guidance
from mihari.simulate.vehicles.limits import Refused
from mihari.simulate.vehicles.orders import Land, Leg, Loiter, Order, Return, Search, Through
from mihari.simulate.vehicles.vehicle import Vehicle

__all__ = [
    "Body",
    "Deck",
    "Guidance",
    "Land",
    "Leg",
    "Loiter",
    "Order",
    "Refused",
    "Return",
    "Sea",
    "Search",
    "Through",
    "Vehicle",
    "Wind",
]
