"""HTTP/1.1 over one connection that is kept: a request at a time, never a second try."""

import asyncio
import errno
from dataclasses import dataclass, field
from typing import cast


class NoAnswer(Exception):
    """A request got no answer.

    Attributes:
        kind: `refused` (no connection, nothing was sent), `reset`, `lost` (the connection ended without an answer),
            `timeout`, or `garbled` (what came is no whole answer).
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind} {detail}".strip())
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whole.

    Attributes:
        status: the HTTP status.
        head: status line and headers.
        body: as long as the headers said.
    """

    status: int
    head: bytes
    body: bytes

    @property
    def last(self) -> bool:
        """Whether the server ends the connection behind it."""
        return self.header(b"connection").lower() == b"close"

    def header(self, name: bytes) -> bytes:
        """The value of the header of that name, in small letters; empty where there is none."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.lower() == name:
                return value.strip()
        return b""


@dataclass(eq=False)
class Connection(asyncio.Protocol):
    """A connection; `open_` makes it.

    Attributes:
        ended: whether it cannot be asked any more.
        failed: whether it ended with a request that got no answer.
    """

    patience: float
    ended: bool = False
    failed: bool = False
    _received: bytearray = field(default_factory=bytearray)
    _waiting: asyncio.Future[Answer] | None = None
    _transport: asyncio.Transport | None = None

    async def ask(self, request: bytes) -> Answer:
        """The answer to a request.

        Raises:
            NoAnswer: there was none; the request was sent, and is not sent again.
        """
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        timer = loop.call_later(self.patience, self._fail, NoAnswer("timeout", f"after {self.patience:g} s"))
        try:
            cast("asyncio.Transport", self._transport).write(request)
            answer = await self._waiting
        finally:
            timer.cancel()
            self._waiting = None
        if answer.last:
            self.close()
        return answer

    def close(self) -> None:
        """Ends it."""
        self.ended = True
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """A part of an answer came."""
        self._received += data
        head, gap, rest = bytes(self._received).partition(b"\r\n\r\n")
        if not gap:
            return
        try:
            length = _length(head)
        except ValueError:
            self._fail(NoAnswer("garbled", head[:80].decode("latin-1")))
            return
        if len(rest) >= length:
            self._received.clear()
            if self._waiting and not self._waiting.done():
                self._waiting.set_result(Answer(int(head[9:12]), head, rest[:length]))

    def connection_lost(self, exc: Exception | None) -> None:
        """It ended: by the server's will, or by an error."""
        reset = isinstance(exc, OSError) and exc.errno in {errno.ECONNRESET, errno.EPIPE}
        self._fail(NoAnswer("reset" if reset else "lost", f"after {len(self._received)} bytes of the answer"))

    def _fail(self, error: NoAnswer) -> None:
        self.ended = True
        if self._waiting and not self._waiting.done():
            self.failed = True
            self._waiting.set_exception(error)
        if self._transport:
            self._transport.abort()


async def open_(host: str, port: int, patience: float) -> Connection:
    """A connection to there; its answers must come within `patience` seconds.

    Raises:
        NoAnswer: nobody takes it.
    """
    loop = asyncio.get_running_loop()
    try:
        made = loop.create_connection(lambda: Connection(patience), host, port)
        return (await asyncio.wait_for(made, patience))[1]
    except (OSError, TimeoutError) as error:
        raise NoAnswer("refused", str(error)) from error


def _length(head: bytes) -> int:
    lowered = head.lower()
    if not lowered.startswith(b"http/1.1 ") or not head[9:12].isdigit():
        raise ValueError(head)
    at = lowered.find(b"\r\ncontent-length:")
    if at < 0:
        if head[9:12] == b"204":
            return 0
        raise ValueError(head)
    return int(lowered[at + 17 :].partition(b"\r\n")[0])
