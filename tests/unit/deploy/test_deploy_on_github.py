"""Deploying from a job on GitHub: who agreed, what cannot be kept there, and when a deploy is a rehearsal."""

import itertools

import pytest
from fakes import FakeLedger, release

from golden_files import check
from twinrail.deploy.gates.approval import EnvironmentApproval
from twinrail.deploy.github import APPROVED, approved, refused, rehearses
from twinrail.deploy.interface import Open, Shut
from twinrail.project.compose import Compose
from twinrail.project.environments import Approval, Environment
from twinrail.system.units import show_count

NAMES = ("staging", "production")


AGREED = ((), ("a",), ("a", "b"))


@pytest.fixture
def on_github(monkeypatch):
    """Makes this a job on GitHub: `on_github("self-hosted")`."""

    def be(runner):
        values = {"GITHUB_ACTIONS": "true", "RUNNER_ENVIRONMENT": runner}
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return be


@pytest.mark.parametrize(("people", "agreed"), list(itertools.product(range(4), AGREED)))
def test_environments_that_agree(people, agreed):
    """As many environments must have agreed as people are asked for; nobody can be asked any more on a runner."""
    ledger = FakeLedger()
    gate = EnvironmentApproval(
        approvers=people, approved=agreed, ledger=ledger, evidence=lambda: {"run": "octo/shop#7.1"}
    )
    answer = gate.look(release("2.0"))
    assert [] == ledger.entries
    assert answer == gate.ask(release("2.0"))
    assert (Open if len(agreed) >= people else Shut) is type(answer)
    written = [(each.kind, each.facts["who"], each.facts["how"], each.facts["run"]) for each in ledger.entries]
    assert written == [
        ("approved", f"a reviewer of {each}", "on GitHub", "octo/shop#7.1")
        for each in (agreed[:people] if isinstance(answer, Open) else ())
    ]
    if isinstance(answer, Shut):
        assert f"{len(agreed)} of {people} protected environments of GitHub agreed" in answer.note
        assert "Let the job `approval` of python.yml or deploy.yml ask them" in answer.note
    else:
        assert f"reviewers of {', '.join(agreed[:people])}" == answer.who


@pytest.mark.parametrize(
    ("text", "names"),
    [(None, ()), ("", ()), (",", ()), ("a", ("a",)), ("a,b", ("a", "b")), ("a,a", ("a",)), ("a,,b,", ("a", "b"))],
)
def test_approved(monkeypatch, text, names):
    """Each environment counts once: it has one reviewer."""
    monkeypatch.delenv(APPROVED, raising=False)
    if text is not None:
        monkeypatch.setenv(APPROVED, text)
    assert names == approved()


def environments():
    """Every environment that matters to a runner, with the words that tell it apart."""
    for rehearsal, folder, people in itertools.product((False, True), ("", "/srv"), (None, 0, 1, 2, 3)):
        approval = None if people is None else Approval(approvers=people)
        made = Environment(rehearsal=rehearsal, folder=folder, approval=approval)
        words = (
            "rehearsal" if rehearsal else "-",
            folder or "-",
            "-" if people is None else f"{people} approver{'s' if people != 1 else ''}",
        )
        yield made, words


KEEPING = [{}, {"not-author": True}, {"expires": "24h"}, {"not-author": True, "expires": "24h"}]


def test_agreements_that_github_cannot_keep():
    """Who agreed, and when, GitHub does not tell: what depends on it is refused by its name, where people are asked."""
    lines = []
    for people, more in itertools.product((0, 1), KEEPING):
        made = Environment(approval=Approval(approvers=people, **more), folder="/srv")
        found = refused("production", made, hosted=False)
        lines += [
            f"{show_count(people, 'approver')}, {' '.join(more) or '-'}",
            *(f"  {key}: {text}" for key, text in found),
            "",
        ]
    check("deploy/gates/refused-on-github.txt", "\n".join(lines))


def test_what_is_refused():
    """The whole table: environment, runner, and the settings that cannot be kept."""
    lines = []
    for name, hosted in itertools.product(NAMES, (True, False)):
        for made, (rehearsal, folder, people) in environments():
            keys = [key.removeprefix(f"environments.{name}.") for key, _ in refused(name, made, hosted=hosted)]
            runner = "hosted" if hosted else "stays"
            line = f"{name:<10} {runner:<6} {rehearsal:<9} {folder:<4} {people:<11} {', '.join(keys) or 'can be kept'}"
            lines.append(line)
    check("deploy/refused.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize(("hosted", "name"), list(itertools.product((True, False), NAMES)))
def test_a_target_that_is_elsewhere(hosted, name):
    """What is not on the runner is not gone with it: of such a target only people are refused."""
    for made, (_, _, people) in environments():
        object.__setattr__(made, "target", "elsewhere")
        keys = {key.removeprefix(f"environments.{name}.") for key, _ in refused(name, made, hosted=hosted)}
        assert not {"rehearsal", "folder"} & keys
        assert ("approval.approvers" in keys) is people.startswith("3")


@pytest.mark.parametrize(
    ("runner", "folder", "gone"),
    [("github-hosted", "", True), ("github-hosted", "/srv", True), ("", "/srv", True), ("self-hosted", "", True),
     ("self-hosted", "/srv", False), (None, "", False), (None, "/srv", False)],
)  # fmt: skip
def test_when_a_deploy_is_a_rehearsal(on_github, runner, folder, gone):
    """Where the environment would be gone after the job; on a laptop it never is, nor is what stands elsewhere."""
    if runner is not None:
        on_github(runner)
    made = Environment(folder=folder)
    assert gone is rehearses(made)
    object.__setattr__(made, "target", "elsewhere")
    assert rehearses(made) is False


def test_stack_on_a_runner(on_github):
    """On the runner's own engine a stack is a rehearsal; one elsewhere needs a runner that keeps its journal."""
    here, afar = Environment(target="compose"), Environment(target="compose", compose=Compose(host="ssh://a@b.example"))
    on_github("github-hosted")
    assert (True, False) == (rehearses(here), rehearses(afar))
    assert ["environments.staging.compose.host"] == [key for key, _ in refused("staging", afar, hosted=True)]
    on_github("self-hosted")
    assert ["environments.staging.folder"] == [key for key, _ in refused("staging", afar, hosted=False)]
