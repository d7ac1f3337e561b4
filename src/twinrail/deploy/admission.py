"""What a release must have before it sets out: a receipt, the newest commit, an open time, people's agreement."""

from twinrail.deploy.clock import SystemClock
from twinrail.deploy.environments import Place
from twinrail.deploy.gates.approval import ApprovalGate, EnvironmentApproval
from twinrail.deploy.gates.freeze import FreezeGate
from twinrail.deploy.gates.freshness import FreshnessGate
from twinrail.deploy.gates.refusal import refusal
from twinrail.deploy.github import approved, approvers_of, refused
from twinrail.deploy.interface import Answer, Clock, Gate, Open, Shut, Wait
from twinrail.deploy.promotion import ImageGate
from twinrail.deploy.receipt import SESSIONS, ReceiptGate, read
from twinrail.deploy.release import Release
from twinrail.project.commits import Commits
from twinrail.project.environments import Approval
from twinrail.project.freeze import Window
from twinrail.report.events import GateAsked
from twinrail.session.outcome import Outcome
from twinrail.session.work import Work
from twinrail.system.errors import Interrupted, PlanRefused, Waiting
from twinrail.system.github import hosted, on_github, owner_of_run

MACHINE = SystemClock()
"""The machine's clock."""

E2E = "tests/e2e"
"""The folder of the tests that question the environment test."""


def admit(work: Work, place: Place, release: Release, clock: Clock = MACHINE) -> Outcome | None:
    """None when the release may set out; how the session ends when a gate waits.

    Raises:
        Superseded: a newer release is live there.
        TurnedBack: another gate is shut.
        Interrupted: somebody pressed Ctrl-C while a gate was asked.
    """
    for gate in gates_before(work, place, clock):
        answer = gate.ask(release)
        if work.interrupted.is_set():
            raise Interrupted(f"Interrupted while {place.name} waited for {gate.name}.")
        word = {Open: "open", Wait: "wait"}.get(type(answer), "shut")
        who = answer.who if isinstance(answer, Open) else ""
        told = GateAsked(session=work.session, environment=place.name, gate=gate.name, answer=word, note=answer.note,
                         who=who)  # fmt: skip
        work.tell(told)
        if isinstance(answer, Shut):
            raise refusal(release, place.name, answer)
        if isinstance(answer, Wait):
            headline = f"waits for {gate.name} ({answer.note}); go on with:  {answer.todo}"
            return Outcome(state="waiting", headline=headline, exit_code=Waiting.exit_code)
    return None


def preview(work: Work, place: Place, release: Release, clock: Clock = MACHINE) -> list[tuple[str, Answer]]:
    """What each gate would answer now, by its name: nobody is asked, and nothing is written down."""
    return [
        (gate.name, gate.look(release) if isinstance(gate, ApprovalGate | EnvironmentApproval) else gate.ask(release))
        for gate in gates_before(work, place, clock)
    ]


def gates_before(work: Work, place: Place, clock: Clock = MACHINE) -> tuple[Gate, ...]:
    """The gates that a release meets before it sets out, people last: they are asked once all else is open.

    Args:
        work: what the session works with.
        place: where the release wants to go.
        clock: what time it is.
    """
    earlier = before(work, place.name)
    receipt = (ReceiptGate(before=earlier, state=work.project.state),) if earlier else ()
    image = (ImageGate(work=work),) if work.settings.image and work.settings.image.registry else ()
    return (*receipt, *image, *gates_again(work, place, clock), *_people(work, place, clock))


def gates_again(work: Work, place: Place, clock: Clock = MACHINE) -> tuple[Gate, ...]:
    """Those of them whose answer may have changed since: asked once more when the environment is held.

    A way back asks none of them.
    """
    commits = Commits(work.project.root, work.shell)
    fresh = FreshnessGate(environment=place.name, ledger=place.ledger, commits=commits)
    windows = tuple(map(Window.parse, place.environment.freeze))
    return (fresh, FreezeGate(environment=place.name, windows=windows, clock=clock)) if windows else (fresh,)


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


def _people(work: Work, place: Place, clock: Clock) -> tuple[Gate, ...]:
    people = approvers_of(place.name, place.environment)
    if not people:
        return ()

    def evidence() -> dict[str, str]:
        found = read(work.project.state, before(work, place.name))
        return {"run": owner_of_run() or work.run, "receipt": found.head if found else ""}

    if on_github():
        asked = approved()
        return (EnvironmentApproval(approvers=people, approved=asked, ledger=place.ledger, evidence=evidence),)
    return (
        ApprovalGate(
            environment=place.name,
            wanted=place.environment.approval or Approval(approvers=people),
            ledger=place.ledger,
            commits=Commits(work.project.root, work.shell),
            given=place.name in work.approved,
            ask_person=work.ask,
            evidence=evidence,
            clock=clock,
        ),
    )
