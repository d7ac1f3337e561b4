"""The process that serves the application, until it is told to stop."""

import signal
from types import FrameType

import uvicorn

from shopfront.app import create_app
from shopfront.settings import Settings

# How long requests in flight may take to finish once the process is told to stop.
GRACE_SECONDS = 15


def create_server(settings: Settings) -> uvicorn.Server:
    """A server for the shop; its log goes through this process's own logging."""
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return uvicorn.Server(config)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests in flight and exit with 0."""
    server = create_server(settings)
    # Uvicorn raises the signal again after its shutdown, for these to handle.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    server.run()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
