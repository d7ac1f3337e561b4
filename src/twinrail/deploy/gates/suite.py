"""A suite of tests that question the environment from outside: smoke tests, e2e tests."""

from dataclasses import dataclass

from twinrail.deploy.interface import Address, Answer, Open, Shut
from twinrail.deploy.release import Release
from twinrail.session.outcome import Outcome
from twinrail.session.suite import ANSWERS, aimed, conclude, words
from twinrail.session.work import Work


@dataclass(frozen=True, kw_only=True)
class SuiteGate:
    """The tests in `folder` pass against `address`."""

    name: str
    folder: str
    address: Address
    work: Work

    def ask(self, release: Release) -> Answer:  # noqa: ARG002  # the address leads to it
        """Shut with the failed tests, if one failed or none was found."""
        outcome = question(self.work, self.folder, self.address, name=self.name)
        if outcome.state == "passed":
            return Open(note=f"{self.name} {outcome.headline}")
        return Shut(note=outcome.headline, findings=outcome.findings)


def question(work: Work, folder: str, address: Address, *, name: str, chosen: tuple[str, ...] = ()) -> Outcome:
    """What came out when the tests in `folder` (or those `chosen`) asked the service at `address`."""
    junit = work.report(f"{name}.xml")
    pytest = work.tools.among_project("pytest")
    env = {work.settings.suites.address_variable: address.url}
    command = pytest.command(*words(junit), *aimed(chosen, (folder,), work.project.root), cwd=work.project.root, **env)
    done = work.shell.run(command, ok=ANSWERS)
    return conclude(done, junit, where=folder)
