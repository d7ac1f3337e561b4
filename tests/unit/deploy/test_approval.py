"""The approval gate: who has agreed to what, and what ends an agreement."""

import dataclasses
import itertools
import multiprocessing
import os
import signal
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from fakes import FakeClock, FakeLedger, release
from gates import NEWER, OLDER, FakeCommits, built, in_words

from golden_files import check
from twinrail.deploy.gates.agreements import is_author
from twinrail.deploy.gates.approval import ApprovalGate, EnvironmentApproval
from twinrail.deploy.interface import Open, Shut, Wait
from twinrail.deploy.ledger import FileLedger
from twinrail.project.environments import Approval
from twinrail.system.errors import Interrupted, LedgerError

GO_ON = "nox -s production -- --approve production"
HOUR, DAY = 3600, 86_400
THIS, NEXT = built("2.0", OLDER), built("2.1", NEWER)
THEN = datetime(2026, 11, 20, 18, 4, 30, tzinfo=ZoneInfo("UTC")).timestamp()


class Person:
    """Somebody at a terminal, or nobody; counts how often it was asked."""

    def __init__(self, *answers: str | None) -> None:
        self.answers, self.asked = list(answers), []

    def __call__(self, question: str) -> str | None:
        self.asked.append(question)
        return self.answers.pop(0)


@dataclasses.dataclass
class Office:
    """Where a release is agreed to: one ledger, one clock, people who come one after the other."""

    ledger: FileLedger
    clock: FakeClock = dataclasses.field(default_factory=lambda: FakeClock(time=THEN))
    approvers: int = 1
    expires: str | None = None
    not_author: bool = False
    commits: FakeCommits = dataclasses.field(default_factory=FakeCommits)

    def gate(self, user: str = "ada", *, given: bool = False, says: str | None = None) -> ApprovalGate:
        wanted = {"approvers": self.approvers, "expires": self.expires, "not-author": self.not_author}
        return ApprovalGate(
            environment="production",
            wanted=Approval(**wanted),
            ledger=self.ledger,
            commits=self.commits,
            given=given,
            ask_person=Person(says),
            evidence=lambda: {"run": "run-7", "receipt": "5eed"},
            user=lambda: user,
            clock=self.clock,
        )

    def agrees(self, user: str, that=THIS):
        return self.gate(user, given=True).ask(that)

    def asks(self, that=THIS):
        """What is answered where nobody says anything."""
        return self.gate("nobody").ask(that)

    @property
    def kinds(self) -> list[str]:
        return [each.kind for each in self.ledger.read()]


@pytest.fixture
def office(tmp_path):
    """Makes an office: `office(approvers=2)`."""

    def make(**more) -> Office:
        clock = FakeClock(time=THEN)
        folder = tmp_path / str(len(list(tmp_path.iterdir()))) / "production"
        folder.mkdir(parents=True)
        return Office(FileLedger(folder, clock=clock.now), clock, **more)

    return make


@pytest.mark.parametrize(
    ("given", "says", "opens"),
    [
        *((True, says, True) for says in ("y", "n", None)),
        *((False, says, True) for says in ("y", "Y", "yes", " YES ")),
        *((False, says, False) for says in ("n", "no", "", "yy", "j", None)),
    ],
)
def test_one_approver(office, given, says, opens):
    """One agrees on the command line or with a yes at the terminal; anything else, and nobody, is no agreement."""
    there = office()
    answer = there.gate(given=given, says=says).ask(THIS)
    assert (Open if opens else Wait) is type(answer)
    assert (["approved"] if opens else []) == there.kinds


@pytest.mark.parametrize("users", [*itertools.product(["ada", "grace"], repeat=2)])
def test_two_approvers(office, users):
    """Two approvers are two people: the same one twice is still one, and is not written down twice."""
    there = office(approvers=2)
    first, second = (there.agrees(user) for user in users)
    assert Wait(note="1 of 2 agreed", todo=GO_ON) == first
    assert len(set(users)) == len(there.kinds)
    if users[0] == users[1]:
        assert first == second
    else:
        who = ", ".join(users)
        assert Open(note=f"approved by {who} (local, not verified)", who=who) == second


def test_enough_have_agreed(office):
    """Once enough people agreed nobody is asked again, and nothing more is written down."""
    there = office()
    there.agrees("ada")
    again = there.gate("grace")
    assert Open is type(again.ask(THIS))
    assert ([], ["approved"]) == (again.ask_person.asked, there.kinds)


