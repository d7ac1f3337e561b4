"""What a release must have before it sets out: which receipt, whose agreement, on a laptop and on GitHub."""

import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from fakes import FakeClock, release
from gates import ASIDE, NEWER, OLDER, built, in_words, went_live

from golden_files import check
from twinrail.deploy import receipt as receipts
from twinrail.deploy.admission import admit, before, feasible, gates_again, gates_before, preview
from twinrail.deploy.environments import open_place
from twinrail.deploy.github import APPROVED
from twinrail.deploy.receipt import Receipt
from twinrail.project.environments import Approval, Environment
from twinrail.project.settings import Service, Settings
from twinrail.session.work import Work
from twinrail.system.errors import Interrupted, PlanRefused, Superseded, TurnedBack

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
    asked = [] if people == 0 else [("approval", "open" if sets_out else "shut")]
    assert [("freshness", "open"), *asked] == answers


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
    rest = [("receipt", "open"), ("freshness", "open"), ("approval", "wait")]
    assert [("receipt", "shut"), *rest] == [(each.gate, each.answer) for each in made.events]


def test_interrupted_while_it_is_asked(work):
    """A Ctrl-C at the question is no answer: nothing sets out, and the gate's answer is not written down."""
    made = work(production=Environment())
    made.interrupted.set()
    with pytest.raises(Interrupted, match="while production waited for freshness"):
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


WEEKEND = "Fri 16:00 - Mon 08:00 UTC"
FRIDAY, SATURDAY = (datetime(2026, 11, day, 12, tzinfo=ZoneInfo("UTC")).timestamp() for day in (20, 21))
NOON = 1_790_000_000
OLD, MID, NEW = (built(*each) for each in (("1.0", OLDER, NOON), ("1.5", ASIDE, NOON + 60), ("2.0", NEWER, NOON + 120)))
GUARDED = Environment(freeze=(WEEKEND,), approval=Approval(approvers=2))


@pytest.fixture
def place(work):
    """Production with every gate, where 1.5 is live; staging was healthy with 1.0 and 2.0, as `healthy` says."""
    made = work(staging=Environment(), production=GUARDED)
    there = place_of(made, "production")
    went_live(there.ledger, MID)
    return made, there


def healthy(work, that):
    told = {"release": that.name, "identity": that.identity, "commit": that.commit, "head": "5eed", "run": "run-1"}
    receipts.write(work.project.state, Receipt(environment="staging", **told))


def test_the_order_of_the_gates(work, place):
    """Receipt, freshness, freeze, and people last; what may have changed is asked again under the lease."""
    assert ["receipt", "freshness", "freeze", "approval"] == [each.name for each in gates_before(*place)]
    assert ["freshness", "freeze"] == [each.name for each in gates_again(*place)]
    free = work(test=Environment(), staging=Environment())
    assert ["freshness"] == [each.name for each in gates_before(free, place_of(free, "staging"))]
    assert ["freshness"] == [each.name for each in gates_again(free, place_of(free, "staging"))]


def test_gates_are_made_without_a_trace(work):
    """To make gates reads nothing and writes nothing: not even a folder."""
    made = work(production=GUARDED)
    there = place_of(made, "production")
    gates_before(made, there)
    gates_again(made, there)
    assert not there.ledger.folder.exists()
    assert [] == made.events


@pytest.mark.parametrize("shut", ["receipt", "freshness", "freeze", "nothing"])
def test_people_are_asked_last(place, shut):
    """Nobody is asked to agree to what does not set out anyway."""
    made, there = place
    asked = []
    object.__setattr__(made, "ask", asked.append)
    that = OLD if shut == "freshness" else NEW
    if shut != "receipt":
        healthy(made, that)
    clock = FakeClock(time=SATURDAY if shut == "freeze" else FRIDAY)
    if shut in {"receipt", "freshness"}:
        with pytest.raises(TurnedBack if shut == "receipt" else Superseded):
            admit(made, there, that, clock)
    else:
        assert "waiting" == admit(made, there, that, clock).state
    assert (shut == "nothing") == bool(asked)
    assert (shut if shut != "nothing" else "approval") == made.events[-1].gate


