"""The processes that serve, as a fleet behind a proxy: all of an environment but the proxy's own."""

from dataclasses import dataclass, field

from twinrail.deploy.targets.process.instances import Instance, Instances
from twinrail.deploy.targets.process.launches import Launch
from twinrail.deploy.targets.process.ports import Claim, claim_port
from twinrail.deploy.targets.process.programs import Programs
from twinrail.deploy.targets.process.proxy import PROXY
from twinrail.deploy.targets.proxied.backend import Words, tail


@dataclass(frozen=True)
class Servers:
    """The processes of the releases among `instances`; `claims` are the ports of those that were started here."""

    instances: Instances
    programs: Programs
    claims: dict[str, Claim] = field(default_factory=dict)

    def all(self) -> list[Instance]:
        """Those that live, oldest first."""
        return [each for each in self.instances.all() if each.release != PROXY]

    def answering(self) -> list[Instance]:
        """The same: a process lives, or it does not."""
        return self.all()

    def noted(self) -> list[Instance]:
        """The same: of one that ended nothing is kept."""
        return self.all()

    def write(self, instance: Instance) -> None:
        """Writes down what is known of one."""
        self.instances.write(instance)

    def start(self, release: str, launch: Launch) -> Instance:
        """One more of the release, on a port that nobody has.

        Raises:
            ToolError: the program is not there.
        """
        claim = claim_port()
        command = self.programs.serve(release, claim.port, launch)
        number = self.instances.number(release)
        started = self.instances.start(release, number, command, claim.port, settings=launch.settings)
        self.claims[started.name] = claim
        return started

    def end(self, instance: Instance, *, within: float) -> bool:
        """Asks one to end, and makes it after `within` seconds; whether it ended by itself."""
        self.claims.pop(instance.name, None)
        return self.instances.end(instance, within=within)

    def words(self, instance: Instance) -> Words:
        """What it said last."""
        log = self.instances.log(instance)
        return Words(log=str(log), lines=tail(log))
