"""Which jobs a run on GitHub is going to have, and why the others are left out."""

import dataclasses

import pytest

from twinrail.pipeline.graph import JOBS, PIPELINE
from twinrail.pipeline.plan import Circumstances, Platform, plan
from twinrail.project.environments import Approval, Environment
from twinrail.project.settings import Settings
from twinrail.system.github import Trigger

MAIN, PULL = "refs/heads/main", "refs/pull/7/merge"
FULL = """\
[build-system]
requires = []
[project]
name = "shopfront"
version = "1"
classifiers = ["Programming Language :: Python :: 3.12"]
"""
BARE = FULL.partition("requires = []\n")[2]
HERE = Circumstances(trigger=Trigger(event="push", ref=MAIN, default_branch="main"), until="production",
                     python="3.13", hosted=True)  # fmt: skip
STAGES = {"test": Environment(), "staging": Environment(), "production": Environment(rehearsal=True)}


@pytest.fixture
def shop(make_project, write):
    """A project that has everything."""
    write("tests/integration/test_a.py")
    write("tests/e2e/test_b.py")
    return make_project(FULL)


def planned(project, environments=STAGES, **here):
    return plan(project, Settings(environments=environments), dataclasses.replace(HERE, **here))


def test_everything_is_planned(shop):
    """A push to the default branch of a project that has everything leaves nothing out."""
    found = planned(shop)
    assert tuple(job.name for job in JOBS) == found.jobs
    assert ({}, ("production-approval",), ()) == (found.left_out, found.approvals, found.refused)
    assert (Platform(runner="", pythons="3.12"),) == found.platforms


OFF = {"staging", "approval", "production"}


@pytest.mark.parametrize(
    ("until", "left"),
    [
        ("lint", {"build", "platforms", "accept", *OFF}),
        ("security", {"build", "accept", *OFF}),
        ("build", {"accept", *OFF}),
        ("sbom", {"accept", *OFF}),
        ("integration", OFF),
        ("e2e", OFF),
        ("staging", {"approval", "production"}),
        ("production", set()),
    ],
)
def test_a_run_that_ends_earlier(shop, until, left):
    """What lies behind the last session that is wanted is left out, and told so; `required` never is."""
    found = planned(shop, until=until)
    assert {job.name for job in JOBS} - set(found.jobs) == left == set(found.left_out)
    assert {f"it ends after {until}"} >= set(found.left_out.values())
    assert bool(found.approvals) == ("approval" not in left)


def test_every_session_can_be_the_last(shop):
    """Each name that the input takes makes a plan."""
    assert all("required" in planned(shop, until=each.name).jobs for each in PIPELINE)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"environments": {}}, {"staging": "there is no [tool.twinrail.environments.staging]",
                                "approval": "there is no [tool.twinrail.environments.production]",
                                "production": "there is no [tool.twinrail.environments.production]"}),
        ({"environments": {"production": Environment(rehearsal=True)}},
         {"staging": "there is no [tool.twinrail.environments.staging]"}),
        ({"environments": {**STAGES, "production": Environment(rehearsal=True, approval=Approval(approvers=0))}},
         {"approval": "nobody need agree"}),
        ({"trigger": Trigger(event="pull_request", ref=PULL)},
         dict.fromkeys(("staging", "approval", "production"), "an event pull_request deploys nowhere")),
        ({"python": "3.12"}, {"platforms": "the project names no Python but 3.12, and no other system"}),
        ({"without": frozenset({"staging"})}, {"staging": "the noxfile leaves it out"}),
        ({"without": frozenset({"integration", "e2e"})},
         {"accept": "there are no tests/integration, and no tests/e2e with an environment test"}),
        ({"without": frozenset({"integration"})}, {}),
    ],
)  # fmt: skip
def test_what_is_left_out_has_a_reason(shop, change, left):
    """The setting that is missing, the event, the noxfile: what the reader can change stands in the sentence."""
    assert left == planned(shop, **change).left_out


@pytest.mark.parametrize(
    ("folders", "environments", "there"),
    [(["integration"], {}, True), (["e2e"], {}, False), (["e2e"], STAGES, True), (["unit"], STAGES, False)],
)
def test_acceptance_needs_tests(make_project, write, folders, environments, there):
    """Tests of the e2e kind need an environment to run in; those of integration do not."""
    for each in folders:
        write(f"tests/{each}/test_a.py")
    assert there == ("accept" in planned(make_project(FULL), environments).jobs)


def test_a_project_that_builds_nothing(make_project, write):
    """Without a build system nothing is accepted or deployed."""
    write("tests/integration/test_a.py")
    found = planned(make_project(BARE))
    assert {"nothing is built"} == {found.left_out[name] for name in ("accept", *OFF)}


def test_only_what_is_planned_is_refused(shop):
    """A pull request is not refused for what it will not do; a push is, once for each setting."""
    settings = {**STAGES, "staging": Environment(approval=Approval()), "production": Environment()}
    assert ["environments.staging.approval", "environments.production.rehearsal"] == [
        key for key, _ in planned(shop, settings).refused
    ]
    assert () == planned(shop, settings, trigger=Trigger(event="pull_request", ref=PULL)).refused
