"""What a release must have before it sets out: which receipt, whose agreement, on a laptop and on GitHub."""

import itertools

import pytest
from fakes import release

from golden_files import check
from twinrail.deploy import receipt as receipts
from twinrail.deploy.admission import admit, before, feasible
from twinrail.deploy.environments import open_place
from twinrail.deploy.github import APPROVED
from twinrail.deploy.receipt import Receipt
from twinrail.project.environments import Approval, Environment
from twinrail.project.settings import Service, Settings
from twinrail.session.work import Work
from twinrail.system.errors import Interrupted, PlanRefused, TurnedBack

NAMES = ("test", "staging", "production")
THIS = release("2.0")


@pytest.fixture
def work(make_project, shell, tmp_path):
    """What a session is given; it keeps its events in `events`."""

    def make(*, without=(), e2e=False, **environments):
        project = make_project()
        if e2e:
            (tmp_path / "tests" / "e2e").mkdir(parents=True, exist_ok=True)
        events = []
        made = Work(
            session="production",
            project=project,
            settings=Settings(environments=environments),
            shell=shell,
            folder=tmp_path / "reports",
            run="run-1",
            tell=events.append,
            without=frozenset(without),
        )
        object.__setattr__(made, "events", events)
        return made

    return make


@pytest.fixture
def on_github(monkeypatch):
    """Makes this a job on GitHub: `on_github("self-hosted", approved="a,b")`."""

    def be(runner="github-hosted", **variables):
        values = {"GITHUB_ACTIONS": "true", "RUNNER_ENVIRONMENT": runner, APPROVED: variables.get("approved", "")}
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return be


def place_of(work, name):
    return open_place(work, name, work.settings.environments[name], Service())


def test_which_receipt_is_demanded(work):
    """The nearest environment before that the settings have, that can be lived through, and that is not left out."""
    lines = []
    for e2e in (False, True):
        for count in range(4):
            for there in itertools.combinations(NAMES, count):
                for without in ((), ("e2e",), ("staging",), ("e2e", "staging")):
                    made = work(without=without, e2e=e2e, **dict.fromkeys(there, Environment()))
                    found = {name: before(made, name) or "-" for name in there if name != "test"}
                    words = ("tests/e2e" if e2e else "-", " ".join(there), " ".join(without) or "-")
                    about = "{:<10} {:<26} without {:<12}".format(*words)
                    lines += [f"{about} {name:<10} demands {demanded}" for name, demanded in found.items()]
    check("deploy/receipts.txt", "\n".join(dict.fromkeys(lines)) + "\n")


@pytest.mark.parametrize(
    ("people", "agreed", "sets_out"),
    [(None, "", False), (None, "production-approval", True), (2, "a", False), (2, "a,a", False), (2, "a,b", True),
     (0, "", True)],
)  # fmt: skip
def test_production_on_github(work, on_github, people, agreed, sets_out):
    """Production asks one unless the settings say otherwise; on GitHub it is turned back where they did not agree."""
    on_github(approved=agreed)
    made = work(production=Environment(approval=None if people is None else Approval(approvers=people)))
    if sets_out:
        assert admit(made, place_of(made, "production"), THIS) is None
    else:
        with pytest.raises(TurnedBack, match=r"2\.0 does not set out for production: \d of \d protected environments"):
            admit(made, place_of(made, "production"), THIS)
    answers = [(each.gate, each.answer) for each in made.events]
    assert ([] if people == 0 else [("approval", "open" if sets_out else "shut")]) == answers


def test_nobody_on_the_command_line_agrees_for_github(work, on_github):
    """What was said on the command line is no agreement of an environment's reviewers."""
    on_github()
    made = work(production=Environment())
    object.__setattr__(made, "approved", frozenset({"production"}))
    with pytest.raises(TurnedBack, match="0 of 1"):
        admit(made, place_of(made, "production"), THIS)


def test_the_receipt_comes_first(work):
    """Without the receipt of staging nobody is asked; with it, people are; the record has both answers."""
    made = work(staging=Environment(), production=Environment())
    with pytest.raises(TurnedBack, match=r"2\.0 does not set out for production: there is no receipt of staging\. Go"):
        admit(made, place_of(made, "production"), THIS)
    told = {"release": THIS.name, "identity": THIS.identity, "commit": "c", "head": "h", "run": "r"}
    receipts.write(made.project.state, Receipt(environment="staging", **told))
    assert "waiting" == admit(made, place_of(made, "production"), THIS).state
    assert [("receipt", "shut"), ("receipt", "open"), ("approval", "wait")] == [(e.gate, e.answer) for e in made.events]


def test_interrupted_while_it_is_asked(work):
    """A Ctrl-C at the question is no answer: nothing sets out, and the gate's answer is not written down."""
    made = work(production=Environment())
    made.interrupted.set()
    with pytest.raises(Interrupted, match="while production waited for approval"):
        admit(made, place_of(made, "production"), THIS)
    assert [] == made.events


def test_feasible(work, on_github, monkeypatch):
    """On GitHub what cannot be kept is refused with each setting and a sentence; a laptop keeps it."""
    made = work(production=Environment(approval=Approval(approvers=3)))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    feasible(place_of(made, "production"))
    on_github()
    with pytest.raises(PlanRefused) as caught:
        feasible(place_of(made, "production"))
    keys = [line.strip().partition(":")[0] for line in caught.value.what.splitlines()]
    assert ["environments.production.approval.approvers", "environments.production.rehearsal"] == keys
    assert "Nothing was changed." == caught.value.todo
