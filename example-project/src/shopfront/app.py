"""The web application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from shopfront import __version__, api, page, probes
from shopfront.database import Database
from shopfront.expiry import ExpiryJob
from shopfront.metrics import RequestMetrics
from shopfront.observation import Observation
from shopfront.queue import open_queue
from shopfront.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The shop, ready to be served; its background job runs as long as it is."""
    database = Database.at(settings.database_url)
    queue = open_queue(settings, database)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        job = ExpiryJob(database, settings)
        job.start()
        yield
        job.stop()
        queue.close()
        database.close()

    app = FastAPI(title="Shopfront", version=__version__, lifespan=lifespan)
    app.state.database = database
    app.state.queue = queue
    app.state.metrics = RequestMetrics()
    app.add_middleware(Observation, metrics=app.state.metrics)
    for router in (page.router, api.router, probes.router):
        app.include_router(router)
    for error, answer in api.ERROR_ANSWERS.items():
        app.add_exception_handler(error, answer)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    return app
