"""The sessions that deploy: e2e (to the environment test), staging, production."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace

from twinrail.deploy.admission import E2E, admit, feasible
from twinrail.deploy.environments import Place, checks_of, open_place, service_of
from twinrail.deploy.gates.performance import PerformanceGate
from twinrail.deploy.gates.suite import SuiteGate, question
from twinrail.deploy.github import rehearses
from twinrail.deploy.interface import Gate
from twinrail.deploy.receipt import Receipt, write
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.rollout import ReleaseTurnedBack, Rolled, Rollout
from twinrail.session.outcome import Outcome, failed, off, passed
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import ProjectError
from twinrail.system.files import sha256
from twinrail.system.github import owner_of_run
from twinrail.system.user import user_name

SMOKE = "tests/smoke"


def e2e(work: Work) -> Outcome:
    """The release in the environment test, and what the e2e tests say of it."""
    if not (work.project.root / E2E).is_dir():
        return off(f"no folder {E2E}")
    place = _place(work, "test")
    if isinstance(place, Outcome):
        return place
    release = release_of(work)
    with _stopped_afterwards(work, place):
        rolled = _deploy(work, place, release, ())
        if isinstance(rolled, Outcome):
            return rolled
        work.progress("e2e tests")
        address = place.target.address(release.name)
        outcome = question(work, E2E, address, name="e2e", chosen=work.words)
        if outcome.state == "passed" and not work.words:
            _leave_receipt(work, place, release, rolled)
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
        when=work.commit.when,
    )


def _stage(work: Work, name: str) -> Outcome:
    place = _place(work, name)
    if isinstance(place, Outcome):
        return place
    feasible(place)
    release = release_of(work)
    if (waiting := admit(work, place, release)) is not None:
        return waiting
    with _stopped_afterwards(work, place):
        rolled = _deploy(work, place, release, _gates(work, place, release))
        if isinstance(rolled, Outcome):
            return rolled
        _leave_receipt(work, place, release, rolled)
    return passed(" · ".join(_told(place, release, rolled)), readings=rolled.readings)


def _told(place: Place, release: Release, rolled: Rolled) -> tuple[str, ...]:
    count, strategy = place.environment.replicas, place.environment.strategy.name
    if rehearses(place.environment):
        return (f"rehearsal: {strategy} {count} of {count}", *rolled.notes, f"{release.version}, stopped again")
    was = f", was {version_of(rolled.old)}" if rolled.old else ""
    url = place.target.address(release.name).url
    return (f"{strategy} {count} of {count}", *rolled.notes, f"{url} ({release.version}{was})")


@contextlib.contextmanager
def _stopped_afterwards(work: Work, place: Place) -> Iterator[None]:
    # A runner that is gone afterwards takes the environment along: it ends in good order before.
    try:
        yield
    finally:
        if rehearses(place.environment):
            work.progress("stopping the rehearsal")
            place.target.down()


def _leave_receipt(work: Work, place: Place, release: Release, rolled: Rolled) -> None:
    receipt = Receipt(
        environment=place.name,
        release=release.name,
        identity=release.identity,
        commit=release.commit,
        head=place.ledger.read()[-1].hash,
        run=work.run,
        rehearsal=rehearses(place.environment),
        readings=rolled.readings,
    )
    write(work.project.state, receipt)


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
