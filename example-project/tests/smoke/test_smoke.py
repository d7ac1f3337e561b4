"""Five quick questions to a shop that has just been deployed."""

from collections.abc import Iterator

import httpx
import pytest


@pytest.fixture
def shop(base_url: str) -> Iterator[httpx.Client]:
    """A client of the running shop."""
    with httpx.Client(base_url=base_url, timeout=10) as client:
        yield client


def test_it_is_alive(shop: httpx.Client) -> None:
    """The process answers."""
    assert shop.get("/healthz").status_code == 200


def test_it_is_ready(shop: httpx.Client) -> None:
    """The database is there and migrated."""
    answer = shop.get("/readyz")
    assert answer.status_code == 200, answer.text


def test_it_knows_its_version(shop: httpx.Client) -> None:
    """A release tells which one it is."""
    assert shop.get("/version").json()["version"]


def test_it_has_products(shop: httpx.Client) -> None:
    """The catalogue is not empty."""
    assert shop.get("/api/products").json()


def test_its_page_opens(shop: httpx.Client) -> None:
    """The page has the order form."""
    answer = shop.get("/")
    assert answer.status_code == 200
    assert "Place order" in answer.text
