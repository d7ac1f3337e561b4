"""The load client against servers that misbehave: what it counts, and that it never asks twice."""

import json
import socket
import subprocess
import sys

import pytest
from rude_server import (
    BUSY,
    COOKIE,
    END,
    END_IDLE,
    HALF,
    LAST,
    PLACED,
    RESET,
    SILENCE,
    WELL,
    WITHOUT_LENGTH,
    serving,
)

from benchmarks.load import ROOT, People, going_on
from benchmarks.questions import shopfront, tinyweb, version_in


def ended(tmp_path, people, port, least):
    """What they find who ask just so often, and what became of their orders."""
    orders = tmp_path / "orders.txt"
    words = people.words(f"http://127.0.0.1:{port}", orders, least)
    done = subprocess.run(words, cwd=ROOT, input="", capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1]), dict(each.split() for each in orders.read_text().splitlines())


def asked(tmp_path, *answers, least=6, **more):
    """The same, and the server; nobody loses patience with a machine that stumbles."""
    people = People(**{"mix": "tinyweb", "word": "t", "people": 1, "patience": 10, **more})
    with serving(*answers) as (server, port):
        found, orders = ended(tmp_path, people, port, least)
        return found, server, orders


def test_all_is_well(tmp_path):
    """Orders are told apart from questions, over one connection, and none is asked twice."""
    found, server, orders = asked(tmp_path, PLACED, WELL, PLACED, WELL, PLACED, WELL)
    assert (6, 0, {}) == (found["asked"], found["failed"], found["failures"])
    assert {"t-0-0": "placed", "t-0-1": "placed", "t-0-2": "placed"} == orders
    assert (3, {"1.0": 2}, 0, 1) == (found["placed"], found["versions"], found["reconnects"], server.connections)
    assert 6 == len(set(server.asked)) + 1  # GET / is asked twice, all else once


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (END, "lost"),
        (RESET, "reset"),
        (SILENCE, "timeout"),
        (HALF, "timeout"),
        (WITHOUT_LENGTH, "garbled"),
        (BUSY, "status 503"),
        (WELL, "status 200"),
    ],
)
def test_every_kind_of_failure(tmp_path, answer, kind):
    """What became of an order is counted by its kind, and it is not asked for again."""
    patience = 0.3 if answer in {SILENCE, HALF} else 10
    found, server, orders = asked(tmp_path, answer, PLACED, least=2, patience=patience)
    assert {kind: 1} == found["failures"]
    assert {"t-0-0": kind.replace(" ", "-"), "t-0-1": "placed"} == orders
    assert [1, 1] == [sum(f"orders/t-0-{number} ".encode() in each for each in server.asked) for number in (0, 1)]
    (detail,) = found["details"]
    assert (kind, "POST /orders/t-0-0") == (detail["kind"], detail["asked"])


def test_nobody_there(tmp_path):
    """Where nobody listens each question is refused, and counted."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    found, _ = ended(tmp_path, People(mix="tinyweb", word="t", people=1), port, 3)
    assert {"refused": 3} == found["failures"]


def test_connection_that_ends_between_two_requests(tmp_path):
    """A server that ends a connection behind an answer costs a new connection, no request."""
    found, server, _ = asked(tmp_path, PLACED, LAST, PLACED, least=3)
    assert ({}, 1, 2) == (found["failures"], found["reconnects"], server.connections)


def test_connection_that_ends_idle(tmp_path):
    """The same where the server says nothing of it, and the person thinks meanwhile."""
    found, server, _ = asked(tmp_path, PLACED, END_IDLE, PLACED, PLACED, least=3, pause=0.5)
    assert (0, 1, 2) == (found["failures"].get("lost", 0), found["reconnects"], server.connections)


def test_cookies(tmp_path):
    """Every other person keeps the cookies that they are given, and counts how often the version turns."""
    people = People(mix="tinyweb", word="t", people=2)
    with (
        serving(COOKIE) as (server, port),
        going_on(people, f"http://127.0.0.1:{port}", tmp_path / "orders.txt") as load,
    ):
        # Who of the two asks how often is the machine's affair.
        while load.asked < 10_000 and not any(b"Cookie: side=b" in each for each in list(server.asked)):
            load.wait_for(load.asked + 1)
    cookies = {b"Cookie: side=b" in each for each in server.asked}
    assert ({True, False}, True) == (cookies, load.found["cookies"] > 0)
    assert 0 == load.found["turns"]


def test_slow_people(tmp_path):
    """Who waits for every answer asks for that, and the name in the header Host is the one that was said."""
    found, server, _ = asked(tmp_path, PLACED, people=0, slow=(0.5,), host="shop.example", least=2)
    assert 2 == found["slow"] + 0
    assert all(b"?wait=0.5 " in each and b"Host: shop.example\r\n" in each for each in server.asked)


def test_client_that_dies_is_an_error(tmp_path):
    """A client that cannot do its work is an error, not a load without failures."""
    people = People(mix="nothing", word="t")
    load = going_on(people, "http://127.0.0.1:1", tmp_path / "orders.txt")
    with pytest.raises(RuntimeError, match="The load client ended with 2"), load:
        pass


def test_load_that_goes_on(tmp_path):
    """People ask as long as the block runs, and how far they are is known meanwhile."""
    people = People(mix="tinyweb", word="t", people=2)
    with (
        serving(PLACED) as (_, port),
        going_on(people, f"http://127.0.0.1:{port}", tmp_path / "orders.txt", least=5) as load,
    ):
        load.wait_for(20)
        assert load.asked >= 20
    assert load.found["asked"] >= load.asked >= 20


def test_half_are_orders():
    """Every other question of each mix places an order under an id of its own."""
    for mix in (shopfront, tinyweb):
        questions = [question for question, _ in zip(mix("w"), range(400), strict=False)]
        orders = [each.order for each in questions if each.order]
        assert (200, 200) == (len(orders), len(set(orders)))
        assert {"POST"} == {each.method for each in questions if each.order}


def test_versions_in_answers():
    """A version stands in JSON, or alone."""
    assert ["1.4.0", "2.0"] == [version_in(b'{"version": "1.4.0"}'), version_in(b"2.0\n")]


def test_help():
    """The client says what it does."""
    words = (sys.executable, "-m", "benchmarks.client", "--help")
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "never try again" in done.stdout
