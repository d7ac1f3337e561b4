"""The sessions that deploy: e2e (to the environment test), staging, production."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from twinrail.deploy.admission import E2E, admit, feasible, gates_again
from twinrail.deploy.environments import Place, check_secrets, open_place, service_of
from twinrail.deploy.execution import ReleaseTurnedBack, Rolled
from twinrail.deploy.gates.suite import question
from twinrail.deploy.github import rehearses
from twinrail.deploy.imaged import image_of, unasked
from twinrail.deploy.interface import Gate
from twinrail.deploy.launch import prepare_gates, rollout_of
from twinrail.deploy.outcomes import leave_receipt, told, turned_back, waits
from twinrail.deploy.promotion import name_image
from twinrail.deploy.provenance import demand_provenance
from twinrail.deploy.release import Release
from twinrail.session.outcome import Outcome, off, passed
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import ProjectError, Waiting
from twinrail.system.files import sha256


def e2e(work: Work) -> Outcome:
    """The release in the environment test, and what the e2e tests say of it."""
    if not (work.project.root / E2E).is_dir():
        return off(f"no folder {E2E}")
    place = _place(work, "test")
    if isinstance(place, Outcome):
        return place
    release = release_of(work)
    demand_provenance(work, release)
    with _stopped_afterwards(work, place):
        rolled = _deploy(work, place, release)
        if isinstance(rolled, Outcome):
            return rolled
        work.progress("e2e tests")
        address = place.target.address(release.name)
        outcome = question(work, E2E, address, name="e2e", chosen=work.words)
        whole = outcome.state == "passed" and not work.words
        notes = (*unasked(place.environment, release), *(_arrived(work, place, rolled) if whole else ()))
    return replace(outcome, headline=" · ".join((f"{outcome.headline} against {address.url}", *notes)))


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
    image = image_of(work)
    return Release(
        version=wheel.version,
        digest=wheel.digest,
        wheel=wheel.path,
        requirements=requirements,
        commit=wheel.commit,
        locked=sha256(requirements),
        when=work.commit.when,
        image=image.name,
        archive=image.archive,
        runs=image.runs,
    )


def _stage(work: Work, name: str) -> Outcome:
    place = _place(work, name)
    if isinstance(place, Outcome):
        return place
    feasible(place)
    release = release_of(work)
    demand_provenance(work, release)
    if (waiting := admit(work, place, release)) is not None:
        return waiting
    with _stopped_afterwards(work, place):
        rolled = _deploy(work, place, release, gates_again(work, place))
        if isinstance(rolled, Outcome):
            return rolled
        notes = _arrived(work, place, rolled)
    return passed(" · ".join((*told(place, rolled), *notes)), readings=rolled.readings)


def _arrived(work: Work, place: Place, rolled: Rolled) -> tuple[str, ...]:
    leave_receipt(work, place, rolled)
    # What is stopped with its runner runs nowhere: its image is not named after that.
    wrong = "" if rehearses(place.environment) else name_image(work, place.name, rolled.release)
    return (wrong,) if wrong else ()


@contextlib.contextmanager
def _stopped_afterwards(work: Work, place: Place) -> Iterator[None]:
    # A runner that is gone afterwards takes the environment along: it ends in good order before.
    try:
        yield
    finally:
        if rehearses(place.environment):
            work.progress("stopping the rehearsal")
            place.target.down()


def _place(work: Work, name: str) -> Place | Outcome:
    environment = work.settings.environments.get(name)
    if environment is None:
        return off(f"no [tool.twinrail.environments.{name}]")
    if "build-system" not in work.project.data:
        return off("nothing is built: no [build-system] in pyproject.toml")
    check_secrets(name, environment)
    return open_place(work, name, environment, service_of(work))


def _deploy(work: Work, place: Place, release: Release, before: tuple[Gate, ...] = ()) -> Rolled | Outcome:
    prepare_gates(work, place)
    try:
        return rollout_of(work, place, release, before=before).run(release)
    except ReleaseTurnedBack as error:
        return turned_back(error)
    except Waiting as error:
        return waits(error)
