"""What a rollout of this project is made of: the strategy, the checks and the gates that the settings ask for."""

import os
from dataclasses import dataclass, replace

from twinrail.deploy.analysis.computing import prepare
from twinrail.deploy.analysis.live import Step, step
from twinrail.deploy.clock import SystemClock
from twinrail.deploy.environments import Place, checks_of, service_of, strategies
from twinrail.deploy.gates.analysis import AnalysisGate
from twinrail.deploy.gates.experiment import ExperimentGate
from twinrail.deploy.gates.performance import PerformanceGate
from twinrail.deploy.gates.suite import SuiteGate
from twinrail.deploy.github import rehearses
from twinrail.deploy.interface import Gate, Passage
from twinrail.deploy.last_words import last_words
from twinrail.deploy.moves import Hold, Shift, Stage
from twinrail.deploy.plans import Plan
from twinrail.deploy.release import Release
from twinrail.deploy.rollout import Rollout
from twinrail.deploy.strategies.back import Back
from twinrail.deploy.terms import Terms, changed
from twinrail.project.strategies import Analysis
from twinrail.session.work import Work
from twinrail.system.errors import PlanRefused
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
        # Nobody would end an experiment that is gone with the runner.
        gates=_Gates(work=work, place=place, clock=clock, end=end or rehearses(place.environment)),
        before=before,
        others=strategies(place.environment.strategy),
        possible=lambda plan: refuse_steps(place, plan),
        expand=bool(work.settings.service.migrate),
        contract=bool(work.settings.service.contract),
        last_words=lambda name: last_words(place.target.log(name)),
        hide=place.target.hide(release.name),
        looked=place.target.looked,
        interrupted=work.interrupted,
        clock=clock,
        keep=place.environment.keep,
        terms=terms_of(work, place),
        by=lambda terms: rollout_of(*by_terms(work, place, terms), release, end=end),
    )


def way_back_of(work: Work, place: Place, release: Release) -> Rollout:
    """The rollout back to a release that was live before: no gate hinders it, and the database stays as it is."""
    return replace(
        rollout_of(work, place, release),
        strategy=Back(bake=place.bake),
        name="rollback",
        contract=False,
        rollback=True,
    )


def terms_of(work: Work, place: Place) -> Terms:
    """The settings from which a rollout is made now."""
    return Terms(
        strategy=place.environment.strategy,
        analysis=analysis_of(place),
        replicas=place.environment.replicas,
        migrate=work.settings.service.migrate,
        contract=work.settings.service.contract,
    )


def by_terms(work: Work, place: Place, terms: Terms) -> tuple[Work, Place]:
    """The session and the place as if the settings were those with which a rollout set out."""
    service = changed(work.settings.service, migrate=terms.migrate, contract=terms.contract)
    environment = changed(
        place.environment, strategy=terms.strategy, analysis=terms.analysis or False, replicas=terms.replicas
    )
    there = replace(work, settings=changed(work.settings, service=service))
    target = place.opened(environment, service_of(there)) if place.opened else place.target
    return there, replace(place, environment=environment, target=target)


def owner(work: Work) -> str:
    """Who deploys, for the lease and the journal."""
    return owner_of_run() or f"{user_name()}, run {work.run}, pid {os.getpid()}"


def analysis_of(place: Place) -> Analysis | None:
    """How the new release is held against the old one here, if it is."""
    said = place.environment.analysis
    if said is None:
        return Analysis() if place.environment.strategy.name in {"canary", "ab"} else None
    return said or None


def stages_of(strategy: str, analysis: Analysis) -> frozenset[Stage]:
    """Where a rollout holds and the new release is held against the old one."""
    # A rolling release of one instance has no step: it is compared as long as the last old one still runs.
    if strategy == "rolling":
        return frozenset({"arrived"})
    # Before an experiment begins nobody but probes asks the new release.
    return frozenset({"end"} if strategy == "ab" and analysis.traffic == "live" else {"step", "end"})


def live_steps(place: Place, plan: Plan) -> dict[int, Step]:
    """The steps of a plan whose analysis waits for people's requests, by the traffic that was seen last.

    Each by the number of its move. None where no traffic was seen yet: then the analysis tells when it was too little.
    """
    analysis = analysis_of(place)
    if analysis is None or analysis.traffic == "probe" or analysis.prometheus or plan.old in {"", plan.release.name}:
        return {}
    if (seen := place.target.rate()) is None:
        return {}
    weight, found = 0.0, {}
    for number, move in enumerate(plan.moves):
        if isinstance(move, Shift):
            weight = move.shares.get(plan.release.name, 0.0)
        elif isinstance(move, Hold) and move.stage == "step" and weight:
            found[number] = step(analysis, rate=seen, weight=weight, seconds=move.seconds)
    return found


def refuse_steps(place: Place, plan: Plan) -> None:
    """Nothing, when every step of a plan can gather the requests that its analysis needs.

    Raises:
        PlanRefused: one cannot.
    """
    for found in live_steps(place, plan).values():
        if found.refusal:
            raise PlanRefused(f"The step at {found.weight:.3g} % could not be judged. {found.refusal}", todo=found.todo)


def prepare_gates(work: Work, place: Place) -> None:
    """What the gates need is installed before the first move rather than amid the rollout.

    Raises:
        ToolError: it cannot be installed.
    """
    if analysis_of(place):
        prepare(work)


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
        return (*experiment, *self._analysis(passage), *suites)

    def _analysis(self, passage: Passage) -> tuple[Gate, ...]:
        settings = analysis_of(self.place)
        if settings is None or passage.old in {"", passage.release}:
            return ()
        if passage.stage not in stages_of(self.place.environment.strategy.name, settings):
            return ()
        target = self.place.target
        gate = AnalysisGate(
            environment=self.place.name,
            analysis=settings,
            old=passage.old,
            since=passage.since,
            evidence=target,
            address=lambda name: target.address(name, past_weights=True),
            work=self.work,
            accepted=self.work.end,
        )
        return (gate,)

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
