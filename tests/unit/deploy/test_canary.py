"""The strategy canary."""

from fakes import NEW, OLD, release
from hypothesis import given
from hypothesis import strategies as st

from twinrail.deploy.moves import Bring, Hold, Migrate, Rule, Shift, Start, Steer, Stop
from twinrail.deploy.strategies.canary import Canary
from twinrail.project.strategies import Strategy

ALWAYS = Rule(kind="header", name="X-Canary", value="always")


def plan(canary: Canary, replicas: int = 3, old: str = OLD):
    return list(canary(old, release("2.0"), replicas=replicas))


def test_moves():
    """At each weight as many instances as it needs, a hold, and the preview from the first weight to the last."""
    expected = [
        Bring(release("2.0")),
        Migrate(NEW),
        Start(NEW, 1),
        Steer(release=NEW, rules=(ALWAYS,)),
        Shift({OLD: 95.0, NEW: 5.0}),
        Hold(NEW, "step", 60.0),
        Start(NEW, 2),
        Shift({OLD: 50.0, NEW: 50.0}),
        Hold(NEW, "step", 60.0),
        Start(NEW, 3),
        Shift({NEW: 100.0}),
        Steer(),
        Hold(NEW, "arrived"),
        Hold(NEW, "bake", 5.0),
        Stop(OLD),
    ]
    assert expected == plan(Canary(weights=(5.0, 50.0), bake=5.0, preview=(ALWAYS,)))


def test_without_weights():
    """Without weights there is no step: all traffic goes over at once, and nobody is told apart before."""
    moves = plan(Canary(weights=()))
    assert [Start(NEW, 3), Shift({NEW: 100.0})] == moves[2:4]


def test_last_weight_needs_all():
    """Where the last weight needs all instances already, none is started after it."""
    assert 1 == sum(isinstance(move, Start) for move in plan(Canary(weights=(5.0, 95.0)), replicas=1))


@given(st.lists(st.floats(0.01, 99.99), min_size=1, unique=True).map(sorted), st.integers(1, 9))
def test_instances_for_each_weight(weights, replicas):
    """At each weight the new release runs with its share of the replicas, rounded up, so that none is overloaded."""
    running = 0
    for move in plan(Canary(weights=tuple(weights)), replicas):
        if isinstance(move, Start):
            running = move.count
        elif isinstance(move, Shift):
            assert running >= replicas * move.shares[NEW] / 100
            assert abs(sum(move.shares.values()) - 100) < 1e-9
    assert replicas == running


def test_first_release_is_no_canary():
    """Where nothing is live nobody can be compared: there is no weight, and no preview."""
    moves = plan(Canary(preview=(ALWAYS,)), old="")
    assert not any(isinstance(move, Steer) for move in moves)
    assert [Shift({NEW: 100.0})] == [move for move in moves if isinstance(move, Shift)]


def test_settings():
    """The settings say the weights, how long each lasts, and who meets the new release whatever the weight."""
    settings = Strategy(name="canary", weights=(10.0,), hold="5s", header="X-Canary: always", cookie="canary=yes")
    rules = (ALWAYS, Rule(kind="cookie", name="canary", value="yes"))
    assert Canary(weights=(10.0,), hold=5.0, bake=2.0, preview=rules) == Canary.of(settings, 2.0)
    assert () == Canary.of(Strategy(name="canary"), 2.0).preview
