"""The shop tells how it is."""

from fastapi.testclient import TestClient

from shopfront import __version__
from shopfront.app import create_app
from shopfront.settings import Settings


def test_a_migrated_shop_is_ready(client: TestClient) -> None:
    """Alive and ready are both 200."""
    assert 200 == client.get("/healthz").status_code == client.get("/readyz").status_code


def test_version(client: TestClient) -> None:
    """The version is the installed package's."""
    assert {"version": __version__} == client.get("/version").json()


def test_without_schema_it_is_alive_but_not_ready(settings: Settings) -> None:
    """The reason says what to do."""
    with TestClient(create_app(settings)) as client:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "run `shopfront migrate`" in answer.json()["reason"]


def test_without_database_it_is_not_ready() -> None:
    """A database that cannot be opened is named as the reason."""
    with TestClient(
        create_app(Settings(database_url="sqlite:////no/such/folder/shop.db"))
    ) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "the database cannot be reached: OperationalError"


def test_metrics_count_by_route_template(client: TestClient) -> None:
    """One series for all orders, and one for everything that is not there."""
    for path in ("/api/orders/a", "/api/orders/b", "/wp-login.php", "/.env"):
        client.get(path)
    metrics = client.get("/metrics").text
    template = 'method="GET",route="/api/orders/{order_id}",status="404"'
    assert f"http_requests_total{{{template}}} 2.0" in metrics
    assert f"http_request_duration_seconds_count{{{template}}} 2.0" in metrics
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 2.0' in metrics
