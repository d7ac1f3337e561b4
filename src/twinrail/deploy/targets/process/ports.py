"""The ports of this machine: who listens on one, and one that nobody does."""

import random
import socket

import psutil

NOBODY_KNOWN = "another program"
"""Who listens where the system does not say who."""

_PORTS, _TRIES = range(20_000, 32_000), 50
"""Below what systems deal out to outgoing connections: 32768 and up on Linux, 49152 and up elsewhere (RFC 6335)."""


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on, and that no outgoing connection takes before somebody does."""
    for _ in range(_TRIES):
        port = random.choice(_PORTS)  # noqa: S311  # it draws lots, it keeps no secret
        if not holder(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        taken: int = probe.getsockname()[1]
        return taken


def holder(port: int) -> str:
    """Who listens on a port of this machine, `python (pid 4711)`, or an empty text."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return _listener(port)
    return ""


def _listener(port: int) -> str:
    try:
        for each in psutil.net_connections("tcp"):
            if each.laddr and each.laddr.port == port and each.status == psutil.CONN_LISTEN and each.pid:
                return f"{psutil.Process(each.pid).name()} (pid {each.pid})"
    except psutil.Error:
        pass
    return NOBODY_KNOWN
