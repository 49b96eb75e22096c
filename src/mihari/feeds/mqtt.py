"""An MQTT broker's messages <-> chunks: one message is one or more lines, or one datagram. MQTT 3.1.1 (OASIS)."""

from __future__ import annotations

import contextlib
import random
import secrets
import ssl
from collections.abc import Sequence
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.transport import Clock
from mihari.feeds.worker import PATIENCE_S, WorkerTransport

KEEP_ALIVE_S = 30  # a broker that is silent for one and a half of these is gone
CONNECT_S = 10.0
LARGEST = 65535  # bytes of one message, as of one datagram
UNSENT = 1000  # messages paho holds for a slow broker


class _Context(ssl.SSLContext):
    """Remembers the socket it made: paho forgets the one whose handshake fails."""

    made: ssl.SSLSocket | None = None

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        """As the base class does."""
        self.made = super().wrap_socket(*args, **options)
        return self.made

    def close(self) -> None:
        """Close the socket, if there is one."""
        if self.made is not None:
            self.made.close()


class MqttLink:
    """One session with the broker."""

    def __init__(self, address: FeedAddress, health: Health, clock: Clock, subscribe: bool = True) -> None:
        self.address, self.health, self.clock, self.subscribe = address, health, clock, subscribe
        self._came: list[bytes] = []
        self._refused = ""
        self._ready = False
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=address.client or f"mihari-{secrets.token_hex(6)}",
            clean_session=not address.client,
            reconnect_on_failure=False,  # the worker does it, with jitter
        )
        client.connect_timeout = CONNECT_S
        client.max_queued_messages_set(UNSENT)
        if address.user:
            client.username_pw_set(address.user, address.password or None)
        client.on_connect, client.on_subscribe, client.on_message = (
            self._on_connect,
            self._on_subscribe,
            self._on_message,
        )
        self._client, self._context = client, _Context(ssl.PROTOCOL_TLS_CLIENT)

    def open(self) -> None:
        """Connect and subscribe; OSError with the reason. BadInput where `ca=` is no certificate."""
        if self.address.scheme == "mqtts":
            self._secure()
        try:
            self._client.connect(self.address.host, self.address.port, KEEP_ALIVE_S)
        except ssl.SSLCertVerificationError as error:
            raise OSError(f"the broker's certificate is not trusted ({error.verify_message})") from None
        except ssl.SSLError as error:
            raise OSError(f"no TLS there ({error.reason or 'broken off'})") from None
        for _ in range(int(CONNECT_S / PATIENCE_S)):
            self._loop()
            if self._ready:
                return
        raise OSError("the broker does not answer")

    def _secure(self) -> None:
        try:
            if self.address.ca:
                self._context.load_verify_locations(self.address.ca)
            else:
                self._context.load_default_certs()
            self._client.tls_set_context(self._context)
        except (OSError, ssl.SSLError):
            raise BadInput(f"{self.address.text}: expected ca= and a file with a certificate (PEM)") from None

    def read(self) -> Sequence[bytes]:
        """The messages that have come."""
        self._loop()
        came, self._came = self._came, []
        return came

    def ready(self) -> bool:
        """Whether paho has passed on all that it was given."""
        return not self._client.want_write()

    def write(self, piece: bytes, topic: str) -> None:
        """Publish one piece."""
        told = self._client.publish(topic, piece, qos=min(self.address.qos, 1))
        if told.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
            self.health.unsent += 1
        elif told.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise OSError("the broker closed the connection")

    def close(self) -> None:
        """Say goodbye and close."""
        with contextlib.suppress(OSError, ValueError):
            self._client.disconnect()
        self._context.close()

    def _loop(self) -> None:
        rc = self._client.loop(PATIENCE_S)
        if self._refused:
            raise OSError(self._refused)
        if rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise OSError("the broker closed the connection")

    def _on_connect(self, client: Any, _user: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._refused = f"the broker refuses us ({str(reason).lower()})"
        elif self.subscribe:
            client.subscribe(self.address.path, self.address.qos)
        else:
            self._ready = True

    def _on_subscribe(self, _client: Any, _user: Any, _mid: Any, reasons: Any, _properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self._refused = f"the broker does not let us read {self.address.path}"
        self._ready = True

    def _on_message(self, _client: Any, _user: Any, message: Any) -> None:
        if message.retain:  # kept by the broker since nobody knows when
            self.health.refuse(self.clock(), "retained", message.payload)
        elif len(message.payload) > LARGEST:
            self.health.refuse(self.clock(), "too_long", message.payload)
        elif message.payload:
            self._came.append(message.payload)


class MqttTransport(WorkerTransport):
    """A client of a broker, by `mqtt:` or, with TLS, `mqtts:`. `subscribe`: whether its topic is to be heard."""

    def __init__(
        self, address: FeedAddress, health: Health, clock: Clock, rng: random.Random, subscribe: bool = True
    ) -> None:
        super().__init__(address, health, clock, rng, lambda: MqttLink(address, health, clock, subscribe))