def test_who_has_agreed_is_not_asked_again(office):
    """Whoever agreed already is not asked as long as the other one is missing."""
    there = office(approvers=2)
    there.agrees("ada")
    again = there.gate("ada", says="y")
    assert Wait is type(again.ask(THIS))
    assert [] == again.ask_person.asked


def test_another_release(office):
    """An agreement holds for the very release that was agreed to: another digest asks anew."""
    there = office()
    there.agrees("ada", release("2.0", digest="aa"))
    assert Wait(note="nobody has agreed yet", todo=GO_ON) == there.asks(release("2.0", digest="bb"))


@pytest.mark.parametrize(
    ("given", "how"),
    [(True, "on the command line; local, not verified"), (False, "at the terminal; local, not verified")],
)
def test_what_is_written_down(office, given, how):
    """Each agreement has who, when and how, of what, and what they saw of it; no lease is needed."""
    there = office()
    there.ledger.lease("another deployer", 900)
    there.gate(given=given, says="y").ask(THIS)
    (entry,) = there.ledger.read()
    assert ("approved", THEN, 0) == (entry.kind, entry.time, entry.fence)
    what = {"release": THIS.name, "digest": THIS.digest, "identity": THIS.identity, "commit": OLDER, "when": THIS.when}
    seen = {"run": "run-7", "receipt": "5eed"}
    assert {**what, **seen, "who": "ada", "git": [], "how": how} == entry.facts


@pytest.mark.parametrize(("commit", "shown"), [(OLDER, "2.0 (3f2a9c1)"), ("", "2.0")])
def test_question(office, commit, shown):
    """The question names version, commit, environment and who is asked."""
    asked = office().gate(says="n")
    asked.ask(built("2.0", commit))
    assert [f"Approve {shown} for production, as ada? [y/N] "] == asked.ask_person.asked


@pytest.mark.parametrize(("passed", "counts"), [(0, True), (DAY - 1, True), (DAY, True), (DAY + 1, False)])
def test_expiry(office, passed, counts):
    """An agreement counts as long as it may, to the second; then the same person may agree again."""
    there = office(expires="24h")
    there.agrees("ada")
    there.clock.wait(passed)
    assert counts == isinstance(there.asks(), Open)
    assert isinstance(there.agrees("ada"), Open)
    assert counts == (len(there.kinds) == 1)


def test_one_expires_and_the_other_counts(office):
    """With two approvers the first may have expired when the second agrees."""
    there = office(approvers=2, expires="24h")
    there.agrees("ada")
    there.clock.wait(20 * HOUR)
    assert isinstance(there.agrees("grace"), Open)
    there.clock.wait(5 * HOUR)
    assert "1 of 2 agreed; ada's agreement of 2026-11-20 18:04 UTC expired" == there.asks().note
    assert isinstance(there.agrees("ada"), Open)
    there.approvers = 3
    assert "2 of 3 agreed" == there.asks().note


def test_withdrawn_by_what_was_agreed_to_after_it(office):
    """Once somebody agreed to another release, those who agreed to the former one must be asked again."""
    there = office()
    there.agrees("ada", THIS)
    there.agrees("ada", NEXT)
    assert "ada's agreement of 2026-11-20 18:04 UTC ended when 2.1-" in there.asks(THIS).note
    assert isinstance(there.asks(NEXT), Wait), "2.0 came up after it, and so it is the candidate now"
    assert isinstance(there.agrees("ada", THIS), Open)


def test_withdrawn_by_what_was_asked_about_after_it(office):
    """Another release that only asked withdraws agreements too; what nobody had agreed to leaves no trace."""
    there = office()
    assert isinstance(there.asks(NEXT), Wait)
    assert [] == there.kinds
    there.agrees("ada", THIS)
    assert isinstance(there.asks(NEXT), Wait)
    assert isinstance(there.asks(NEXT), Wait)
    assert isinstance(there.asks(built("2.2")), Wait)
    assert ["approved", "asked"] == there.kinds
    assert "ended when 2.1-" in there.asks(THIS).note
    there.agrees("grace", THIS)
    assert isinstance(there.asks(THIS), Open)


def test_an_older_candidate_withdraws_nothing(office):
    """What is built once more of an older commit takes nobody's agreement to a newer one away."""
    there = office()
    newer, older = dataclasses.replace(THIS, when=2000), dataclasses.replace(NEXT, when=1000)
    there.agrees("ada", newer)
    there.agrees("ada", older)
    assert isinstance(there.asks(newer), Open)
    there.agrees("ada", dataclasses.replace(newer, version="2.2", digest="e" * 64, when=3000))
    assert isinstance(there.asks(newer), Wait)


