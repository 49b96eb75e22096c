"""Links between processes of one machine that behave as poor ones do: delay, rate, loss, queues, cuts."""

from mihari.simulate.links.bench import LinkBench, TcpLink
from mihari.simulate.links.line import SHAPES, Direction, Loss, Shape, Stats
from mihari.simulate.links.namespaces import Namespaces, TunLink, ask
from mihari.simulate.links.tun import missing

__all__ = [
    "SHAPES",
    "Direction",
    "LinkBench",
    "Loss",
    "Namespaces",
    "Shape",
    "Stats",
    "TcpLink",
    "TunLink",
    "ask",
    "missing",
]
