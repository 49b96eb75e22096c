"""Made-up vessels, and nodes that track each with a Kalman filter: what `Union` gets, with the truth beside it."""

from __future__ import annotations

import numpy as np

from mihari.core.geodesy import TangentPlane, axes, ecef, from_plane, to_plane
from mihari.core.picture import Category, ClaimedIdentity, Identity, Picture, Source, Vessels
from mihari.core.shared import Foreign, Shared

NOISE = 3e-4  # m²/s³ of the filters, and of the vessels unless told otherwise
COVARIANCE = ("ee", "en", "eu", "ev", "nn", "nu", "nv", "uu", "uv", "vv")
UPPER = np.triu_indices(4)
PLACE = np.eye(2, 4)


def key(node):
    return f"{node + 10:016x}"


def moved(x, P, dt, q):
    F = np.eye(4) + dt * np.eye(4, k=2)
    Q = q * np.kron(np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]), np.eye(2))
    return x @ F.T, F @ P @ F.T + Q


class Sea:
    """True vessels: state (n, 4) east, north, m, rates, m/s, at `time`, in the plane of (lat_deg, lon_deg)."""

    def __init__(self, state, seed=1, lat_deg=26.0, lon_deg=127.0, noise=NOISE, mmsi=None, start=10_000.0):
        self.rng = np.random.default_rng(seed)
        self.state, self.time, self.noise = np.array(state, float), start, noise
        self.plane = TangentPlane.at(lat_deg, lon_deg)
        self.mmsi = np.zeros(len(self.state), int) if mmsi is None else np.array(mmsi)
        self.nodes = []

    def node(self, **more):
        self.nodes.append(Node(self, len(self.nodes), **more))
        return self.nodes[-1]

    def run(self, seconds, after=None):
        for _ in range(seconds):
            dt = 1.0
            push = self.rng.normal(0.0, np.sqrt(self.noise * dt), (len(self.state), 2))
            self.state[:, :2] += dt * self.state[:, 2:] + 0.5 * dt * push
            self.state[:, 2:] += push
            self.time += dt
            ais = self.state[:, :2] + self.rng.normal(0.0, 10.0, (len(self.state), 2))  # one message, heard by many
            for node in self.nodes:
                node.step(ais)
            if after is not None:
                after()

    def lat_lon(self, state):
        return from_plane(self.plane, state[:, 0], state[:, 1])


