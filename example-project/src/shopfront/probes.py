"""What machines ask: alive, ready, which version, which metrics."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from shopfront import __version__
from shopfront.api import ShopDatabase
from shopfront.database import Database
from shopfront.metrics import RequestMetrics
from shopfront.migration import schema_state

router = APIRouter()


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive; this asks nothing of the database."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(database: ShopDatabase) -> JSONResponse:
    """The database is reachable and has a schema that this release can use."""
    if reason := _obstacle(database):
        return JSONResponse({"status": "unavailable", "reason": reason}, status_code=503)
    return JSONResponse({"status": "ok"})


@router.get("/version")
async def version() -> dict[str, str]:
    """The release that answers."""
    return {"version": __version__}


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """What Prometheus scrapes."""
    request_metrics: RequestMetrics = request.app.state.metrics
    return Response(request_metrics.exposition(), media_type=CONTENT_TYPE_LATEST)


def _obstacle(database: Database) -> str | None:
    try:
        with database.engine.connect() as connection:
            state = schema_state(connection)
    except SQLAlchemyError as error:
        return f"the database cannot be reached: {type(error).__name__}"
    return None if state.usable else state.value
