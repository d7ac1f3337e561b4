"""Every request has an id, a log line and a place in the metrics."""

import json
import logging

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from shopfront.json_log import JsonFormatter, configure_logging
from shopfront.metrics import RequestMetrics
from shopfront.observation import Observation
from shopfront.request_id import choose_request_id, current_request_id


@pytest.fixture
def metrics() -> RequestMetrics:
    """Metrics that start from zero."""
    return RequestMetrics()


@pytest.fixture
def observed(metrics: RequestMetrics) -> TestClient:
    """An application with two routes that fail, one of them halfway."""
    app = FastAPI()
    app.add_middleware(Observation, metrics=metrics)

    @app.get("/fails")
    def fail() -> None:
        raise LookupError("on purpose")

    @app.get("/stops")
    def stop() -> StreamingResponse:
        def parts():
            yield b"half"
            raise LookupError("on purpose")

        return StreamingResponse(parts())

    return TestClient(app)


@pytest.mark.parametrize("given", ["abc-123", "A.b_c", "x" * 128])
def test_a_safe_id_is_kept(given: str) -> None:
    """The client's id goes through the logs unchanged."""
    assert given == choose_request_id(given)


@pytest.mark.parametrize("given", [None, "", "with space", "line\nbreak", "x" * 129])
def test_other_ids_are_replaced(given: str | None) -> None:
    """An id that is missing, too long or unsafe is replaced by a new one."""
    assert len(choose_request_id(given)) == 32
    assert given != choose_request_id(given)


def test_the_answer_carries_the_id(client: TestClient) -> None:
    """The id that was taken or made is in the answer."""
    answer = client.get("/version", headers={"X-Request-ID": "abc-123"})
    assert answer.headers["X-Request-ID"] == "abc-123"
    assert client.get("/version").headers["X-Request-ID"]


def test_a_failure_is_answered_and_counted(observed: TestClient, metrics: RequestMetrics) -> None:
    """An unexpected error is a 500 with the request id, and its cause stays in the log."""
    answer = observed.get("/fails", headers={"X-Request-ID": "abc"})
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, "abc")
    assert answer.json() == {"detail": "internal server error"}
    assert b'route="/fails",status="500"} 1.0' in metrics.exposition()


def test_a_failure_halfway_breaks_the_answer(observed: TestClient) -> None:
    """Once an answer has begun, an error can only break it off."""
    with pytest.raises(LookupError):
        observed.get("/stops")


def test_a_request_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """The log line has what one needs to find the request."""
    with caplog.at_level(logging.INFO, "shopfront"):
        client.get("/api/orders/nope")
    record = vars(caplog.records[-1])
    fields = {name: record[name] for name in ("method", "path", "route", "status")}
    expected = {
        "method": "GET",
        "path": "/api/orders/nope",
        "route": "/api/orders/{order_id}",
        "status": 404,
    }
    assert expected == fields


def test_a_log_line_is_one_json_object() -> None:
    """The line has the message, the request id, the extra fields and the traceback."""
    token = current_request_id.set("abc")
    try:
        raise LookupError("gone")
    except LookupError as error:
        record = logging.makeLogRecord(
            {"msg": "found %d", "args": (2,), "levelname": "INFO", "orders": 2}
        )
        record.exc_info = (type(error), error, error.__traceback__)
        fields = json.loads(JsonFormatter().format(record))
    finally:
        current_request_id.reset(token)
    assert (
        fields["message"],
        fields["level"],
        fields["request_id"],
        fields["orders"],
    ) == ("found 2", "info", "abc", 2)
    assert "LookupError: gone" in fields["exception"]


def test_logs_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Once configured, every logger's lines are JSON."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure_logging()
        logging.getLogger("anything").info("hello")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert json.loads(capsys.readouterr().out)["message"] == "hello"