class Node:
    """Tracks the vessels `sees` by radar each `turn` s (sd `radar` m) and those in `hears` by AIS each 10 s."""

    def __init__(self, sea, number, sees=None, hears=(), radar=10.0, turn=3, first=1, born=0.0):
        self.sea, self.number, self.radar, self.turn = sea, number, radar, turn
        self.rng = np.random.default_rng(1000 * number + 7)
        count = len(sea.state)
        self.sees = np.arange(count) if sees is None else np.array(sees, int)
        self.hears = np.array(hears, int)
        self.ids = first + self.rng.permutation(count)  # each node numbers in an order of its own
        self.held = np.zeros(count, bool)
        self.x, self.P, self.at = np.zeros((count, 4)), np.zeros((count, 4, 4)), np.full(count, np.nan)
        self.born = sea.time + born + self.rng.uniform(0.0, 5.0, count)
        self.sequence = 0
        self.heard = np.full((count, 2), np.nan)
        self.silent_since = None

    def step(self, ais):
        tick = int(self.sea.time)
        seen = self.sees[(self.sees + tick) % self.turn == 0]
        self.update(seen, self.sea.state[seen, :2] + self.rng.normal(0, self.radar, (len(seen), 2)), self.radar)
        heard = self.hears[(self.hears + tick) % 10 == 0]
        self.update(heard, ais[heard], 10.0)
        self.heard[seen, 0] = self.heard[heard, 1] = self.sea.time

    def update(self, who, z, sd):
        R = sd**2 * np.eye(2)
        new, old = who[~self.held[who]], self.held[who]
        self.x[new, :2], self.P[new] = z[~old], np.diag([sd**2, sd**2, 25.0, 25.0])
        for k, measured in zip(who[old], z[old], strict=True):
            x, P = moved(self.x[k], self.P[k], self.sea.time - self.at[k], NOISE)
            gain = P[:, :2] @ np.linalg.inv(P[:2, :2] + R)
            self.x[k] = x + gain @ (measured - x[:2])
            left = np.eye(4) - gain @ PLACE
            self.P[k] = left @ P @ left.T + gain @ R @ gain.T
        self.held[who], self.at[who] = True, self.sea.time

    def columns(self):
        who = np.flatnonzero(self.held)
        who = who[np.argsort(self.ids[who])]
        lat_deg, lon_deg = self.sea.lat_lon(self.x[who])
        names = np.where(np.isfinite(self.heard[who, 1]), self.sea.mmsi[who], 0)
        told = {f"cov_{two}": self.P[who][:, a, b] for two, a, b in zip(COVARIANCE, *UPPER, strict=True)}
        told |= {"lat_deg": lat_deg, "lon_deg": lon_deg, "east_mps": self.x[who, 2], "north_mps": self.x[who, 3]}
        source = np.isfinite(self.heard[who]) @ np.array([Source.RADAR, Source.AIS])
        told |= {"time": self.at[who], "born": self.born[who], "mmsi": names, "existence": 0.99, "source": source}
        told |= {"heard_radar": self.heard[who, 0], "heard_ais": self.heard[who, 1], "status": 0}
        return self.ids[who], told | {"category": np.where(names > 0, Category.CARGO, Category.UNKNOWN)}

    def picture(self):
        self.sequence += 1
        ids, told = self.columns()
        names = {int(i): m for i, m in zip(ids, told["mmsi"].tolist(), strict=True) if m}
        identities = {i: Identity(i, (ClaimedIdentity(m, 1.0, name=f"V{m}"),), 1) for i, m in names.items()}
        vessels = Vessels.of(len(ids), id=ids, number=ids, track=ids, sensors=1, changed=self.sequence, **told)
        return Picture(self.sea.time, self.sequence, vessels, identities)

    def foreign(self, **more):
        ids, told = self.columns()
        claims = {int(i): (ClaimedIdentity(m, 1.0),) for i, m in zip(ids, told["mmsi"].tolist(), strict=True) if m}
        more = {"lag": 0.5} | more
        return Foreign(key(self.number), f"node {self.number}", Shared.of(len(ids), vessel=ids, **told), claims, **more)


def truth_of(node, ids):
    """Which vessel each of the node's ids is."""
    return {int(i): k for k, i in enumerate(node.ids)}[int(ids)]


def in_plane(sea, vessels):
    """(n, 2) where rows are in the sea's plane, m."""
    x, y = to_plane(sea.plane, ecef(vessels.lat_deg, vessels.lon_deg))
    return np.column_stack([x, y])


def states_of(sea, vessels):
    """(n, 4) states and (n, 4, 4) covariances of rows in the sea's plane, each at its own time."""
    east, north, _ = axes(vessels.lat_deg, vessels.lon_deg)
    turn = np.stack(
        [np.stack([np.sum(a * b, -1) for b in (east, north)], -1) for a in (sea.plane.east, sea.plane.north)], -2
    )
    blocks = np.zeros((len(vessels), 4, 4))
    blocks[:, :2, :2] = blocks[:, 2:, 2:] = turn
    velocity = np.einsum("nij,nj->ni", turn, np.column_stack([vessels.east_mps, vessels.north_mps]))
    P = np.zeros((len(vessels), 4, 4))
    for two, a, b in zip(COVARIANCE, *UPPER, strict=True):
        P[:, a, b] = P[:, b, a] = getattr(vessels, f"cov_{two}")
    return np.hstack([in_plane(sea, vessels), velocity]), blocks @ P @ np.swapaxes(blocks, 1, 2)
