"""The walk along the graph: what may begin, what stands in whose way, which class a run has."""

from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinrail.pipeline.graph import PIPELINE
from twinrail.pipeline.walk import blocked, exit_code, ready, walk
from twinrail.report.events import SessionEnded

USUAL = tuple(each for each in PIPELINE if not each.always)


def ended(name, state="passed", code=0):
    return SessionEnded(session=name, state=state, seconds=1.0, headline="", exit_code=code)


def names(sessions):
    return [each.name for each in sessions]


def test_what_stands_on_nothing_begins_at_once():
    """At first all sessions begin that come after none."""
    assert ["lint", "types", "test", "security", "build", "sbom"] == names(ready(USUAL, {}, ()))


def test_what_runs_does_not_begin_again():
    """A session that runs or has ended is not ready."""
    assert ["test", "security", "build", "sbom"] == names(ready(USUAL, {"lint": ended("lint")}, ("types",)))


@pytest.mark.parametrize(("state", "goes_on"), [
    ("passed", True), ("off", True), ("unknown", True),
    ("failed", False), ("waiting", False), ("interrupted", False), ("not run", False),
])  # fmt: skip
def test_which_ends_let_the_next_one_begin(state, goes_on):
    """Only what passed, had nothing to do, or only warns lets what stands on it begin."""
    first = {name: ended(name) for name in ("lint", "types", "test", "security", "build", "image", "push", "sign")}
    found = {**first, "sbom": ended("sbom", state)}
    assert (["integration"] if goes_on else []) == names(ready(USUAL, found, ()))
    assert ([] if goes_on else [("integration", "sbom")]) == [(one.name, other) for one, other in blocked(USUAL, found)]


def test_what_does_not_take_part_stands_in_nobodys_way():
    """A session that was not asked for is no condition."""
    only = tuple(each for each in USUAL if each.name in {"build", "integration"})
    assert ["integration"] == names(ready(only, {"build": ended("build")}, ()))


@given(st.lists(st.sampled_from(["passed", "failed", "waiting", "off"]), min_size=len(USUAL), max_size=len(USUAL)))
def test_nothing_runs_before_its_time_and_nothing_is_forgotten(states):
    """Whatever each session's end, every one ends or is blocked, and none begins before what it comes after."""
    fate, done = dict(zip(names(USUAL), states, strict=True)), {}
    while begun := ready(USUAL, done, ()):
        for each in begun:
            assert all(done[name].state in {"passed", "off"} for name in each.after)
            done[each.name] = ended(each.name, fate[each.name])
        while stuck := blocked(USUAL, done):
            done |= {each.name: ended(each.name, "not run") for each, _ in stuck}
    assert set(names(USUAL)) == set(done)
    order = list(TopologicalSorter({each.name: each.after for each in USUAL}).static_order())
    assert len(order) == len(done)


@pytest.mark.parametrize(("states", "code"), [
    ({}, 0),
    ({"test": ("failed", 1)}, 1),
    ({"security": ("failed", 5), "lint": ("failed", 1)}, 1),
    ({"production": ("waiting", 75)}, 75),
    ({"production": ("waiting", 75), "sbom": ("failed", 4)}, 4),
    ({"staging": ("interrupted", 130), "lint": ("failed", 1)}, 130),
    ({"staging": ("failed", 20), "production": ("not run", 0)}, 20),
])  # fmt: skip
def test_the_class_of_a_run(states, code):
    """An interruption before a failure before a wait; of several failures the first in the pipeline's order."""
    found = {name: ended(name, *states.get(name, ("passed", 0))) for name in names(USUAL)}
    assert code == exit_code(USUAL, found)


class Record:
    """A run record that remembers."""

    def __init__(self):
        self.told = []

    def tell(self, event):
        self.told.append(event)


class Interruptible:
    """A run in which somebody presses Ctrl-C while the first session runs, which passes all the same."""

    def __init__(self):
        self.record, self.words, self.stopped, self.ran = Record(), (), False, []

    def session(self, name, **_):
        self.ran.append(name)
        self.stopped = True
        return ended(name)


def test_what_ctrl_c_left_over_makes_no_pass():
    """A run that was interrupted between two sessions has the class of an interruption; notify runs all the same."""
    run = Interruptible()
    found = walk(run, PIPELINE, workers=1)
    assert "notify" in run.ran
    assert "interrupted" == found["production"].state
    assert 130 == exit_code(PIPELINE, found)


def test_a_failure_reaches_all_that_stand_on_it():
    """What stands on a failure is told the first cause, not the one next to it."""

    class Failing(Interruptible):
        def session(self, name, **_):
            self.ran.append(name)
            return ended(name, *(("failed", 1) if name == "types" else ("passed", 0)))

    found = walk(Failing(), PIPELINE, workers=2)
    assert ("not run", "types failed") == (found["production"].state, found["production"].headline)
    assert ("passed", 1) == (found["sbom"].state, exit_code(PIPELINE, found))
