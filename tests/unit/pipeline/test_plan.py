"""When a run on GitHub deploys, where else it tests, who must agree, what is refused: a table each."""

import pytest

from twinrail.deploy.github import approvals, refused
from twinrail.pipeline.plan import Platform, deploys, platforms
from twinrail.project.environments import Approval, Environment
from twinrail.project.settings import Settings
from twinrail.system.github import Trigger

MAIN, OTHER, TAG, PULL = "refs/heads/main", "refs/heads/fix", "refs/tags/v1.4.0", "refs/pull/7/merge"
ON = ("v*",)
DEPLOYS = [
    # event, ref, default branch, fork, deploy.on, whether, why
    ("push", MAIN, "main", False, (), True, "it is a push to main"),
    ("push", MAIN, "main", False, ON, True, "it is a push to main"),
    ("push", MAIN, "main", True, ON, False, "a fork deploys nowhere"),
    ("push", MAIN, "trunk", False, (), False, "main is not the default branch"),
    ("push", "refs/heads/trunk", "trunk", False, (), True, "it is a push to trunk"),
    ("push", MAIN, "", False, (), False, "main is not the default branch"),
    ("push", "refs/heads/", "", False, (), False, "refs/heads/ is not the default branch"),
    ("push", OTHER, "main", False, ON, False, "fix is not the default branch"),
    ("push", "refs/heads/release/main", "main", False, (), False, "release/main is not the default branch"),
    ("push", "refs/heads/release/1", "release/1", False, (), True, "it is a push to release/1"),
    ("push", "refs/heads/Main", "main", False, (), False, "Main is not the default branch"),
    ("push", TAG, "main", False, (), False, "deploy.on does not name the tag v1.4.0"),
    ("push", TAG, "main", False, ON, True, "deploy.on names the tag v1.4.0"),
    ("push", TAG, "main", False, ("rc*", "v1.*"), True, "deploy.on names the tag v1.4.0"),
    ("push", TAG, "main", False, ("V*",), False, "deploy.on does not name the tag v1.4.0"),
    ("push", TAG, "main", True, ON, False, "a fork deploys nowhere"),
    ("push", "refs/tags/main", "main", False, (), False, "deploy.on does not name the tag main"),
    ("push", "refs/tags/a/v1", "main", False, ON, False, "deploy.on does not name the tag a/v1"),
    ("push", "refs/heads/v1", "main", False, ON, False, "v1 is not the default branch"),
    ("push", "", "", False, ON, False, " is not the default branch"),
    ("workflow_dispatch", MAIN, "main", False, (), True, "it was dispatched"),
    ("workflow_dispatch", OTHER, "main", False, (), True, "it was dispatched"),
    ("workflow_dispatch", TAG, "", False, (), True, "it was dispatched"),
    ("workflow_dispatch", MAIN, "main", True, (), False, "a fork deploys nowhere"),
    ("pull_request", PULL, "main", False, ON, False, "an event pull_request deploys nowhere"),
    ("pull_request", PULL, "main", True, ON, False, "an event pull_request deploys nowhere"),
    ("pull_request_target", MAIN, "main", False, ON, False, "an event pull_request_target deploys nowhere"),
    ("schedule", MAIN, "main", False, ON, False, "an event schedule deploys nowhere"),
    ("workflow_run", MAIN, "main", False, ON, False, "an event workflow_run deploys nowhere"),
    ("repository_dispatch", MAIN, "main", False, ON, False, "an event repository_dispatch deploys nowhere"),
    ("merge_group", "refs/heads/gh-readonly-queue/main/pr-7", "main", False, ON, False,
     "an event merge_group deploys nowhere"),
    ("release", TAG, "main", False, ON, False, "an event release deploys nowhere"),
    ("", MAIN, "main", False, ON, False, "an event without a name deploys nowhere"),
]  # fmt: skip


@pytest.mark.parametrize("row", DEPLOYS, ids=lambda row: f"{row[0]} {row[1]}")
def test_when_a_run_deploys(row):
    """A push to the default branch, a tag that `deploy.on` names, a dispatch; never a fork, never anything else."""
    event, ref, default, fork, on, yes, why = row
    found = deploys(Trigger(event=event, ref=ref, default_branch=default, fork=fork), on)
    assert (yes, why) == (found.yes, found.why)


