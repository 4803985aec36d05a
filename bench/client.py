"""A browser reduced to its wire: connections kept open, requests prepared beforehand, answers read to their end."""

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple, cast
from urllib.parse import urlencode

import uvloop

TIMEOUT = 30


class Measured(NamedTuple):
    seconds: float
    times: list[float]  # of each request, in seconds, sorted

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))]


def request(path: str, *, token: str = "", form: dict[str, str] | None = None, plain: bool = False) -> bytes:
    """What a browser sends. `plain` asks for an answer that is not compressed."""
    body = urlencode(form).encode() if form is not None else b""
    lines = [
        f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "User-Agent: Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: fr,fr-FR;q=0.8,en-US;q=0.5,en;q=0.3",
        "Accept-Encoding: identity" if plain else "Accept-Encoding: gzip, deflate, br, zstd",
        "Sec-Fetch-Site: same-origin",
    ]
    if token:
        lines.append(f"Cookie: convention={token}")
    if form is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.received = b""
        self.answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    async def send(self, wanted: bytes) -> bytes:
        assert self.transport is not None
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(wanted)
        return await self.answer

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator or not _whole(head.lower(), body):
            return
        answer, self.received = self.received, b""
        if self.answer is not None and not self.answer.done():
            self.answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(error or ConnectionError("the server hung up"))


def _whole(head: bytes, body: bytes) -> bool:
    place = head.find(b"content-length: ")
    if place >= 0:
        return len(body) >= int(head[place + 16 :].split(b"\r", 1)[0])
    return body.endswith(b"0\r\n\r\n")


def once(port: int, wanted: bytes) -> bytes:
    """One answer, whole."""
    return run(port, [wanted])[1][0]


def run(port: int, requests: list[bytes], concurrency: int = 1) -> tuple[Measured, list[bytes]]:
    """Send these requests once each. Gives the answers too."""
    answers: list[bytes] = []
    waiting = iter(requests)
    return _run(port, lambda: next(waiting, None), concurrency, answers.append), answers


def hammer(port: int, next_request: Callable[[], bytes], concurrency: int, seconds: float) -> Measured:
    """Send requests one after the other on each connection, for so long. Every one must be answered 200."""
    until = time.perf_counter() + seconds
    return _run(port, lambda: next_request() if time.perf_counter() < until else None, concurrency, all_well)


def all_well(answer: bytes) -> None:
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]


def _run(port: int, draw: Callable[[], bytes | None], concurrency: int, look: Callable[[bytes], object]) -> Measured:
    times: list[float] = []

    async def one() -> None:
        loop = asyncio.get_running_loop()
        transport, connection = await loop.create_connection(Connection, "127.0.0.1", port)
        while (wanted := draw()) is not None:
            start = time.perf_counter()
            answer = await asyncio.wait_for(connection.send(wanted), TIMEOUT)
            times.append(time.perf_counter() - start)
            look(answer)
        transport.close()

    async def everyone() -> float:
        start = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(concurrency)))
        return time.perf_counter() - start

    took = uvloop.run(everyone())
    return Measured(took, sorted(times))
