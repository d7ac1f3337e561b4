"""The approval gate: who has agreed to what."""

import itertools

import pytest
from fakes import FakeLedger, release

from twinrail.deploy.gates.approval import ApprovalGate
from twinrail.deploy.interface import Open, Wait


class Person:
    """Somebody at a terminal, or nobody; counts how often it was asked."""

    def __init__(self, *answers: str | None) -> None:
        self.answers, self.asked = list(answers), []

    def __call__(self, question: str) -> str | None:
        self.asked.append(question)
        return self.answers.pop(0)


def gate(ledger: FakeLedger, *, approvers: int = 1, given: bool = False, says: str | None = None, user: str = "ada"):
    return ApprovalGate(
        environment="production",
        approvers=approvers,
        ledger=ledger,
        given=given,
        ask_person=Person(says),
        user=lambda: user,
    )


@pytest.mark.parametrize(
    ("given", "says", "opens"),
    [
        *((True, says, True) for says in ("y", "n", None)),
        *((False, says, True) for says in ("y", "Y", "yes", " YES ")),
        *((False, says, False) for says in ("n", "no", "", "yy", "j", None)),
    ],
)
def test_one_approver(given, says, opens):
    """One agrees on the command line or with a yes at the terminal; anything else, and nobody, is no agreement."""
    ledger = FakeLedger()
    answer = gate(ledger, given=given, says=says).ask(release())
    assert (Open if opens else Wait) is type(answer)
    assert opens == bool(ledger.entries)


@pytest.mark.parametrize("users", [*itertools.product(["ada", "grace"], repeat=2)])
def test_two_approvers(users):
    """Two approvers are two people: the same one twice is still one."""
    ledger = FakeLedger()
    first, second = (gate(ledger, approvers=2, given=True, user=user).ask(release()) for user in users)
    assert Wait(note="1 of 2 agreed", todo="nox -s production -- --approve production") == first
    if users[0] == users[1]:
        assert first == second
    else:
        who = ", ".join(users)
        assert Open(note=f"approved by {who} (local, not verified)", who=who) == second


def test_enough_have_agreed():
    """Once enough people agreed nobody is asked again, and nothing more is written down."""
    ledger = FakeLedger()
    gate(ledger, given=True).ask(release())
    again = gate(ledger, user="grace")
    assert Open is type(again.ask(release()))
    assert ([], 1) == (again.ask_person.asked, len(ledger.entries))


def test_another_release():
    """An agreement holds for the very release that was agreed to: another digest asks anew."""
    ledger = FakeLedger()
    gate(ledger, given=True).ask(release("2.0", digest="aa"))
    answer = gate(ledger).ask(release("2.0", digest="bb"))
    assert Wait(note="nobody has agreed yet", todo="nox -s production -- --approve production") == answer


def test_what_is_written_down():
    """The ledger holds digest and person, and that nobody verified it; no lease is needed."""
    ledger = FakeLedger(holder="another deployer", number=3)
    gate(ledger, given=True).ask(release())
    (entry,) = ledger.entries
    assert ("approved", 0) == (entry.kind, entry.fence)
    assert {"digest": release().digest, "who": "ada", "how": "local, not verified"} == entry.facts


def test_question():
    """The question names version, environment and who is asked."""
    asked = gate(FakeLedger(), says="n")
    asked.ask(release())
    assert ["Approve 2.0 for production, as ada? [y/N] "] == asked.ask_person.asked