def classified(*classifiers):
    listed = ", ".join(f'"{each}"' for each in classifiers)
    return f'[project]\nname = "shopfront"\nversion = "1"\nclassifiers = [{listed}]\n'


PYTHON, MAC, WINDOWS = (
    "Programming Language :: Python :: ",
    "Operating System :: MacOS",
    "Operating System :: Microsoft",
)
LINUX = "Operating System :: POSIX :: Linux"


@pytest.mark.parametrize(
    ("classifiers", "wanted", "legs"),
    [
        ((), (), []),
        ((f"{PYTHON}3.13",), (), []),
        ((f"{PYTHON}3", f"{PYTHON}3 :: Only", f"{PYTHON}Implementation :: CPython"), (), []),
        ((f"{PYTHON}3.13", f"{PYTHON}3.9", f"{PYTHON}3.12"), (), [("", "3.9\n3.12")]),
        ((f"{PYTHON}3.12",), (), [("", "3.12")]),
        ((MAC,), (), [("macos-latest", "3.13")]),
        ((MAC, f"{MAC} :: MacOS X"), (), [("macos-latest", "3.13")]),
        ((f"{WINDOWS} :: Windows", LINUX), (), [("windows-latest", "3.13")]),
        ((f"{PYTHON}3.12", f"{PYTHON}3.13", WINDOWS), (), [("", "3.12"), ("windows-latest", "3.12\n3.13")]),
        ((f"{PYTHON}3.11", f"{PYTHON}3.12"), ("3.13",), []),
        ((f"{PYTHON}3.11",), ("3.14", "3.13"), [("", "3.14")]),
        ((MAC,), ("3.11",), [("", "3.11"), ("macos-latest", "3.11")]),
    ],
)
def test_where_else_the_tests_run(make_project, classifiers, wanted, legs):
    """Other Pythons of the settings or the classifiers in one job, in their order; a job for each other system."""
    found = platforms(make_project(classified(*classifiers)), "3.13", wanted)
    assert tuple(Platform(runner=runner, pythons=pythons) for runner, pythons in legs) == found


@pytest.mark.parametrize(
    ("approval", "people"),
    [(None, 1), (Approval(approvers=0), 0), (Approval(), 1), (Approval(approvers=2), 2), (Approval(approvers=3), 2)],
)
def test_who_must_agree(approval, people):
    """One environment of GitHub for each approver, two at most; production asks one where nothing is said."""
    settings = Settings(environments={"production": Environment(approval=approval)})
    assert ("production-approval", "production-approval-2")[:people] == approvals(settings)


@pytest.mark.parametrize(
    ("name", "words", "hosted", "keys"),
    [
        ("staging", {}, True, []),
        ("staging", {"folder": "/srv"}, False, []),
        ("staging", {}, False, ["environments.staging.folder"]),
        ("staging", {"approval": Approval()}, True, ["environments.staging.approval"]),
        ("staging", {"approval": Approval(approvers=0)}, True, []),
        ("production", {}, True, ["environments.production.rehearsal"]),
        ("production", {"rehearsal": True}, True, []),
        ("production", {"rehearsal": True}, False, ["environments.production.folder"]),
        ("production", {"folder": "/srv"}, False, []),
        ("production", {"folder": "/srv"}, True, ["environments.production.rehearsal"]),
        ("production", {"rehearsal": True, "approval": Approval(approvers=2)}, True, []),
        ("production", {"approval": Approval(approvers=3)}, True,
         ["environments.production.approval.approvers", "environments.production.rehearsal"]),
    ],
)  # fmt: skip
def test_what_github_or_the_runner_cannot_do(name, words, hosted, keys):
    """Each refusal names its setting: people for staging, a third approver, what would be gone with its runner."""
    found = refused(name, Environment(**words), hosted=hosted)
    assert keys == [key for key, _ in found]
    assert all(text.endswith(".") for _, text in found)
