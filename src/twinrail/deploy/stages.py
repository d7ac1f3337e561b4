"""The sessions that deploy: e2e (to the environment test), staging, production."""

import os
from dataclasses import replace

from twinrail.deploy.environments import Place, checks_of, open_place, service_of
from twinrail.deploy.gates.approval import ApprovalGate
from twinrail.deploy.gates.performance import PerformanceGate
from twinrail.deploy.gates.suite import SuiteGate, question
from twinrail.deploy.interface import Gate, Open, Wait
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.rollout import ReleaseTurnedBack, Rolled, Rollout
from twinrail.project.settings import Approval
from twinrail.report.events import GateAsked
from twinrail.session.outcome import Outcome, failed, off, passed
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import Interrupted, ProjectError, Waiting
from twinrail.system.files import sha256
from twinrail.system.github import owner_of_run
from twinrail.system.user import user_name

E2E, SMOKE = "tests/e2e", "tests/smoke"


def e2e(work: Work) -> Outcome:
    """The release in the environment test, and what the e2e tests say of it."""
    if not (work.project.root / E2E).is_dir():
        return off(f"no folder {E2E}")
    place = _place(work, "test")
    if isinstance(place, Outcome):
        return place
    release = release_of(work)
    rolled = _deploy(work, place, release, ())
    if isinstance(rolled, Outcome):
        return rolled
    work.progress("e2e tests")
    address = place.target.address(release.name)
    outcome = question(work, E2E, address, name="e2e", chosen=work.words)
    return replace(outcome, headline=f"{outcome.headline} against {address.url}")


def staging(work: Work) -> Outcome:
    """The release in the environment staging, past smoke tests and the performance gate."""
    return _stage(work, "staging")


def production(work: Work) -> Outcome:
    """The release in the environment production, once people have agreed."""
    return _stage(work, "production")


def release_of(work: Work) -> Release:
    """The newest built wheel as a release, its digest checked.

    Raises:
        ProjectError: none was built, or it is not what was built.
    """
    wheel = work.artifacts.get("wheel")
    if wheel.commit != work.commit.id:
        raise ProjectError(
            f"{wheel.path.name} was built from {wheel.commit[:7]}, and the project stands at {work.commit.id[:7]}.",
            why="What is deployed is one commit: its wheel, its lock, its tests.",
            todo=f"Build this one:  {again('build')}",
        )
    requirements = work.requirements("release.txt", groups=False)
    return Release(
        version=wheel.version,
        digest=wheel.digest,
        wheel=wheel.path,
        requirements=requirements,
        commit=wheel.commit,
        locked=sha256(requirements),
    )


def _stage(work: Work, name: str) -> Outcome:
    place = _place(work, name)
    if isinstance(place, Outcome):
        return place
    release = release_of(work)
    if (waiting := _before(work, place, release)) is not None:
        return waiting
    rolled = _deploy(work, place, release, _gates(work, place, release))
    if isinstance(rolled, Outcome):
        return rolled
    url = place.target.address(release.name).url
    was = f", was {version_of(rolled.old)}" if rolled.old else ""
    count = place.environment.replicas
    done = (f"{place.environment.strategy.name} {count} of {count}", *rolled.notes, f"{url} ({release.version}{was})")
    return passed(" · ".join(done), readings=rolled.readings)


def _place(work: Work, name: str) -> Place | Outcome:
    environment = work.settings.environments.get(name)
    if environment is None:
        return off(f"no [tool.twinrail.environments.{name}]")
    if "build-system" not in work.project.data:
        return off("nothing is built: no [build-system] in pyproject.toml")
    if missing := [each for each in environment.secrets if each not in os.environ]:
        raise ProjectError(
            f"{name} needs {', '.join(missing)}, which is not in the environment.",
            why=f"[tool.twinrail.environments.{name}] secrets names it; the service would run without.",
            todo="Set it where you deploy; nothing was changed.",
        )
    return open_place(work, name, environment, service_of(work))


def _before(work: Work, place: Place, release: Release) -> Outcome | None:
    wanted = place.environment.approval or Approval(approvers=1 if place.name == "production" else 0)
    if not wanted.approvers:
        return None
    gate = ApprovalGate(
        environment=place.name,
        approvers=wanted.approvers,
        ledger=place.ledger,
        given=place.name in work.approved,
        ask_person=work.ask,
    )
    answer = gate.ask(release)
    if work.interrupted.is_set():
        raise Interrupted(f"Interrupted while {place.name} waited for approval.")
    word, who = ("open", answer.who) if isinstance(answer, Open) else ("wait", "")
    work.tell(GateAsked(session=work.session, environment=place.name, gate=gate.name, answer=word,
                        note=answer.note, who=who))  # fmt: skip
    if isinstance(answer, Wait):
        headline = f"waits for approval ({answer.note}); go on with:  {answer.todo}"
        return Outcome(state="waiting", headline=headline, exit_code=Waiting.exit_code)
    return None


def _gates(work: Work, place: Place, release: Release) -> tuple[Gate, ...]:
    gates: list[Gate] = []
    address = place.target.address(release.name)
    if place.name == "staging" and (work.project.root / SMOKE).is_dir():
        gates.append(SuiteGate(name="smoke", folder=SMOKE, address=address, work=work))
    if place.environment.performance:
        gates.append(PerformanceGate(load=place.environment.performance, address=address, work=work))
    return tuple(gates)


def _deploy(work: Work, place: Place, release: Release, gates: tuple[Gate, ...]) -> Rolled | Outcome:
    rollout = Rollout(
        session=work.session,
        environment=place.name,
        target=place.target,
        ledger=place.ledger,
        strategy=place.strategy,
        replicas=place.environment.replicas,
        owner=owner_of_run() or f"{user_name()}, run {work.run}, pid {os.getpid()}",
        tell=work.tell,
        progress=work.progress,
        checks=checks_of(work, release),
        gates=gates,
        interrupted=work.interrupted,
        keep=place.environment.keep,
    )
    try:
        return rollout.run(release)
    except ReleaseTurnedBack as error:
        return failed(
            error.what.splitlines()[0],
            exit_code=error.exit_code,
            detail="\n".join([*error.what.splitlines()[1:], error.why]),
            findings=error.findings,
            readings=error.readings,
        )
