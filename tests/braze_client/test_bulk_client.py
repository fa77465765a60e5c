"""The bulk client judges real connections rightly: what may have reached Braze is never called not sent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import orjson
import pytest

from braze_client import Accepted, AsyncBrazeClient, BrazeError, Dispatcher, KeyRefused, NotSent, Uncertain, calls
from tests.braze_client.builders import API_KEY, CAMPAIGN_ID, DISPATCH_ID, SCHEDULE_ID, a_bulk_client, a_mail

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ACCEPTED = orjson.dumps({"message": "success", "dispatch_id": DISPATCH_ID, "schedule_id": SCHEDULE_ID})


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Return one request's head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head + await reader.readexactly(length)


def answer(status: bytes, body: bytes, headers: bytes = b"") -> bytes:
    """Return an HTTP answer."""
    return b"HTTP/1.1 %b\r\ncontent-length: %d\r\n%b\r\n%b" % (status, len(body), headers, body)


@asynccontextmanager
async def a_server(handle: Handler) -> AsyncIterator[str]:
    """Serve raw connections on a free port and give the address."""
    connections: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(writer)
        try:
            await handle(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()
        for writer in connections:
            writer.close()
        await asyncio.sleep(0)


async def test_many_calls_are_accepted_over_a_few_connections() -> None:
    ports: set[int] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ports.add(writer.get_extra_info("peername")[1])
        while True:
            request = await read_request(reader)
            assert f"authorization: bearer {API_KEY}".encode() in request.lower()
            writer.write(answer(b"201 Created", ACCEPTED))
            await writer.drain()

    async with a_server(handle) as endpoint, a_bulk_client(endpoint, max_connections=4) as client:
        mails = [a_mail(recipients=number) for number in range(1, 21)]
        outcomes = [outcome async for _, outcome in Dispatcher(client.send, 4).run(mails)]

    assert outcomes == [Accepted(dispatch_id=DISPATCH_ID, schedule_id=SCHEDULE_ID)] * 20
    assert len(ports) <= 4


async def cut_after_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read the request and close without an answer."""
    await read_request(reader)


async def reset_after_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read the request and reset the connection."""
    await read_request(reader)
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()


async def cut_within_the_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer half."""
    await read_request(reader)
    writer.write(b"HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{")
    await writer.drain()


async def garbled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer what is not HTTP."""
    await read_request(reader)
    writer.write(b"GARBLED\r\n\r\n")
    await writer.drain()


async def not_json(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 201 with broken JSON."""
    await read_request(reader)
    writer.write(answer(b"201 Created", b'{"message":"succ'))
    await writer.drain()


async def not_gzip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 201 with a body that is not what its encoding says."""
    await read_request(reader)
    writer.write(answer(b"201 Created", ACCEPTED, b"content-encoding: gzip\r\n"))
    await writer.drain()


async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send the caller elsewhere."""
    await read_request(reader)
    writer.write(answer(b"302 Found", b"", b"location: http://127.0.0.1:1/\r\n"))
    await writer.drain()


@pytest.mark.parametrize(
    "handle",
    [cut_after_reading, reset_after_reading, cut_within_the_answer, garbled, not_json, not_gzip, redirect],
    ids=lambda handle: handle.__name__,
)
@pytest.mark.contract("B-RETRY-3")
async def test_mail_that_may_have_reached_braze_is_uncertain_and_not_repeated(handle: Handler) -> None:
    requests = 0

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        requests += 1
        await handle(reader, writer)

    async with a_server(counted) as endpoint, a_bulk_client(endpoint) as client:
        with pytest.raises(BrazeError) as caught:
            await client.send(a_mail(), attempts=3)

    assert type(caught.value) is Uncertain
    assert caught.value.may_have_acted is True
    assert requests == 1


@pytest.mark.contract("B-RETRY-3")
async def test_a_read_timeout_is_uncertain() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await asyncio.sleep(5)

    async with a_server(silent) as endpoint, a_bulk_client(endpoint) as client:
        with pytest.raises(Uncertain):
            await client.send(replace(a_mail(), timeout_seconds=0.1))


async def test_an_answer_in_drops_ends_as_uncertain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("braze_client.transport.FREE_CONNECTION_SECONDS", 0.1)
    monkeypatch.setattr("braze_client.transport.CONNECT_SECONDS", 0.1)

    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n")
        for _ in range(500):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with a_server(dripping) as endpoint, a_bulk_client(endpoint) as client:
        with pytest.raises(Uncertain):
            await client.send(replace(a_mail(), timeout_seconds=0.2))


async def test_a_refused_connection_is_not_sent() -> None:
    async with a_server(cut_after_reading) as endpoint:
        pass
    async with a_bulk_client(endpoint) as client:
        with pytest.raises(NotSent) as caught:
            await client.send(a_mail())

    assert caught.value.may_have_acted is False


async def test_a_server_without_tls_is_not_sent() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)

    async with (
        a_server(plain) as endpoint,
        a_bulk_client(endpoint.replace("http:", "https:")) as client,
    ):
        with pytest.raises(NotSent):
            await client.send(a_mail())


async def test_an_idle_connection_that_the_server_cut_is_uncertain_for_mail_and_repeated_for_reads() -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(b"200 OK", b'{"message":"success","segments":[]}'))
        await writer.drain()
        await reader.read(1)

    async with a_server(once) as endpoint, a_bulk_client(endpoint) as client:
        await client.send(calls.segments_list())
        with pytest.raises(Uncertain):
            await client.send(a_mail())
        await client.send(calls.segments_list())
        page = await client.send(calls.segments_list())

    assert page.is_last


@pytest.mark.contract("B-HTTP-9")
async def test_the_bulk_client_takes_the_key_out_of_a_401() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer(b"401 Unauthorized", orjson.dumps({"message": f"Invalid API key: {API_KEY}"})))
        await writer.drain()

    async with a_server(echo) as endpoint, a_bulk_client(endpoint) as client:
        with pytest.raises(KeyRefused) as caught:
            await client.send(a_mail())

    assert caught.value.message == "Invalid API key: [redacted]"


async def test_another_transport_can_be_put_in_and_repeats_as_the_single_client_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([httpx.Response(502), httpx.Response(201, json={"message": "success", "send_id": "s"})])
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("braze_client.client.asyncio.sleep", sleep)
    transport = httpx.MockTransport(lambda request: next(answers))

    async with AsyncBrazeClient("https://rest.fra-01.braze.eu", API_KEY, transport=transport) as client:
        reply = await client.send(calls.send_id_create(CAMPAIGN_ID, "s"))

    assert reply.send_id == "s"
    assert len(waits) == 1