def test_what_approvers_saw_is_written_down(place):
    """An agreement holds the run, and the head of the journal of the environment before; on GitHub the run there."""
    made, there = place
    healthy(made, NEW)
    object.__setattr__(made, "approved", frozenset({"production"}))
    admit(made, there, NEW, FakeClock(time=FRIDAY))
    facts = there.ledger.read()[-1].facts
    assert ("run-1", "5eed", NEWER) == (facts["run"], facts["receipt"], facts["commit"])


def test_what_github_agreed_to_is_written_down(work, on_github, monkeypatch):
    """Without an environment before there is no receipt to have seen; the run is GitHub's own."""
    on_github(approved="production-approval")
    for name, value in {"REPOSITORY": "octo/shop", "RUN_ID": "7", "RUN_ATTEMPT": "1"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    made = work(production=Environment())
    there = place_of(made, "production")
    assert admit(made, there, NEW) is None
    facts = there.ledger.read()[-1].facts
    assert ("octo/shop#7.1", "", "a reviewer of production-approval") == (facts["run"], facts["receipt"], facts["who"])


def test_a_preview_changes_nothing(place):
    """To look at the gates asks nobody, though everything is agreed to on the command line, and writes nothing."""
    made, there = place
    healthy(made, NEW)
    object.__setattr__(made, "approved", frozenset({"production"}))
    object.__setattr__(made, "ask", pytest.fail)
    written = len(there.ledger.read())
    found = preview(made, there, NEW, FakeClock(time=FRIDAY))
    assert ["receipt", "freshness", "freeze", "approval"] == [name for name, _ in found]
    assert (written, []) == (len(there.ledger.read()), made.events)


def test_a_preview_on_github(work, on_github):
    """On GitHub too nothing is written by looking."""
    on_github(approved="production-approval")
    made = work(production=Environment())
    there = place_of(made, "production")
    assert "open" == in_words("", dict(preview(made, there, NEW))["approval"]).split()[1].strip(":")
    assert () == there.ledger.read()


def test_what_is_said_of_a_receipt(work):
    """Each answer of the gate that asks for a receipt."""
    made = work(staging=Environment(), production=GUARDED)
    gate = gates_before(made, place_of(made, "production"))[0]
    told = [in_words("there is none", gate.ask(NEW))]
    healthy(made, NEW)
    told += [in_words("of this release", gate.ask(NEW)), in_words("of another release", gate.ask(MID))]
    other = Receipt(environment="test", release=NEW.name, identity=NEW.identity, commit="", head="", run="run-1")
    path = receipts.path_of(made.project.state, "staging")
    receipts.write(made.project.state, other)
    receipts.path_of(made.project.state, "test").rename(path)
    told.append(in_words("of another environment", gate.ask(NEW)))
    path.write_text("{", encoding="utf-8")
    told.append(in_words("broken", gate.ask(NEW)))
    check("deploy/gates/receipt.txt", "".join(told))


def test_what_is_said_before_it_sets_out(place):
    """All gates at a glance, as `plan` shows them, on a few days."""
    made, there = place
    lines = []
    for case, that, time, receipt in [
        ("nothing was healthy before", NEW, FRIDAY, None),
        ("all is open but people", NEW, FRIDAY, NEW),
        ("at the weekend, with what is older", OLD, SATURDAY, OLD),
    ]:
        if receipt:
            healthy(made, receipt)
        answers = preview(made, there, that, FakeClock(time=time))
        lines += [f"## {case}\n\n", *(in_words(name, answer) for name, answer in answers)]
    check("deploy/gates/preview.txt", "".join(lines))


def test_how_admission_ends(place):
    """Each end of admission: its exit code, what is said, and what goes on."""
    made, there = place
    lines = []
    for that, time, receipt in [(NEW, FRIDAY, None), (OLD, FRIDAY, OLD), (NEW, SATURDAY, NEW), (NEW, FRIDAY, NEW)]:
        if receipt:
            healthy(made, receipt)
        try:
            outcome = admit(made, there, that, FakeClock(time=time))
            lines.append(f"{outcome.state}, exit {outcome.exit_code}\n{outcome.headline}\n\n")
        except (TurnedBack, Superseded) as error:
            lines.append(f"{type(error).__name__}, exit {error.exit_code}\n{error}\n\n")
    check("deploy/gates/admission.txt", "".join(lines))
