"""What a rollout is made of, by the settings: strategy, checks, gates, what happens to the database."""

import pytest
from fakes import NEW, OLD, release

from twinrail.deploy.environments import open_place
from twinrail.deploy.gates.analysis import AnalysisGate
from twinrail.deploy.gates.experiment import ExperimentGate
from twinrail.deploy.interface import Open, Passage, Wait
from twinrail.deploy.launch import analysis_of, by_terms, owner, rollout_of, way_back_of
from twinrail.deploy.strategies.back import Back
from twinrail.deploy.strategies.blue_green import BlueGreen
from twinrail.deploy.strategies.canary import Canary
from twinrail.project.environments import Environment
from twinrail.project.settings import Service
from twinrail.project.strategies import Analysis, Strategy


def placed(work, environment=Environment(), name="staging", service=Service()):  # noqa: B008  # frozen
    """A session's work, and the place in it."""
    there = work(service=service, **{name: environment})
    return there, open_place(there, name, environment, service)


def passage(stage, old=OLD, new=NEW):
    return Passage(stage=stage, old=old, release=new, since=0.0)


def test_settings(work):
    """Strategy, replicas, what is kept and what happens to the database are as the settings say."""
    service = Service(command=("shop",), migrate=("shop", "migrate"), contract=("shop", "contract"))
    environment = Environment(replicas=3, keep=5, strategy=Strategy(name="canary", weights=(10.0,), hold="5s"))
    made = rollout_of(*placed(work, environment, service=service), release())
    assert ("canary", Canary(weights=(10.0,), hold=5.0, bake=1.0)) == (made.name, made.strategy)
    assert (3, 5, True, True, False) == (made.replicas, made.keep, made.expand, made.contract, made.rollback)
    assert {"ab", "blue-green", "canary", "rolling"} == set(made.others)
    plain = rollout_of(*placed(work), release())
    assert (False, False) == (plain.expand, plain.contract)


@pytest.mark.parametrize(
    ("name", "bake", "expected"),
    [("test", None, 0.0), ("staging", None, 1.0), ("production", None, 5.0), ("staging", "9s", 9.0)],
)
def test_bake(work, name, bake, expected):
    """Production watches a new release for a while, staging for a moment, other places where the settings say so."""
    there = placed(work, Environment(strategy=Strategy(name="blue-green", bake=bake)), name=name)
    assert BlueGreen(bake=expected) == rollout_of(*there, release()).strategy
    assert Back(bake=expected) == way_back_of(*there, release()).strategy


def test_way_back(work):
    """On the way back no gate is asked before, and the database stays as it is."""
    service = Service(command=("shop",), contract=("shop", "contract"))
    back = way_back_of(*placed(work, service=service), release())
    assert ("rollback", True, False, ()) == (back.name, back.rollback, back.contract, back.before)


@pytest.mark.parametrize(("end", "answer"), [(False, Wait), (True, Open)])
def test_experiment(work, end, answer):
    """An experiment is asked for its end at its own stage, and ended on the command line."""
    there = placed(work, Environment(strategy=Strategy(name="ab", until="2126-06-01"), analysis=False))
    made = rollout_of(*there, release(), end=end)
    (gate,) = made.gates(passage("end"))
    assert isinstance(gate, ExperimentGate)
    assert answer is type(gate.ask(release()))
    assert () == made.gates(passage("arrived"))


def test_experiment_in_a_rehearsal(work, monkeypatch):
    """Where the place is gone with the runner nobody would end an experiment: it ends at once."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("RUNNER_ENVIRONMENT", "github-hosted")
    there = placed(work, Environment(strategy=Strategy(name="ab"), rehearsal=True, analysis=False), name="production")
    (gate,) = rollout_of(*there, release()).gates(passage("end"))
    assert isinstance(gate.ask(release()), Open)


@pytest.mark.parametrize(
    ("strategy", "analysis", "stages"),
    [
        ("canary", None, {"step", "end"}),
        ("ab", None, {"step", "end"}),
        ("rolling", None, set()),
        ("blue-green", None, set()),
        ("canary", False, set()),
        ("rolling", Analysis(), {"arrived"}),
        ("blue-green", Analysis(), {"step", "end"}),
        ("ab", Analysis(), {"step", "end"}),
        ("ab", Analysis(traffic="live"), {"end"}),
    ],
)
def test_where_two_are_compared(work, strategy, analysis, stages):
    """The new release is held against the old one where both run; a canary unless the settings say no."""
    made = rollout_of(*placed(work, Environment(strategy=Strategy(name=strategy), analysis=analysis)), release())
    asked = {
        stage
        for stage in ("step", "arrived", "bake", "end")
        if any(isinstance(gate, AnalysisGate) for gate in made.gates(passage(stage)))
    }
    assert stages == asked


@pytest.mark.parametrize(("old", "new"), [("", NEW), (NEW, NEW)])
def test_nobody_to_compare_with(work, old, new):
    """A first release, or the same once more, has nobody beside it."""
    made = rollout_of(*placed(work, Environment(strategy=Strategy(name="canary"))), release())
    assert () == made.gates(passage("step", old, new))


def test_what_set_out_is_judged_by_its_own_terms(work):
    """A canary that was left on its way is compared and counted as it set out, whatever the settings say by now."""
    service = Service(command=("shop",), latency="400ms", migrate=("shop", "up"), contract=("shop", "close"))
    environment = Environment(replicas=3, start="9s", strategy=Strategy(name="canary", hold="5s"))
    terms = rollout_of(*placed(work, environment, service=service), release()).terms
    today = placed(work, Environment(start="7s", analysis=False), service=Service(latency="400ms"))
    made = rollout_of(*today, release())
    assert () == made.gates(passage("step"))
    then = made.by(terms)
    assert [AnalysisGate] == [type(gate) for gate in then.gates(passage("step"))]
    assert (3, "canary", True, True, terms) == (then.replicas, then.name, then.expand, then.contract, then.terms)
    _, place = by_terms(*today, terms)
    found = place.target
    assert (("shop", "up"), ("shop", "close")) == (found.service.migrate, found.service.contract)
    assert (3, 7.0, 0.4) == (found.environment.replicas, found.environment.start, found.service.latency)
    assert place.environment == found.environment


def test_no_analysis_by_its_own_terms(work):
    """What set out without a comparison is not compared because the settings ask for one by now."""
    terms = rollout_of(*placed(work, Environment(strategy=Strategy(name="canary"), analysis=False)), release()).terms
    then = rollout_of(*placed(work, Environment(analysis=Analysis())), release()).by(terms)
    assert () == then.gates(passage("step"))


def test_analysis_is_off(work):
    """`analysis = false` is no analysis, whatever the strategy."""
    _, place = placed(work, Environment(strategy=Strategy(name="canary"), analysis=False))
    assert analysis_of(place) is None


def test_owner(work, monkeypatch):
    """Who deploys is told by the user, the run and the process; on GitHub by the run there."""
    there, _ = placed(work)
    assert ", run run-1, pid " in owner(there)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/shop")
    monkeypatch.setenv("GITHUB_RUN_ID", "77")
    assert "77" in owner(there)


def test_checks_that_hold_memory(work):
    """A place whose settings limit memory weighs the instances of the release; none run, none is weighed."""
    made = rollout_of(*placed(work, Environment(memory="600MB")), release())
    reading = made.checks[-1].measure(None)
    assert ("memory", "≤ 600 MB", None) == (reading.name, reading.limit, reading.ok)
