"""The workflows, actions and examples are what the graph, the Python, the README and the rules of the house say.

Each case is one check of `agreement.checks`; that it can fail shows `test_mutations.py`.
"""

import nox
import pytest

from agreement.checks import CHECKS, real
from agreement.checks.callers import calls
from agreement.checks.files import CI, DEPLOY, IDENTITY, IMAGE, PYTHON, SCAN, nox_step
from agreement.checks.trust import external, reached
from agreement.model.permissions import needed
from agreement.model.workflow import workflow_outputs
from twinrail.pipeline.graph import ASIDE, JOBS, PIPELINE
from twinrail.sessions import offer


@pytest.mark.parametrize("name", CHECKS)
def test_the_files_agree(name):
    """What each check asks holds in the files as they are."""
    assert [] == CHECKS[name](real())


@pytest.fixture
def offered(monkeypatch):
    """The sessions that `offer()` registers with nox, by name."""
    monkeypatch.setattr("nox.registry._REGISTRY", {})
    monkeypatch.setenv("TWINRAIL_RUN", "agreement")
    offer()
    return nox.registry.get()


def test_nox_offers_what_the_graph_says(offered):
    """Every session of the graph is offered, with its edges, and beside them only what runs or stops the whole."""
    assert {*(each.name for each in (*PIPELINE, *ASIDE)), "pipeline", "down"} == set(offered)
    for each in (*PIPELINE, *ASIDE):
        assert list(each.after) == list(offered[each.name].requires)
        assert each.default == offered[each.name].default
        assert each.says == offered[each.name].__doc__


def test_every_session_of_a_job_is_offered(offered):
    """What a workflow names, a noxfile of one line knows."""
    named = [
        word
        for name, _, job in real().jobs(PYTHON, SCAN)
        for word in nox_step(job).get("with", {}).get("sessions", "").split()
    ]
    assert set(named) <= set(offered)
    assert {"scan"} == set(named) - {name for job in JOBS for name in job.sessions}


def test_the_files_that_are_checked_are_all_there():
    """Six workflows, three actions, seven examples; whoever adds one finds this list, and the checks it must stand."""
    files = real()
    assert {PYTHON, IDENTITY, IMAGE, DEPLOY, SCAN, CI} == set(files.workflows)
    assert {"nox", "publish", "setup"} == {name.split("/")[1] for name in files.actions}
    assert {"ci", "identity", "image", "monorepo", "pipeline", "publish", "scan"} <= {
        name.split("/")[-1][:-4] for name in files.examples
    }
    assert 55 <= len(CHECKS)


def test_what_is_reached_is_followed_through_actions():
    """From a caller's file of ours on, through workflows and composite actions, to the last action."""
    files = real()
    assert {CI, PYTHON, SCAN, "actions/nox/action.yml", "actions/setup/action.yml"} == reached(files, CI)
    assert {"actions/checkout", "actions/setup-python", "actions/upload-artifact", "actions/download-artifact"} == {
        action for name, action, _, _ in external(files) if name in reached(files, CI)
    }


def test_callers_call_three_files():
    """The calls that are checked are those of ci.yml and of the examples."""
    assert {(CI, PYTHON), ("docs/examples/monorepo.yml", PYTHON), ("docs/examples/scan.yml", SCAN)} <= {
        (name, path) for name, _, _, path in calls(real())
    }
    assert {"contents": "read"} == needed(real().yaml(CI), real_file)


def real_file(uses):
    return real().yaml(uses.removeprefix("$/"))


def test_what_a_caller_is_told_before_anything_was_made():
    """Outputs of jobs that did not run are empty, and no expression in them fails."""
    for name in (PYTHON, DEPLOY, SCAN):
        told = workflow_outputs(real().yaml(name), {})
        assert set(told.values()) == {""}