def test_who_agreed_elsewhere_does_not_withdraw(office):
    """What other gates were asked about says nothing of agreements."""
    there = office()
    there.agrees("ada")
    there.ledger.append("asked", {"gate": "performance", "identity": NEXT.identity, "answer": "shut"}, fence=0)
    there.ledger.append("asked", {"gate": "approval", "answer": "wait", "note": "", "who": ""}, fence=0)
    assert isinstance(there.asks(), Open)


def test_an_agreement_of_an_earlier_ledger(office):
    """Earlier ledgers called the identity the digest; what was agreed to then is agreed to still."""
    there = office()
    there.ledger.append("approved", {"digest": THIS.identity, "who": "ada", "how": "local, not verified"}, fence=0)
    assert isinstance(there.asks(), Open)


ADA = {OLDER: ("Ada Lovelace", "ada@example.org")}


@pytest.mark.parametrize(
    ("user", "me", "refused"),
    [
        ("ada", (), True),
        ("ADA", (), True),
        ("Ada Lovelace", (), True),
        ("ada@example.org", (), True),
        ("grace", (), False),
        ("grace", ("Grace Hopper", "grace@example.org"), False),
        ("grace", ("ada lovelace",), True),
        ("grace", ("Grace Hopper", "Ada@Example.org"), True),
        ("example.org", (), False),
        ("grace", ("",), False),
    ],
)
def test_not_the_author(office, user, me, refused):
    """The author may not agree, by user name, by git's name or by git's address, and is not even asked."""
    there = office(not_author=True, commits=FakeCommits(written=ADA, me=me))
    asked = there.gate(user, says="y")
    answer = asked.ask(THIS)
    assert refused == isinstance(answer, Wait)
    assert ([] if refused else ["approved"]) == there.kinds
    assert refused == (not asked.ask_person.asked)
    if refused:
        assert (
            f"nobody has agreed yet; {user} wrote 3f2a9c1, and may not agree to it (approval.not-author)" == answer.note
        )


def test_what_the_author_agreed_to_before(office):
    """An agreement that the author gave before that was forbidden does not count, whichever name gives them away."""
    there = office(commits=FakeCommits(written=ADA))
    there.agrees("ada")
    there.not_author = True
    assert "nobody has agreed yet; ada wrote the commit, and may not agree to it" == there.asks().note
    there.ledger.append(
        "approved", {"identity": THIS.identity, "who": "root", "git": ["Ada Lovelace", "root@host"]}, fence=0
    )
    assert "root wrote the commit, and may not agree to it" in there.asks().note


def test_the_authors_yes_does_not_help(office):
    """With two approvers the author's agreement is not the second one."""
    there = office(approvers=2, not_author=True, commits=FakeCommits(written=ADA))
    there.agrees("grace")
    assert "1 of 2 agreed; ada wrote 3f2a9c1, and may not agree to it (approval.not-author)" == there.agrees("ada").note
    assert isinstance(there.agrees("lin"), Open)


@pytest.mark.parametrize(
    ("commits", "that"),
    [(FakeCommits(), THIS), (FakeCommits(written=ADA), built("2.0")), (FakeCommits(broken=True), THIS)],
)
def test_whose_author_is_not_known(office, commits, that):
    """Where nobody can tell who the author is, nobody can tell that it is not the one who agrees."""
    there = office(not_author=True, commits=commits)
    for answer in (there.agrees("grace", that), there.gate().look(that)):
        assert Shut is type(answer)
        assert answer.note.startswith("approval cannot be asked: git ")
    assert [] == there.kinds


def test_the_names_of_who_agreed_are_kept(office):
    """Where the author may not agree, an agreement keeps the names by which its giver could be found out."""
    there = office(not_author=True, commits=FakeCommits(written=ADA, me=("Grace Hopper", "grace@example.org")))
    there.agrees("grace")
    (entry,) = there.ledger.read()
    assert ["Grace Hopper", "grace@example.org"] == entry.facts["git"]


def test_nobody_has_no_name():
    """An empty name is nobody's, whatever an address is cut to."""
    assert not is_author(("",), ("@example.org",))


