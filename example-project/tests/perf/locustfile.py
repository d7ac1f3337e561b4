"""The load of a usual day: most customers look, some order."""

from random import choice, randint
from uuid import uuid4

from locust import HttpUser, between, task

PRODUCTS = ("apron", "bowl", "candle", "jug", "mug", "teapot")


class Customer(HttpUser):
    """Someone who looks around and orders now and then."""

    wait_time = between(0.05, 0.2)

    @task(3)
    def open_page(self) -> None:
        """Look at the page."""
        self.client.get("/")

    @task(4)
    def list_products(self) -> None:
        """Look at the catalogue."""
        self.client.get("/api/products")

    @task(2)
    def order(self) -> None:
        """Place an order and look at it."""
        order_id = uuid4().hex
        line = {"product_id": choice(PRODUCTS), "quantity": randint(1, 3)}
        self.client.post("/api/orders", json={"id": order_id, "lines": [line]})
        self.client.get(f"/api/orders/{order_id}", name="/api/orders/{order_id}")
