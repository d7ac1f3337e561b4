"""Approval: people must agree before a release goes out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from twinrail.deploy.interface import Answer, Ledger, Open, Shut, Wait
from twinrail.deploy.release import Release
from twinrail.system.called import again
from twinrail.system.user import user_name


@dataclass(frozen=True, kw_only=True)
class ApprovalGate:
    """`approvers` people have agreed that this very release goes to `environment`.

    Here the approver is whoever sits at the terminal: written down as local, not verified.

    Attributes:
        given: whether it was approved on the command line.
        ask_person: asks the person at the terminal; its answer, or None when there is nobody.
        user: who that is.
    """

    environment: str
    approvers: int
    ledger: Ledger
    given: bool
    ask_person: Callable[[str], str | None]
    user: Callable[[], str] = user_name
    name: ClassVar[str] = "approval"

    def ask(self, release: Release) -> Answer:
        """Open when enough different people have agreed; what they said before counts."""
        if len(self._agreed(release)) < self.approvers and self._agrees(release):
            facts = {"digest": release.identity, "who": self.user(), "how": "local, not verified"}
            self.ledger.append("approved", facts, fence=0)
        agreed = self._agreed(release)
        if len(agreed) >= self.approvers:
            who = ", ".join(agreed)
            return Open(note=f"approved by {who} (local, not verified)", who=who)
        return Wait(
            note=f"{len(agreed)} of {self.approvers} agreed" if self.approvers > 1 else "nobody has agreed yet",
            todo=again(self.environment, "--approve", self.environment, tool=False),
        )

    def _agreed(self, release: Release) -> list[str]:
        said = [entry.facts for entry in self.ledger.read() if entry.kind == "approved"]
        return list(dict.fromkeys(str(each["who"]) for each in said if each["digest"] == release.identity))

    def _agrees(self, release: Release) -> bool:
        if self.given:
            return True
        answer = self.ask_person(f"Approve {release.version} for {self.environment}, as {self.user()}? [y/N] ")
        return (answer or "").strip().lower() in {"y", "yes"}


@dataclass(frozen=True, kw_only=True)
class EnvironmentApproval:
    """Enough protected environments of GitHub have agreed, a reviewer each.

    Attributes:
        approved: those that did.
    """

    approvers: int
    approved: tuple[str, ...]
    name: ClassVar[str] = "approval"

    def ask(self, release: Release) -> Answer:  # noqa: ARG002  # GitHub asked for this run, whose one release it is
        """Shut when one is missing: on a runner nobody can be asked any more."""
        if len(self.approved) >= self.approvers:
            names = ", ".join(self.approved[: self.approvers])
            return Open(note=f"agreed to in {names} on GitHub", who=f"reviewers of {names}")
        note = f"{len(self.approved)} of {self.approvers} protected environments of GitHub agreed"
        return Shut(note=f"{note}. Let the job `approval` of python.yml or deploy.yml ask them")
