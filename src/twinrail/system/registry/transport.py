"""One request over HTTP: a file is streamed, an answer is read up to a limit, no redirection takes a login along."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO

from twinrail.system.errors import RegistryError
from twinrail.system.registry.reference import Repository, is_local

_PATIENCE = 60.0
"""How long a registry may say nothing, in seconds; it may be writing a layer to its disk meanwhile."""
_AGENT = "twinrail"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked.

    Attributes:
        body: opens what is sent; None: nothing is.
        secret: the header that tells who asks; a redirection does not take it along.
        most: the largest answer, in bytes.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: Callable[[], IO[bytes] | bytes] | None = None
    secret: str = field(default="", repr=False)
    most: int = 2**20


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was answered, whatever it means."""

    status: int
    headers: Message
    body: bytes


def send(request: Request, repository: Repository) -> Answer:
    """The answer to a request.

    Raises:
        RegistryError: there is none, or it is larger than it may be.
    """
    body = request.body() if request.body else None
    told = urllib.request.Request(request.url, body, {"User-Agent": _AGENT, **request.headers}, method=request.method)  # noqa: S310
    if request.secret:
        told.add_unredirected_header("Authorization", request.secret)
    try:
        with _opener(request.url).open(told, timeout=_PATIENCE) as answer:
            return _read(answer.status, answer.headers, answer, request.most, repository)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error.code, error.headers, error, request.most, repository)
    except (OSError, http.client.HTTPException) as error:
        raise _silent(error, repository) from error
    finally:
        if body is not None and not isinstance(body, bytes):
            body.close()


def _opener(url: str) -> urllib.request.OpenerDirector:
    host = urllib.request.Request(url).host  # noqa: S310
    # Nobody's proxy reaches this machine's loopback.
    handlers = [urllib.request.ProxyHandler({})] if is_local(host) else []
    return urllib.request.build_opener(*handlers)


def _read(status: int, headers: Message, answer: IO[bytes], most: int, repository: Repository) -> Answer:
    data = answer.read(most + 1)
    if len(data) > most:
        raise RegistryError(f"{repository.host} answers with more than {most} bytes.")
    return Answer(status=status, headers=headers, body=data)


def _silent(error: Exception, repository: Repository) -> RegistryError:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return RegistryError(
        f"The registry {repository.host} does not answer: {said}.",
        why="No tag was set: what is pushed gets its name last.",
        todo="See whether it is up and reached from here; image.registry names it. Then run this again.",
    )
