"""A server of HTTP that behaves as it is told, answer by answer."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n1.0"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\n1.0"
PLACED = b"HTTP/1.1 201 Created\r\nContent-Length: 6\r\n\r\nplaced"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"
COOKIE = b"HTTP/1.1 200 OK\r\nSet-Cookie: side=b; HttpOnly\r\nContent-Length: 3\r\n\r\n2.0"
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n1.0"
WITHOUT_LENGTH = b"HTTP/1.1 200 OK\r\n\r\n1.0"

END, RESET, SILENCE, END_IDLE = "end", "reset", "silence", "end idle"
"""Instead of an answer; the last one ends the connection behind the answer that came before."""


@dataclass
class RudeServer:
    """Answers each request with the next of its answers, then with the last one ever after."""

    answers: list[object]
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection: socket.socket) -> None:
        with connection:
            while data := read(connection):
                self.asked.append(data)
                act = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if act == RESET:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if act in {END, RESET}:
                    return
                if act == SILENCE:
                    continue
                connection.sendall(act)
                if act == LAST or self.answers[0] == END_IDLE:
                    self.answers[:1] = [] if self.answers[0] == END_IDLE else self.answers[:1]
                    return


def read(connection: socket.socket) -> bytes:
    """A whole request."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            part = connection.recv(65536)
        except OSError:
            return b""
        if not part:
            return b""
        data += part
    return data


@contextmanager
def serving(*answers: object) -> Iterator[tuple[RudeServer, int]]:
    """Such a server, and its port."""
    server = RudeServer(list(answers))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        yield server, listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
