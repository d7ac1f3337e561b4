"""The page that people buy from."""

from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader

from shopfront.api import ShopDatabase
from shopfront.orders import list_products

router = APIRouter()
templates = Environment(loader=PackageLoader("shopfront"), autoescape=True)


@router.get("/", response_class=HTMLResponse)
def page(database: ShopDatabase) -> str:
    """The catalogue with an order form.

    The order's id is chosen here, so a button pressed twice still places one order.
    """
    return templates.get_template("page.html").render(
        products=list_products(database), order_id=uuid4().hex
    )
