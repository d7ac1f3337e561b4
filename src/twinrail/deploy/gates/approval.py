"""Approval: people must agree before a release goes out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from twinrail.deploy.clock import SystemClock
from twinrail.deploy.gates.agreements import Agreements, agreements, another_is_agreed_to, is_author
from twinrail.deploy.gates.asking import or_shut
from twinrail.deploy.github import go_on
from twinrail.deploy.interface import Answer, Clock, Ledger, Open, Shut, Wait
from twinrail.deploy.release import Release
from twinrail.project.commits import Commits
from twinrail.project.environments import Approval
from twinrail.system.errors import ProjectError
from twinrail.system.user import user_name

NOT_VERIFIED = "local, not verified"
"""What every agreement on a laptop is: whoever sits at the terminal says who they are."""


@dataclass(frozen=True, kw_only=True)
class ApprovalGate:
    """As many people as are wanted have agreed that this very release goes to `environment`, and still do.

    Each agreement stands in the ledger as soon as it is given, so that it outlives the run.

    Attributes:
        given: whether it was approved on the command line.
        ask_person: asks the person at the terminal; its answer, or None when there is nobody.
        evidence: what is known of the release to whoever agrees: the run, the receipt of the environment before.
        user: who is at the terminal.
        clock: what time it is.
    """

    environment: str
    wanted: Approval
    ledger: Ledger
    commits: Commits
    given: bool
    ask_person: Callable[[str], str | None]
    evidence: Callable[[], Mapping[str, str]] = dict
    user: Callable[[], str] = user_name
    clock: Clock = field(default_factory=SystemClock)
    name: ClassVar[str] = "approval"

    @or_shut
    def ask(self, release: Release) -> Answer:
        """Open when enough different people have agreed; what they said before counts as long as it holds."""
        authors = self._authors(release)
        said, refused = self._said(release, authors), ""
        if len(said.counted) < self.wanted.approvers and self.user() not in said.counted:
            me = (self.user(), *(self.commits.configured() if authors else ()))
            if is_author(me, authors):
                refused = f"{self.user()} wrote {release.commit[:7]}, and may not agree to it (approval.not-author)"
            elif how := self._agrees(release):
                self._write("approved", release, who=self.user(), git=list(me[1:]), how=f"{how}; {NOT_VERIFIED}")
                said = self._said(release, authors)
        answer = self._answer(said, refused)
        if another_is_agreed_to(self.ledger.read(), release):
            self._write("asked", release, gate=self.name, answer="wait", note=answer.note, who="")
        return answer

    @or_shut
    def look(self, release: Release) -> Answer:
        """What it would answer if nobody said anything now; nothing is written."""
        return self._answer(self._said(release, self._authors(release)))

    def _authors(self, release: Release) -> tuple[str, ...]:
        if not self.wanted.not_author:
            return ()
        if authors := self.commits.authors(release.commit):
            return authors
        raise ProjectError(f"git does not know who wrote {release.commit[:7] or 'it'}, and its author may not agree.")

    def _said(self, release: Release, authors: tuple[str, ...]) -> Agreements:
        expires, now = self.wanted.expires, self.clock.now()
        return agreements(self.ledger.read(), release, expires=expires, authors=authors, now=now)

    def _answer(self, said: Agreements, refused: str = "") -> Answer:
        count, wanted = len(said.counted), self.wanted.approvers
        if count >= wanted:
            who = ", ".join(said.counted)
            return Open(note=f"approved by {who} ({NOT_VERIFIED})", who=who)
        far = f"{count} of {wanted} agreed" if wanted > 1 else "nobody has agreed yet"
        lost = {**said.lost, **({self.user(): refused} if refused else {})}
        note = "; ".join([far, *lost.values()])
        return Wait(note=note, todo=go_on(self.environment, "--approve", self.environment))

    def _agrees(self, release: Release) -> str:
        if self.given:
            return "on the command line"
        commit = f" ({release.commit[:7]})" if release.commit else ""
        question = f"Approve {release.version}{commit} for {self.environment}, as {self.user()}? [y/N] "
        return "at the terminal" if (self.ask_person(question) or "").strip().lower() in {"y", "yes"} else ""

    def _write(self, kind: str, release: Release, **facts: object) -> None:
        self.ledger.append(kind, {**_facts(release), **facts, **self.evidence()}, fence=0)


@dataclass(frozen=True, kw_only=True)
class EnvironmentApproval:
    """Enough protected environments of GitHub have agreed, a reviewer each.

    Attributes:
        approved: those that did.
        evidence: what is known of the release to whoever agreed.
    """

    approvers: int
    approved: tuple[str, ...]
    ledger: Ledger
    evidence: Callable[[], Mapping[str, str]] = dict
    name: ClassVar[str] = "approval"

    @or_shut
    def ask(self, release: Release) -> Answer:
        """Shut when one is missing: on a runner nobody can be asked any more. What they said stands in the ledger."""
        answer = self.look(release)
        if isinstance(answer, Open):
            for each in self.approved[: self.approvers]:
                facts = {**_facts(release), "who": f"a reviewer of {each}", "how": "on GitHub", **self.evidence()}
                self.ledger.append("approved", facts, fence=0)
        return answer

    def look(self, release: Release) -> Answer:  # noqa: ARG002  # GitHub asked for this run, whose one release it is
        """What it would answer; nothing is written."""
        if len(self.approved) >= self.approvers:
            names = ", ".join(self.approved[: self.approvers])
            return Open(note=f"agreed to in {names} on GitHub", who=f"reviewers of {names}")
        note = f"{len(self.approved)} of {self.approvers} protected environments of GitHub agreed"
        return Shut(note=f"{note}. Let the job `approval` of python.yml or deploy.yml ask them")


def _facts(release: Release) -> Mapping[str, object]:
    return {
        "release": release.name,
        "digest": release.digest,
        "identity": release.identity,
        "commit": release.commit,
        "when": release.when,
    }
