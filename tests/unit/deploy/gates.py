"""What tests of gates share: a git that knows what it is told, a release with its commit, answers in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fakes import release

from twinrail.deploy.interface import Answer, Ledger, Open, Wait
from twinrail.deploy.logbook import Logbook
from twinrail.deploy.release import Release
from twinrail.system.errors import ToolError

OLDER, NEWER, ASIDE = "3f2a9c1".ljust(40, "0"), "8c1f09a".ljust(40, "0"), "5e77b02".ljust(40, "0")


@dataclass(frozen=True)
class FakeCommits:
    """What git knows, in memory; broken, it cannot be started.

    Attributes:
        after: each commit that git knows, and those that it comes from.
        times: the time of each commit.
        written: who wrote each commit.
        me: under which name and address commits would be made here.
    """

    after: Mapping[str, Sequence[str]] = field(default_factory=dict)
    times: Mapping[str, int] = field(default_factory=dict)
    written: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    me: tuple[str, ...] = ()
    broken: bool = False

    def leads(self, earlier: str, later: str) -> bool:
        self._start()
        return later in self.after and earlier in (later, *self.after[later])

    def when(self, commit: str) -> int:
        self._start()
        return self.times.get(commit, 0)

    def authors(self, commit: str) -> tuple[str, ...]:
        self._start()
        return self.written.get(commit, ())

    def configured(self) -> tuple[str, ...]:
        self._start()
        return self.me

    def _start(self) -> None:
        if self.broken:
            raise ToolError("git cannot be started: No such file or directory.")


def built(version: str, commit: str = "", when: int = 0) -> Release:
    """A release of a commit."""
    return replace(release(version, commit=commit), when=when)


def went_live(ledger: Ledger, that: Release) -> None:
    """The release is live: the ledger says of it what a rollout writes down."""
    ledger.append("live", Logbook._about(that), fence=0)


def in_words(case: str, answer: Answer) -> str:
    """An answer as a golden file holds it: the case, the word, the note, and what goes on or is to be done."""
    word = "open" if isinstance(answer, Open) else "wait" if isinstance(answer, Wait) else "shut"
    todo = getattr(answer, "todo", "")
    lines = [f"# {case}", f"{word}: {answer.note}", *([f"  {todo}"] if todo else [])]
    return "\n".join(lines) + "\n\n"