def test_twice_at_once(office):
    """Two runs in which the same person agreed at the same moment have written it twice: that is one person."""
    there = office(approvers=2)
    for _ in range(2):
        there.ledger.append("approved", {"identity": THIS.identity, "who": "ada"}, fence=0)
    assert "1 of 2 agreed" == there.asks().note


def test_git_is_not_needed(office):
    """Unless the author may not agree git is not asked who that is."""
    assert isinstance(office(commits=FakeCommits(broken=True)).agrees("ada"), Open)


@pytest.mark.parametrize(
    ("error", "note"),
    [
        (LedgerError("It is broken."), "approval cannot be asked: It is broken."),
        (OSError(28, "No space left on device", "journal.jsonl"),
         "approval cannot be asked: No space left on device (journal.jsonl)."),
        (OSError("odd"), "approval cannot be asked: odd (no file)."),
        (KeyError("who"), "approval cannot be asked: what is written there is no record of ours (KeyError('who'))."),
    ],
    ids=["broken", "full", "odd", "foreign"],
)  # fmt: skip
def test_a_ledger_that_fails(office, error, note):
    """An agreement that cannot be written down is none."""

    class Failing(FakeLedger):
        def append(self, *_, **__):
            raise error

    there = office()
    there.ledger = Failing()
    assert Shut(note=note) == there.agrees("ada")


def test_an_interruption_is_no_answer(office):
    """A Ctrl-C goes its own way."""

    def interrupted(_):
        raise Interrupted("Interrupted.")

    there = office()
    with pytest.raises(Interrupted):
        dataclasses.replace(there.gate(), ask_person=interrupted).ask(THIS)
    assert [] == there.kinds


def agree_and_die(folder) -> None:
    Office(FileLedger(folder)).gate("ada", given=True).ask(THIS)
    os.kill(os.getpid(), signal.SIGKILL)


def test_an_agreement_outlives_its_run(office):
    """An agreement is on the disk as soon as it is given: a run that is killed right after has it written down."""
    there = office()
    process = multiprocessing.get_context("spawn").Process(target=agree_and_die, args=(there.ledger.folder,))
    process.start()
    process.join(30)
    assert -signal.SIGKILL == process.exitcode
    assert "ada" == there.asks().who


def test_looking_changes_nothing(office):
    """To look asks nobody and writes nothing, whatever stands on the command line."""
    there = office(approvers=2)
    asked = there.gate("ada", given=True, says="y")
    assert Wait(note="0 of 2 agreed", todo=GO_ON) == asked.look(THIS)
    there.agrees("ada", NEXT)
    assert Wait is type(asked.look(THIS))
    assert ([], ["approved"]) == (asked.ask_person.asked, there.kinds)


def spoken(office):
    """Every answer of the gate, in the order of a few days."""
    there = office(approvers=2, expires="24h", commits=FakeCommits(written={**ADA, NEWER: ("Lin", "lin@example.org")}))
    yield "nobody was there", there.asks()
    yield "the first agreed", there.agrees("ada")
    there.clock.wait(HOUR)
    yield "the second agreed", there.agrees("grace")
    there.clock.wait(DAY - HOUR + 60)
    yield "the first agreement is too old", there.asks()
    there.clock.wait(HOUR)
    yield "both are", there.asks()
    there.agrees("ada")
    yield "another release comes up", there.asks(NEXT)
    yield "and the agreement to the one before is over", there.asks()
    there.not_author = True
    yield "its author would agree", there.agrees("lin", NEXT)
    there.approvers = 1
    yield "one is enough, and is the author", there.agrees("lin", NEXT)
    yield "somebody else agrees", there.agrees("grace", NEXT)
    there.commits = FakeCommits()
    yield "git does not know the author", there.asks()
    yield "the commit has no name", there.asks(built("2.0"))
    there.commits = FakeCommits(broken=True)
    yield "git is missing", there.asks()


def on_github():
    """Every answer of GitHub's environments."""
    for approvers, approved in [(1, ()), (1, ("production-approval",)), (2, ("production-approval",)),
                                (2, ("production-approval", "production-approval-2"))]:  # fmt: skip
        asked = EnvironmentApproval(approvers=approvers, approved=approved, ledger=FakeLedger())
        yield f"on GitHub, {len(approved)} of {approvers}", asked.ask(THIS)


def test_what_it_says(office):
    """Each answer: how many agreed, why others do not count, and the command with which somebody may agree."""
    told = [in_words(case, answer) for case, answer in itertools.chain(spoken(office), on_github())]
    check("deploy/gates/approval.txt", "".join(told))
