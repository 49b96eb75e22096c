"""What a node has done by others: tasks of vehicles and cameras, and the patrol that proposes them; on the records."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mihari.core.asset import Asset
from mihari.core.config import NodeConfig
from mihari.core.picture import Picture
from mihari.feeds.talk import Talk
from mihari.patrolling.patrolling import Patrolling
from mihari.tasks.camera import Cameras, cameras_of
from mihari.tasks.driver import Post
from mihari.tasks.drivers import makings_with, posts_of
from mihari.tasks.runner import Runner, Send, runner_of

Clock = Callable[[], float]


class Dispatch:
    """Started once the records are open, where there are some. `clock`: UTC s; `steady`: s that only grow."""

    def __init__(self, clock: Clock, steady: Clock) -> None:
        self.clock, self.steady = clock, steady
        self.tasks: Runner | None = None
        self.cameras: Cameras | None = None  # their connections
        self.patrolling: Patrolling | None = None  # where the node file has a patrol
        self._posts: Callable[[NodeConfig], list[Post]] = posts_of

    def start(self, config: NodeConfig, records: str, recorded: bool, talk: Talk, send: Send) -> None:
        """`records`: their address; nobody is asked for anything about recordings. `talk`: what vehicles answer."""
        if not recorded:
            self.cameras = cameras_of(records, self.clock)
            made = makings_with(self.cameras.keep), self.cameras.making
            self._posts = partial(posts_of, makings=made[0], cameras=made[1])
            self.tasks = runner_of(config, records, talk, send, *made, clock=self.clock, steady=self.steady)
            self.tasks.start()
        if config.patrol.file:
            self.patrolling = Patrolling(config.patrol, records, self.clock)
            self.patrolling.start()

    def reconfigure(self, config: NodeConfig) -> None:
        """Other vehicles and cameras from now on."""
        if self.tasks is not None:
            self.tasks.reconfigure(self._posts(config))

    def news(self, shown: Picture | None, assets: tuple[Asset, ...]) -> None:
        """The picture as it was just published, if it was; and where the node's own vehicles are."""
        if self.tasks is not None and shown is not None:
            self.tasks.news(shown)
        if self.patrolling is not None:
            self.patrolling.heard(assets)

    def stop(self) -> None:
        """End what goes on; what was asked for stays in the records."""
        for part in (self.tasks, self.patrolling):
            if part is not None:
                part.stop()
        if self.cameras is not None:
            self.cameras.close()
