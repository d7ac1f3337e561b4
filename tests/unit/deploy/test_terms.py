"""What a rollout set out with, written down and read again."""

import json

import pytest

from twinrail.deploy.terms import Terms, changed, read_terms, write_terms
from twinrail.project.environments import Environment
from twinrail.project.strategies import Analysis, Strategy

CANARY = Strategy(name="canary", weights=(10.0, 50.0), hold="90s", bake="2s")
ALL = Terms(strategy=CANARY, analysis=Analysis(requests=500), replicas=3, migrate=("up",), contract=("shop", "close"))
LEAST = Terms(strategy=Strategy(), analysis=None, replicas=1)


@pytest.mark.parametrize("terms", [ALL, LEAST])
def test_what_was_written_is_read(terms):
    """Terms come out of a journal as they went in, durations and all."""
    assert terms == read_terms(json.loads(json.dumps(write_terms(terms))))


@pytest.mark.parametrize(
    ("key", "value"),
    [("name", 7), ("weights", "many"), ("hold", "90s"), ("standby", "no"), ("surge", 1.5)],
)
def test_what_is_not_of_its_kind(key, value):
    """A value of another kind is not taken for one of ours."""
    told = write_terms(ALL)
    told["strategy"][key] = value
    with pytest.raises(TypeError, match=key):
        read_terms(told)


def test_what_is_missing():
    """Terms that say less than ours are not read as ours."""
    told = write_terms(ALL)
    del told["strategy"]["until"]
    with pytest.raises(KeyError):
        read_terms(told)


def test_changed():
    """A table with another value is another one, and the first stays as it is."""
    before = Environment(start="9s")
    after = changed(before, replicas=4)
    assert (1, 4, 9.0) == (before.replicas, after.replicas, after.start)
