"""What a release must have before it sets out: the receipt of the environment before, and people's agreement."""

from twinrail.deploy.environments import Place
from twinrail.deploy.gates.approval import ApprovalGate, EnvironmentApproval
from twinrail.deploy.github import approved, approvers_of, refused
from twinrail.deploy.interface import Gate, Open, Shut, Wait
from twinrail.deploy.receipt import SESSIONS, ReceiptGate
from twinrail.deploy.release import Release
from twinrail.report.events import GateAsked
from twinrail.session.outcome import Outcome
from twinrail.session.work import Work
from twinrail.system.errors import Interrupted, PlanRefused, TurnedBack, Waiting
from twinrail.system.github import hosted, on_github

E2E = "tests/e2e"
"""The folder of the tests that question the environment test."""


def admit(work: Work, place: Place, release: Release) -> Outcome | None:
    """None when the release may set out; how the session ends when a gate waits.

    Raises:
        TurnedBack: a gate is shut.
        Interrupted: somebody pressed Ctrl-C while a gate was asked.
    """
    for gate in _gates(work, place):
        answer = gate.ask(release)
        if work.interrupted.is_set():
            raise Interrupted(f"Interrupted while {place.name} waited for approval.")
        word = {Open: "open", Wait: "wait", Shut: "shut"}[type(answer)]
        who = answer.who if isinstance(answer, Open) else ""
        told = GateAsked(session=work.session, environment=place.name, gate=gate.name, answer=word, note=answer.note,
                         who=who)  # fmt: skip
        work.tell(told)
        if isinstance(answer, Shut):
            raise TurnedBack(f"{release.version} does not set out for {place.name}: {answer.note}")
        if isinstance(answer, Wait):
            headline = f"waits for {gate.name} ({answer.note}); go on with:  {answer.todo}"
            return Outcome(state="waiting", headline=headline, exit_code=Waiting.exit_code)
    return None


def feasible(place: Place) -> None:
    """Nothing, when the settings of the environment can be kept where this runs.

    Raises:
        PlanRefused: GitHub, or this runner, cannot.
    """
    found = refused(place.name, place.environment, hosted=hosted()) if on_github() else []
    if found:
        raise PlanRefused("\n  ".join(f"{key}: {text}" for key, text in found), todo="Nothing was changed.")


def before(work: Work, name: str) -> str:
    """The environment whose receipt the environment `name` demands, or an empty text."""
    on = {
        "test": (work.project.root / E2E).is_dir(),
        "staging": True,
    }
    earlier = ("staging", "test") if name == "production" else ("test",)
    made = [each for each in earlier if on[each] and each in work.settings.environments]
    return next((each for each in made if SESSIONS[each] not in work.without), "")


def _gates(work: Work, place: Place) -> list[Gate]:
    gates: list[Gate] = []
    if earlier := before(work, place.name):
        gates.append(ReceiptGate(before=earlier, state=work.project.state))
    people = approvers_of(place.name, place.environment)
    if people and on_github():
        gates.append(EnvironmentApproval(approvers=people, approved=approved()))
    elif people:
        gates.append(
            ApprovalGate(
                environment=place.name,
                approvers=people,
                ledger=place.ledger,
                given=place.name in work.approved,
                ask_person=work.ask,
            )
        )
    return gates
