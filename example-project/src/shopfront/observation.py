"""The middleware around every request: its id, its log line and its metrics."""

import logging
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shopfront.metrics import RequestMetrics
from shopfront.request_id import HEADER, choose_request_id, current_request_id

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
UNMATCHED = "unmatched"

logger = logging.getLogger(__name__)


class Observation:
    """An ASGI middleware that observes each HTTP request from outside."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        """Wrap an application."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and record how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = choose_request_id(Headers(scope=scope).get(HEADER))
        token = current_request_id.set(request_id)
        answer = _Answer(send, request_id)
        started = perf_counter()
        try:
            await self._serve(scope, receive, answer)
        finally:
            self._record(scope, answer.status, perf_counter() - started)
            current_request_id.reset(token)

    async def _serve(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self._app(scope, receive, answer)
        except Exception:
            logger.exception("request failed")
            if answer.is_started:
                raise
            response = JSONResponse({"detail": "internal server error"}, status_code=500)
            await response(scope, receive, answer)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        # Only known methods and route templates become labels: clients must not invent series.
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = getattr(scope.get("route"), "path", UNMATCHED)
        self._metrics.observe(method, route, status, seconds)
        logger.info(
            "request served",
            extra={
                "method": scope["method"],
                "path": scope["path"],
                "route": route,
                "status": status,
                "duration_ms": round(seconds * 1000, 2),
            },
        )


class _Answer:
    """Sends an answer on, adds the request id to it and remembers its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.is_started = False
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_started = True
            self.status = message["status"]
            MutableHeaders(scope=message)[HEADER] = self._request_id
        await self._send(message)
