"""What a target that runs a stack tells of it, whatever an instance is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from twinrail.deploy.interface import Address, Samples
from twinrail.deploy.targets.docker.parts import Parts
from twinrail.deploy.targets.proxied.requests import answers, counted, rate
from twinrail.deploy.targets.proxied.routes import RELEASE
from twinrail.system.errors import PlaceTaken

_LATE = 2.0
"""How far lines may be out of the order in which their requests ended, in seconds."""


@dataclass(frozen=True)
class DockerSite(Parts):
    """A stack whose proxy stands on the engine, as a container."""

    def admit(self) -> None:
        """Nothing, where the settings lead to what runs here.

        Raises:
            PlaceTaken: people are served elsewhere than the settings say, or the stack is deployed from elsewhere.
            SettingsError: the compose file is wrong.
            ToolError: the engine does not answer.
        """
        marks = '{{.Label "twinrail.place"}}'
        label = f"label=twinrail.stack={self.name_of_stack}"
        there = self.engine.run("ps", "--all", "--filter", label, "--format", marks, quiet=True).split()
        if {*there} - {self.place}:
            raise PlaceTaken(
                f"The stack {self.name_of_stack} is deployed from another folder or machine.",
                why=f"What it did stands in a journal that {self.opening.folder} does not have.",
                todo="Deploy from there, say its folder (environments.NAME.folder), or name another compose.project.",
            )
        self.proxy.check_port()

    def address(self, release: str, *, past_weights: bool = False) -> Address:
        """The environment's address, with a header that leads to the release where asked for."""
        host = {"Host": self.opening.service.host} if self.opening.service.host else {}
        return Address(url=self.proxy.url, headers={**host, **({RELEASE: release} if past_weights else {})})

    def samples(self, release: str, since: float, *, probes: bool) -> Samples:
        """What the release answered since then, in seconds since 1970: to probes past the weights, or to people."""
        return counted(answers(self.proxy.lines(max(since - _LATE, 0.0)), release, since, probes=probes))

    def rate(self) -> float | None:
        """How many requests a second people made when two releases were compared last; None where nobody knows."""
        return rate(self.proxy.lines())

    def answers(self) -> bool:
        """Whether the proxy shows the routes that were written last."""
        return self.proxy.answers()

    def commit(self, release: str) -> str:
        """The commit that a release was built from, or an empty text."""
        return self.store.commit(release)

    def looked(self) -> None:
        """Somebody looks at a release that is held; the engine itself keeps the proxy's log small."""

    def hide(self, release: str) -> Callable[[str], str]:
        """Puts `***` for every secret of the release into a text."""
        return self.programs.hide(release)
