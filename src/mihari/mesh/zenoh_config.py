"""What a node's Zenoh session is told: a router in this process that carries frames between direct neighbours only.

The keys are those of Zenoh 1.10. Batches, queues and the lease hold for all links of a session, the send buffer for
one endpoint: so the poorest link of a node settles the first. Small buffers everywhere are what makes priorities work:
an alarm stands behind what has left our hands, and on 64 kbit/s a batch of 64 kB takes 8 s. Zenoh's TLS keeps 64 kB
more before it stops taking frames, and no setting changes that: only who keeps to the window of a link's profile has
alarms in time (at 64 kbit/s, tried with more than it carries: 10 s over TLS, 2 s over TCP; within it 0.07 s).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mihari.mesh.keys import Identity
from mihari.mesh.profiles import Profile

ROOT = "mihari"
MESSAGE_MAX = 1 << 20  # bytes; longer ones Zenoh throws away as they come, without keeping them
THIN_BATCH = 1400  # bytes: one packet
THIN_SEND_BUFFER = 8192  # bytes at least in the system's hands for a thin link
SEND_WINDOWS = 1.5  # times the profile's window, which bounds what we hand over: less, and TCP idles over its losses
WAIT_S = 1.0  # that Zenoh waits for room for a whole frame before it drops it
THIN_WAIT_S = 3.0  # the same on thin links: 16 kB take half a second, and TCP waits for what was lost
RETRY = {"period_init_ms": 1000, "period_max_ms": 4000, "period_increase_factor": 2.0}
OURS = ("interactive_high", "data_high", "data", "data_low", "background")  # Zenoh's queues that may be small


def key_of(receiver: str, sender: str, lane: int | str = "*") -> str:
    """The key expression of frames of one lane from one neighbour to another; `*`: of all lanes.

    >>> key_of("a1", "b2", 0), key_of("a1", "b2")
    ('mihari/a1/b2/0', 'mihari/a1/b2/*')
    """
    return f"{ROOT}/{receiver}/{sender}/{lane}"


def settings(
    identity: Identity, listen: Sequence[str], links: Mapping[str, Profile], profile: Profile
) -> dict[str, Any]:
    """Zenoh's settings by key. `links`: addresses to call; `profile`: of the links that others open."""
    ends = [*links, *listen]
    profiles = [*links.values(), *([profile] if listen else [])]
    thin = any(p.thin for p in profiles)
    return {
        "mode": "router",
        "id": identity.author,
        "listen/endpoints": [_endpoint(address, profile) for address in listen],
        "listen/timeout_ms": 1000,  # a QUIC port is free again a little after its closing
        "listen/exit_on_failure": True,
        "listen/retry": {"period_init_ms": 100, "period_max_ms": 200},
        "connect/endpoints": [_endpoint(address, p) for address, p in links.items()],
        "connect/timeout_ms": -1,  # in the background, for ever: with 0 one handshake that fails is the last
        "connect/exit_on_failure": False,
        "connect/retry": RETRY,
        "open/return_conditions": {"connect_scouted": False, "declares": False},
        "scouting/delay": 0,  # ms that opening waits for what scouting finds
        "scouting/multicast/enabled": False,
        "scouting/gossip/enabled": False,
        "timestamping/enabled": False,
        "transport/shared_memory/enabled": False,
        "transport/unicast/max_links": 1,
        "transport/link/protocols": sorted({address.partition("/")[0] for address in ends}) or ["tls"],
        "transport/link/rx/max_message_size": MESSAGE_MAX,
        "transport/link/tx/lease": round(max((p.lease for p in profiles), default=10.0) * 1000),
        "transport/link/tx/queue/congestion_control/drop": {
            "wait_before_drop": round(wait_of(profiles) * 1e6),
            "max_wait_before_drop_fragments": round(wait_of(profiles) * 1e6),  # of all fragments of a frame together
        },
        "transport/link/tls": _tls(identity),
        "access_control": _access(identity.author),
        **(_thin() if thin else {}),
    }


def wait_of(profiles: Iterable[Profile]) -> float:
    """Seconds that a `put` waits for room, and at the end of which the frame is dropped."""
    return THIN_WAIT_S if any(p.thin for p in profiles) else WAIT_S


def _endpoint(address: str, profile: Profile) -> str:
    # a quic link sends datagrams: it has no such buffer
    small = profile.thin and not address.startswith("quic/")
    room = max(THIN_SEND_BUFFER, round(SEND_WINDOWS * profile.window))
    return f"{address}#so_sndbuf={room}" if small else address


def _thin() -> dict[str, Any]:
    queues = {f"transport/link/tx/queue/size/{name}": 1 for name in OURS}
    return {"transport/link/tx/batch_size": THIN_BATCH, **queues}


def _tls(identity: Identity) -> dict[str, Any]:
    key, certificate = str(identity.tls_key), str(identity.tls_certificate)
    return {
        "root_ca_certificate": str(identity.ca),
        "enable_mtls": True,
        "verify_name_on_connect": True,
        "close_link_on_expiration": True,
        "listen_private_key": key, "listen_certificate": certificate,
        "connect_private_key": key, "connect_certificate": certificate,
    }  # fmt: skip


def _access(me: str) -> dict[str, Any]:
    """A router passes on what it hears; this one takes frames for itself and gives frames of its own, nothing else."""
    rules = [
        _rule("to us", "ingress", "put", key_of(me, "*")),
        _rule("they hear us", "ingress", "declare_subscriber", key_of("*", me)),
        _rule("from us", "egress", "put", key_of("*", me)),
        _rule("we hear them", "egress", "declare_subscriber", key_of(me, "*")),
    ]
    return {
        "enabled": True,
        "default_permission": "deny",
        "rules": rules,
        "subjects": [{"id": "all"}],
        "policies": [{"rules": [rule["id"] for rule in rules], "subjects": ["all"]}],
    }


def _rule(name: str, flow: str, message: str, key: str) -> dict[str, Any]:
    return {"id": name, "permission": "allow", "flows": [flow], "messages": [message], "key_exprs": [key]}
