"""The gate `analysis`: the new release is no worse than the old one under the same traffic."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from twinrail.deploy.analysis.computing import computer
from twinrail.deploy.analysis.prober import Prober
from twinrail.deploy.analysis.probing import Probing
from twinrail.deploy.analysis.prometheus import Prometheus
from twinrail.deploy.analysis.verdict import Case, Pair
from twinrail.deploy.analysis.words import line, readings
from twinrail.deploy.interface import Address, Answer, Evidence, Open, Shut, Wait
from twinrail.deploy.release import Release
from twinrail.project.strategies import Analysis
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import Interrupted, TwinrailError
from twinrail.system.user import user_name


@dataclass(frozen=True, kw_only=True)
class AnalysisGate:
    """The release on its way into `environment` is held against the one that was live.

    Attributes:
        old: the name of the release that was live.
        since: when the step began that is judged, in seconds since 1970.
        evidence: what the place knows of its releases.
        address: where a release answers past the weights.
        work: the session's shell, tools and settings.
        accepted: whether somebody goes on although it cannot be told, where the settings leave that to people.
    """

    environment: str
    analysis: Analysis
    old: str
    since: float
    evidence: Evidence
    address: Callable[[str], Address]
    work: Work
    accepted: bool = False
    name: ClassVar[str] = "analysis"

    def ask(self, release: Release) -> Answer:
        """Open when it is no worse; shut when it is, and when that cannot be told, unless somebody is to decide then.

        Raises:
            Interrupted: somebody pressed Ctrl-C.
        """
        try:
            case = self._probed(release) if self.analysis.traffic == "probe" else self._lived(release)
        except Interrupted:
            raise
        except TwinrailError as error:
            return Shut(note=f"it cannot be asked: {error.what}")
        return self._answer(case)

    def _answer(self, case: Case) -> Answer:
        said = line(case)
        if case.verdict == "pass":
            return Open(note=said, readings=readings(case))
        if case.verdict == "inconclusive" and self.accepted and self.analysis.inconclusive == "hold":
            return Open(note=f"{said}; gone on with by hand", who=user_name(), readings=readings(case))
        if case.verdict == "inconclusive" and self.analysis.inconclusive == "hold":
            anyway = again("resume", self.environment, "--end", tool=False)
            return Wait(note=f"{said}; all the same by {anyway}", todo=again("resume", self.environment, tool=False))
        return Shut(note=said, readings=readings(case))

    def _probed(self, release: Release) -> Case:
        prober = Prober(
            addresses=(self.address(self.old), self.address(release.name)),
            routes=self.analysis.routes,
            host=self.work.settings.service.host,
            interrupted=self.work.interrupted,
        )
        return Probing(
            analysis=self.analysis,
            names=(self.old, release.name),
            prober=prober,
            evidence=self.evidence,
            compute=computer(self.work, self.analysis),
            progress=self.work.progress,
        ).case()

    def _lived(self, release: Release) -> Case:
        known = Prometheus.of(self.analysis) if self.analysis.prometheus else self.evidence
        old, new = (known.samples(name, self.since, probes=False) for name in (self.old, release.name))
        return computer(self.work, self.analysis)(Pair(names=(self.old, release.name), old=old, new=new))
