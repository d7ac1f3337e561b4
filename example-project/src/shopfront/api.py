"""The JSON API: products and orders."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy.exc import OperationalError

from shopfront import orders, receipts
from shopfront.database import Database
from shopfront.domain import (
    OrderConflict,
    OrderExpired,
    OrderNotFound,
    ReceiptNotFound,
    ShopError,
    UnknownProduct,
)
from shopfront.queue import Queue
from shopfront.schemas import NewOrder, OrderView, ProductView

STATUS_OF: dict[type[ShopError], int] = {
    OrderConflict: 409,
    OrderExpired: 409,
    OrderNotFound: 404,
    ReceiptNotFound: 404,
    UnknownProduct: 422,
}

router = APIRouter(prefix="/api")


async def the_database(request: Request) -> Database:
    """The database that the application was made with."""
    # Asynchronous, because nothing here waits: FastAPI would find a plain function a thread.
    database: Database = request.app.state.database
    return database


async def the_queue(request: Request) -> Queue:
    """The queue that the application was made with."""
    queue: Queue = request.app.state.queue
    return queue


ShopDatabase = Annotated[Database, Depends(the_database)]
ShopQueue = Annotated[Queue, Depends(the_queue)]


@router.get("/products")
def list_products(database: ShopDatabase) -> list[ProductView]:
    """The catalogue."""
    return [ProductView.model_validate(product) for product in orders.list_products(database)]


@router.post("/orders", status_code=status.HTTP_201_CREATED)
def place_order(new: NewOrder, database: ShopDatabase, response: Response) -> OrderView:
    """Place an order: 201 the first time, 200 and the same order when it is sent again."""
    placement = orders.place_order(database, new.id, new.quantities, datetime.now(UTC))
    if not placement.is_new:
        response.status_code = status.HTTP_200_OK
    return OrderView.of(placement.order)


@router.get("/orders/{order_id}")
def read_order(order_id: str, database: ShopDatabase) -> OrderView:
    """An order."""
    return OrderView.of(orders.find_order(database, order_id))


@router.put("/orders/{order_id}/payment")
def pay_order(order_id: str, database: ShopDatabase, queue: ShopQueue) -> OrderView:
    """Pay an order; paying it again changes nothing."""
    order = orders.pay_order(database, order_id)
    queue.put(order_id)
    return OrderView.of(order)


@router.get("/orders/{order_id}/receipt", response_class=PlainTextResponse)
def read_receipt(order_id: str, database: ShopDatabase) -> str:
    """The receipt of a paid order: 404 until it is written."""
    return receipts.find_receipt(database, order_id)


def answer_shop_error(_request: Request, error: Exception) -> JSONResponse:
    """The answer to a request that the shop cannot fulfil."""
    code = next(code for kind, code in STATUS_OF.items() if isinstance(error, kind))
    return JSONResponse({"detail": str(error)}, status_code=code)


def answer_database_error(_request: Request, _error: Exception) -> JSONResponse:
    """The answer while the database cannot be used."""
    return JSONResponse({"detail": "the database cannot be used now"}, status_code=503)


ERROR_ANSWERS = {ShopError: answer_shop_error, OperationalError: answer_database_error}
