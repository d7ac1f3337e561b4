"""One HTTP request to a release, and what came back."""

import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from twinrail.deploy.interface import Address

COMPARED = "X-Twinrail-Probe"
"""The header of requests that are made to compare two releases: the proxy's log tells them from checks by it."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back.

    Attributes:
        status: the HTTP status; 0 when there was no answer.
        body: the first 64 KiB of the answer.
        seconds: how long it took.
        error: why there was no answer, or empty.
    """

    status: int = 0
    body: str = ""
    seconds: float = 0.0
    error: str = ""

    @property
    def refused(self) -> bool:
        """Whether asking the same again is of no use: the answer faults the question (4xx, RFC 9110, 15.5).

        All of them but those that ask for patience: 408, 425, 429.
        """
        return 400 <= self.status < 500 and self.status not in {408, 425, 429}  # noqa: PLR2004

    def __str__(self) -> str:
        if self.error:
            return f"no answer ({self.error})"
        first = self.body.strip().splitlines()[:1]
        return f"{self.status} {first[0][:120]}".strip() if first else str(self.status)


def get(address: Address, route: str, *, timeout: float = 5.0) -> Reply:
    """The reply to a GET of `route`, or why there is none; `timeout` in seconds."""
    url = urlsplit(address.url)
    started = time.monotonic()
    connection = http.client.HTTPConnection(url.hostname or "", url.port or 80, timeout=timeout)
    try:
        connection.request("GET", route, headers={"User-Agent": "twinrail", **address.headers})
        answer = connection.getresponse()
        body = answer.read(65_536).decode(errors="replace")
        return Reply(status=answer.status, body=body, seconds=time.monotonic() - started)
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return Reply(error=reason, seconds=time.monotonic() - started)
    finally:
        connection.close()
