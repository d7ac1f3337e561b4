"""What a rollout of this project is made of: the strategy, the checks and the gates that the settings ask for."""

import os
from dataclasses import dataclass, replace

from twinrail.deploy.clock import SystemClock
from twinrail.deploy.environments import Place, checks_of, strategies
from twinrail.deploy.gates.experiment import ExperimentGate
from twinrail.deploy.gates.performance import PerformanceGate
from twinrail.deploy.gates.suite import SuiteGate
from twinrail.deploy.interface import Gate, Passage
from twinrail.deploy.release import Release
from twinrail.deploy.rollout import Rollout
from twinrail.deploy.strategies.back import Back
from twinrail.session.work import Work
from twinrail.system.github import owner_of_run
from twinrail.system.user import user_name

SMOKE = "tests/smoke"


def rollout_of(
    work: Work, place: Place, release: Release, *, before: tuple[Gate, ...] = (), end: bool = False
) -> Rollout:
    """The rollout of a release to a place; with `end` an experiment that runs there ends now."""
    clock = SystemClock(work.interrupted)
    return Rollout(
        session=work.session,
        environment=place.name,
        target=place.target,
        ledger=place.ledger,
        strategy=place.strategy,
        name=place.environment.strategy.name,
        replicas=place.environment.replicas,
        owner=owner(work),
        tell=work.tell,
        progress=work.progress,
        checks=checks_of(work, place, release),
        gates=_Gates(work=work, place=place, clock=clock, end=end),
        before=before,
        others=strategies(place.environment.strategy),
        contract=bool(work.settings.service.contract),
        last_words=place.target.log,
        interrupted=work.interrupted,
        clock=clock,
        keep=place.environment.keep,
    )


def way_back_of(work: Work, place: Place, release: Release) -> Rollout:
    """The rollout back to a release that was live before: no gate hinders it, and the database stays as it is."""
    steered = bool(place.target.state().steering.release)
    return replace(
        rollout_of(work, place, release),
        strategy=Back(bake=place.bake, steered=steered),
        name="rollback",
        contract=False,
        rollback=True,
    )


def owner(work: Work) -> str:
    """Who deploys, for the lease and the journal."""
    return owner_of_run() or f"{user_name()}, run {work.run}, pid {os.getpid()}"


@dataclass(frozen=True, kw_only=True)
class _Gates:
    """Which gates are asked where a rollout holds."""

    work: Work
    place: Place
    clock: SystemClock
    end: bool

    def __call__(self, passage: Passage) -> tuple[Gate, ...]:
        experiment = (self._experiment(),) if passage.stage == "end" else ()
        suites = self._suites() if passage.stage == "arrived" else ()
        return (*experiment, *suites)

    def _experiment(self) -> Gate:
        until = self.place.environment.strategy.until
        return ExperimentGate(environment=self.place.name, until=until, ended=self.end, clock=self.clock)

    def _suites(self) -> tuple[Gate, ...]:
        address = self.place.target.address("")
        gates: list[Gate] = []
        if self.place.name == "staging" and (self.work.project.root / SMOKE).is_dir():
            gates.append(SuiteGate(name="smoke", folder=SMOKE, address=address, work=self.work))
        if self.place.environment.performance:
            gates.append(PerformanceGate(load=self.place.environment.performance, address=address, work=self.work))
        return tuple(gates)
