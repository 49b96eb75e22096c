"""Emulated TCP links in one thread: what two programs that talk through one notice of it."""

import asyncio
import contextlib
import socket
import threading
import time

import pytest

from mihari.core.errors import BadInput
from mihari.simulate.links import LinkBench, Shape, ask


class Echo:
    """A server on loopback that sends back what it gets, byte by byte as it comes."""

    def __init__(self):
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = self.door.getsockname()
        self.threads, self.open = [], []
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.door.accept()
            except OSError:
                return
            self.open.append(connection)
            thread = threading.Thread(target=self.serve, args=(connection,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def serve(self, connection):
        try:
            while piece := connection.recv(65536):
                connection.sendall(piece)
        except OSError:
            pass
        finally:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        for thread in (self.accepting, *self.threads):
            thread.join(5.0)


@pytest.fixture
def echo():
    with Echo() as served:
        yield served


@pytest.fixture
def bench(tmp_path):
    with LinkBench(tmp_path / "control") as made:
        yield made


def dialled(link, timeout=10.0):
    return socket.create_connection(("127.0.0.1", link.port), timeout=timeout)


def received(connection, size):
    got = b""
    while len(got) < size and (piece := connection.recv(size - len(got))):
        got += piece
    return got


def round_trip(connection, piece=b"x"):
    began = time.monotonic()
    connection.sendall(piece)
    assert received(connection, len(piece)) == piece
    return time.monotonic() - began


def test_a_round_trip_takes_twice_the_delay(bench, echo):
    link = bench.add("a", echo.address, Shape(delay=0.05))
    with dialled(link) as connection:
        round_trip(connection)  # the connection itself takes one more
        times = sorted(round_trip(connection) for _ in range(10))
    assert times[0] >= 0.1
    assert times[5] < 0.115


def test_bytes_come_at_the_rate_of_the_line_and_all_of_them(bench, echo):
    link = bench.add("a", echo.address, Shape(rate=50_000.0))
    sent = bytes(range(256)) * 400
    took = []
    for _ in range(2):  # a busy machine only makes it longer
        with dialled(link) as connection:
            began = time.monotonic()
            threading.Thread(target=connection.sendall, args=(sent,), daemon=True).start()
            assert received(connection, len(sent)) == sent
            took.append(time.monotonic() - began)
    assert min(took) == pytest.approx(len(sent) / 50_000, rel=0.1)
    told = link.stats()
    assert told["out"]["bytes"] == told["back"]["bytes"] == 2 * len(sent)
    assert told["connections"] == 2


def test_the_sender_feels_a_full_link_and_the_memory_stays_bounded(bench):
    with socket.create_server(("127.0.0.1", 0)) as door:
        link = bench.add("a", door.getsockname(), Shape(rate=10_000.0, queue=20_000))
        with dialled(link) as connection:
            connection.settimeout(0.5)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20_000)
            sent = 0
            with contextlib.suppress(TimeoutError):  # it blocks: nobody has room any more
                while sent < 10_000_000:
                    sent += connection.send(b"x" * 10_000)
            assert sent < 400_000
            assert link.stats()["out"]["held"] < 20_000 + 10_000 * 0.2 + 2 * 1448


def test_a_reader_who_does_not_read_stops_the_sender(bench):
    with socket.create_server(("127.0.0.1", 0)) as door:
        link = bench.add("a", door.getsockname())
        with dialled(link) as connection, door.accept()[0]:
            connection.settimeout(1.0)
            sent = 0
            with contextlib.suppress(TimeoutError):
                while sent < 100_000_000:
                    sent += connection.send(b"x" * 65_536)
            assert sent < 40_000_000  # what the system buffers, and ours


def test_losses_are_felt_as_stalls_and_counted(bench, echo):
    link = bench.add("a", echo.address, Shape(delay=0.01))
    with dialled(link) as connection:
        assert round_trip(connection) < 0.15
        link.reshape(loss=1.0)
        assert 2 * (0.01 + 0.22) <= round_trip(connection) < 0.6  # both ways stall
        bench.loss("a", 0.0)
        assert round_trip(connection) < 0.15
    assert link.stats()["out"]["lost"] == link.stats()["back"]["lost"] == 1


def test_a_cut_connection_stays_open_and_silent_and_goes_on_when_healed(bench, echo):
    link = bench.add("a", echo.address, Shape(delay=0.01))
    with dialled(link) as before:
        round_trip(before)
        bench.cut("a")
        before.sendall(b"held")
        with dialled(link) as during:
            during.sendall(b"new")
            for connection in (before, during):
                connection.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    connection.recv(1)
                connection.settimeout(5.0)
            assert link.stats()["down"]
            assert len(echo.open) == 1  # the new one has not come through
            bench.heal("a")
            assert received(before, 4) == b"held"
            assert received(during, 3) == b"new"
            round_trip(before)
    assert not link.stats()["down"]


def test_the_end_of_a_stream_takes_its_way_and_the_answer_comes_back(bench, echo):
    link = bench.add("a", echo.address, Shape(delay=0.02))
    with dialled(link) as connection:
        connection.sendall(b"last words")
        connection.shutdown(socket.SHUT_WR)
        assert received(connection, 100) == b"last words"  # and then the end, or it would wait for 100
    deadline = time.monotonic() + 5.0
    while bench.call(lambda: len(bench.links["a"].sides)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert bench.call(lambda: len(bench.links["a"].sides)) == 0


def test_who_dials_where_nobody_listens_is_hung_up_on(bench):
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = door.getsockname()
    link = bench.add("a", address)
    with dialled(link) as connection, contextlib.suppress(ConnectionResetError):
        assert connection.recv(1) == b""


def test_a_killed_program_is_noticed_at_the_other_end(bench):
    with socket.create_server(("127.0.0.1", 0)) as door:
        link = bench.add("a", door.getsockname())
        connection = dialled(link)
        other, _ = door.accept()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # reset, as a crash does
        connection.close()
        other.settimeout(5.0)
        with other:
            assert other.recv(1) == b""


def test_many_links_share_one_thread_and_each_keeps_its_own_delay(bench, echo):
    links = [bench.add(f"l{k}", echo.address, Shape(delay=0.02 * (k + 1))) for k in range(6)]
    connections = [dialled(link) for link in links]
    for connection in connections:
        round_trip(connection)
    took = [min(round_trip(connection) for _ in range(3)) for connection in connections]
    for connection in connections:
        connection.close()
    assert took == pytest.approx([0.04 * (k + 1) for k in range(6)], abs=0.012)


def test_the_control_socket_does_what_people_type(bench, echo):
    link = bench.add("ship", echo.address)
    assert ask(bench.control, "cut ship") == "ok"
    assert '"down": true' in ask(bench.control, "stats ship")
    assert ask(bench.control, "heal *") == "ok"
    assert not link.stats()["down"]
    with pytest.raises(BadInput, match="no link is named boat"):
        ask(bench.control, "cut boat")
    with pytest.raises(ValueError, match="no link is named boat"):
        bench.cut("boat")
    with pytest.raises(ValueError, match="already"):
        bench.add("ship", echo.address)


def test_nothing_is_left_behind(tmp_path, echo):
    before = threading.active_count()
    with LinkBench(tmp_path / "control") as bench:
        link = bench.add("a", echo.address, Shape(delay=5.0))
        connection = dialled(link)  # still on its way
        port = link.port
    with connection:
        connection.settimeout(5.0)
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    assert threading.active_count() == before
    assert not (tmp_path / "control").exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2.0)


def test_asyncio_programs_talk_through_it_too(bench, echo):
    link = bench.add("a", echo.address, Shape(delay=0.01, rate=100_000.0))

    async def talk():
        reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
        writer.write(b"x" * 30_000)
        got = await reader.readexactly(30_000)
        writer.close()
        await writer.wait_closed()
        return got

    assert asyncio.run(talk()) == b"x" * 30_000
