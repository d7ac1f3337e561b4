"""The id of the request being served, known wherever the request is worked on."""

import re
from contextvars import ContextVar
from uuid import uuid4

HEADER = "X-Request-ID"

current_request_id: ContextVar[str | None] = ContextVar("current_request_id", default=None)

_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,128}")


def choose_request_id(given: str | None) -> str:
    """The id the client gave, if it is safe to repeat, else a new one."""
    return given if given and _ACCEPTABLE.fullmatch(given) else uuid4().hex
