"""The ports of this machine: who listens on one, and one that nobody does."""

import contextlib
import random
import socket
import sys

import psutil

NOBODY_KNOWN = "another program"
"""Who listens where the system does not say who."""

_PORTS, _TRIES = range(20_000, 32_000), 50
"""Below what systems deal out to outgoing connections: 32768 and up on Linux, 49152 and up elsewhere (RFC 6335)."""


class Claim:
    """A port on 127.0.0.1 that no other deployer of this machine is given, as long as this is kept.

    A service listens a second or two after it was started: until then nobody sees that its port is taken. On Linux
    alone, where a name without a file goes with whoever holds it, however that one ends.
    """

    def __init__(self, port: int) -> None:
        """Claims the port.

        Raises:
            OSError: another deployer has claimed it.
        """
        self.port = port
        self._mark: socket.socket | None = None
        if sys.platform == "linux":
            self._mark = mark = socket.socket(socket.AF_UNIX)
            try:
                mark.bind(f"\0twinrail-port-{port}")
            except OSError:
                mark.close()
                raise

    def __del__(self) -> None:
        """Whoever listens there by now has it."""
        if self._mark:
            self._mark.close()


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on."""
    return claim_port().port


def claim_port() -> Claim:
    """A port on 127.0.0.1 that nobody listens on or is about to, and that no outgoing connection takes before."""
    for _ in range(_TRIES):
        with contextlib.suppress(OSError):
            # Whoever claims it first and then looks finds what another one claimed, or started, a moment ago.
            claim = Claim(random.choice(_PORTS))  # noqa: S311  # it draws lots, it keeps no secret
            if not holder(claim.port):
                return claim
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Claim(probe.getsockname()[1])


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
