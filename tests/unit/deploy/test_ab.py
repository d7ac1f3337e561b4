"""The strategy ab: who meets which release, and for how long."""

import pytest
from fakes import NEW, OLD, release

from twinrail.deploy.moves import Bring, Hold, Migrate, Rule, Shift, Start, Steer, Stop
from twinrail.deploy.strategies.ab import AB
from twinrail.project.strategies import Strategy

HEADER = Rule(kind="header", name="X-Group", value="b")
COOKIE = Rule(kind="cookie", name="group", value="b")


def plan(ab: AB, old: str = OLD):
    return list(ab(old, release("2.0"), replicas=2))


def steers(ab: AB, old: str = OLD):
    return [move for move in plan(ab, old) if isinstance(move, Steer)]


def test_moves():
    """A full set, asked past the traffic; people dealt; both run until it ends; then the new one takes over."""
    moves = plan(AB(share=20.0, bake=5.0))
    sticky = moves[4]
    assert isinstance(sticky, Steer)
    expected = [
        Bring(release("2.0")),
        Migrate(NEW),
        Start(NEW, 2),
        Hold(NEW, "step"),
        sticky,
        Shift({OLD: 80.0, NEW: 20.0}),
        Hold(NEW, "end"),
        Shift({NEW: 100.0}),
        Steer(),
        Hold(NEW, "arrived"),
        Hold(NEW, "bake", 5.0),
        Stop(OLD),
    ]
    assert expected == moves


@pytest.mark.parametrize("rule", [HEADER, COOKIE])
def test_rule(rule):
    """With a rule those whom it names meet the new release and everybody else the old one: nobody is dealt."""
    ab = AB(rule=rule)
    assert [Steer(release=NEW, rules=(rule,)), Steer()] == steers(ab)
    assert [Shift({NEW: 100.0})] == [move for move in plan(ab) if isinstance(move, Shift)]


def test_hash():
    """By a hash of the address no cookie is dealt."""
    assert [Steer(release=NEW, hashed=True), Steer()] == steers(AB(by="hash"))


def test_cookie_is_named_after_the_pair():
    """Each pair of releases has a cookie of its own, always the same: no experiment inherits another's sides."""
    (first, _), (again, _), (other, _) = steers(AB()), steers(AB(share=10.0)), steers(AB(), "1.5-x")
    assert first == again
    assert first.sticky.startswith("twinrail-")
    assert first.sticky != other.sticky
    assert {"", first.sticky} == {move.sticky for move in steers(AB())}


@pytest.mark.parametrize("old", ["", NEW])
def test_no_experiment_without_two(old):
    """Where nothing is live, or the same release, nobody is told apart and nothing is waited for."""
    assert [] == steers(AB(), old)
    assert "end" not in [move.stage for move in plan(AB(), old) if isinstance(move, Hold)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, AB(bake=1.0)),
        ({"share": "20%"}, AB(share=20.0, bake=1.0)),
        ({"by": "hash"}, AB(by="hash", bake=1.0)),
        ({"by": "header", "match": "X-Group: b"}, AB(rule=HEADER, bake=1.0)),
        ({"by": "cookie", "match": "group=b"}, AB(rule=COOKIE, bake=1.0)),
    ],
)
def test_settings(settings, expected):
    """The settings say what tells people apart, and how many meet the new release where no rule does."""
    assert expected == AB.of(Strategy(name="ab", **settings), 1.0)
