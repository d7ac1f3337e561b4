"""Moves and releases as they stand in a journal: what was written by one deployer is read by the next."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import NEW, OLD, place_with, release
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from ways import WAYS, ways

from twinrail.deploy.ledger import FileLedger
from twinrail.deploy.moves import Bring, Hold, Migrate, Prune, Roll, Rule, Shift, Start, Steer, Stop
from twinrail.deploy.plans import make_plan
from twinrail.deploy.written import read_move, read_release, write_move, write_release

names = st.text(min_size=1, max_size=12)
counts = st.integers(0, 99)
shares = st.floats(0, 100)
rules = st.builds(Rule, kind=st.sampled_from(["header", "cookie"]), name=names, value=st.text())
moves = st.one_of(
    st.just(Bring(release())),
    st.builds(Migrate, names, st.sampled_from(["expand", "contract"])),
    st.builds(Start, names, counts),
    st.builds(Roll, names, names, counts, st.floats(0, 1e6), st.booleans()),
    st.builds(Shift, st.dictionaries(names, shares, max_size=3)),
    st.builds(
        Steer,
        release=names,
        rules=st.lists(rules, max_size=2).map(tuple),
        sticky=st.text(max_size=9),
        hashed=st.booleans(),
    ),
    st.builds(Hold, names, st.sampled_from(["step", "arrived", "bake", "end"]), st.floats(0, 1e6)),
    st.builds(Stop, names, counts),
    st.builds(Prune, st.lists(names, max_size=3).map(tuple)),
)


@given(moves)
def test_moves_read_as_they_were_written(move):
    """Every move, by way of JSON, is what it was."""
    assert move == read_move(json.loads(json.dumps(write_move(move))), release())


@given(st.integers(1, 4).flatmap(lambda count: st.tuples(st.just(count), ways(count))), st.sampled_from(["", OLD, NEW]))
def test_plans_read_as_they_were_written(counted, old):
    """Every plan of every strategy is read by the next deployer as the one that made it."""
    replicas, way = counted
    plan = make_plan("any", way, place_with(old).state(), release(), replicas=replicas, contract=True)
    told = json.loads(json.dumps([write_move(move) for move in plan.moves]))
    assert plan.moves == tuple(read_move(each, release()) for each in told)


@given(st.text(), st.text(), st.integers(0, 2**40))
def test_releases_read_as_they_were_written(version, commit, when):
    """A release with its files is what it was; one of an earlier version, which knew less, too."""
    made = replace(release(), version=version, commit=commit, when=when, locked="0" * 64)
    told = json.loads(json.dumps(write_release(made)))
    assert made == read_release(told)
    less = {name: value for name, value in told.items() if name not in {"when", "locked"}}
    assert replace(made, when=0, locked="") == read_release(less)


def test_written_as_people_read_it():
    """A move in the journal says its kind; a release that is brought stands there by its name alone."""
    steer = Steer(release=NEW, rules=(Rule(kind="cookie", name="group", value="b"),))
    rule = {"kind": "cookie", "name": "group", "value": "b"}
    assert {"kind": "bring", "release": NEW} == write_move(Bring(release()))
    assert {"kind": "steer", "release": NEW, "rules": [rule], "sticky": "", "hashed": False} == write_move(steer)
    assert "w-2.0.whl" == write_release(release())["wheel"]
    assert isinstance(read_release(write_release(release())).wheel, Path)


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"kind": "teleport", "release": NEW}, KeyError),
        ({"release": NEW}, KeyError),
        ({"kind": "start", "release": NEW}, ValidationError),
        ({"kind": "hold", "release": NEW, "stage": "for ever", "seconds": 1}, ValidationError),
    ],
)
def test_what_is_no_move(told, error):
    """What was not written by us is an error, not another move."""
    with pytest.raises(error):
        read_move(told, release())


def test_plan_in_a_file(tmp_path):
    """What a journal on a disk gives back is the plan to the letter, thirds of traffic among it."""
    plan = make_plan("rolling", WAYS["rolling"], place_with(OLD, replicas=3).state(), release(), replicas=3)
    FileLedger(tmp_path).append("begin", {"plan": [write_move(move) for move in plan.moves]}, fence=0)
    (entry,) = FileLedger(tmp_path).read()
    assert plan.moves == tuple(read_move(each, release()) for each in entry.facts["plan"])
