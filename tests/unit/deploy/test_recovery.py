"""The sessions resume and rollback, on a place in memory with a journal on the disk: what they do and say."""

import threading
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fakes import FakeClock, FakeLedger, FakeTarget, Fault, Killed, place_with, release, rollout
from messages import said
from ways import WAYS

from golden_files import check
from twinrail.deploy.environments import Place
from twinrail.deploy.execution import RolloutPaused
from twinrail.deploy.gates.experiment import ExperimentGate
from twinrail.deploy.launch import rollout_of
from twinrail.deploy.receipt import Receipt, read, write
from twinrail.deploy.recovery import StillLive, resume, resume_at, rollback, rollback_at
from twinrail.deploy.standing import live_now
from twinrail.deploy.strategies.back import Back
from twinrail.deploy.terms import changed
from twinrail.project.environments import Environment, Strategy
from twinrail.project.settings import Service
from twinrail.session.work import Work
from twinrail.system.errors import PlanRefused, ProjectError, TurnedBack, TwinrailError, UsageError

ILL: list[str] = []
"""What the service says when it is ill."""


class Well(BaseHTTPRequestHandler):
    """Answers everything with 200, until it falls ill."""

    def do_GET(self):
        self.send_response(500 if ILL else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def url():
    with ThreadingHTTPServer(("127.0.0.1", 0), Well) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@dataclass
class Town:
    """An environment `staging`, and the words that are said to it."""

    work: Work
    place: FakeTarget
    ledger: FakeLedger

    def deploy(self, *versions, way="blue-green", **more):
        """A deploy of each in virtual time, which may end as it likes."""
        for each in versions:
            usual = {"replicas": 2, "strategy": WAYS[way], "name": way, "ledger": self.ledger, "clock": FakeClock()}
            one = rollout(self.place, **usual | more)
            try:
                one.run(each if not isinstance(each, str) else release(each))
            except (TwinrailError, Killed):
                self.place.faults = ()

    def back(self, version, **more):
        self.deploy(version, strategy=Back(), rollback=True, name="rollback", **more)

    def fails(self, at, error):
        """The move of that number from now on goes wrong."""
        self.place.faults = (Fault(at=len(self.place.asked) + at, when="half", error=lambda _: error),)

    @property
    def opened(self):
        environment = self.work.settings.environments["staging"]
        return Place(name="staging", environment=environment, target=self.place, ledger=self.ledger)

    def resume(self, **more):
        return resume_at(self.opened, replace(self.work, **more))

    def rollback(self, to=""):
        return rollback_at(self.opened, replace(self.work, to=to))

    @property
    def live(self):
        """The version that serves all people alone."""
        ((name, share),) = self.place.shares.items()
        assert (100.0, {name: 2}) == (share, self.place.instances)
        return name.rpartition("-")[0]


@pytest.fixture
def town(work, url):
    ILL.clear()

    def make(**strategy) -> Town:
        how = Strategy(**{"name": "blue-green", **strategy})
        environment = Environment(replicas=2, strategy=how, analysis=False)
        made = work(service=Service(version="", watch=(), command=("serve",)), staging=environment)
        return Town(replace(made, environment="staging"), place_with("", url=url), FakeLedger())

    return make


def told(outcome):
    detail = f"\n{outcome.detail}" if outcome.detail else ""
    return f"{outcome.state}, exit {outcome.exit_code}\n{outcome.headline}{detail}\n\n"


def heard(attempt, town):
    """What is said by an attempt, whichever way it ends."""
    try:
        return told(attempt()).replace(town.place.url, "http://127.0.0.1:8432")
    except TwinrailError as error:
        return said(error, town.work.project.root)


EXPERIMENT = {"way": "ab by cookie", "gates": lambda passage: (_gate(),) if passage.stage == "end" else ()}


def _gate():
    return ExperimentGate(environment="staging", until="", ended=False, clock=FakeClock())


def unfinished(town):
    town.deploy("1.0")
    town.fails(5, Killed())
    town.deploy("2.0")


def on_its_way_back(town):
    town.deploy("1.0")
    town.place.faults = (Fault(at=len(town.place.asked) + 4), Fault(at=len(town.place.asked) + 6))
    town.deploy("2.0")


def going_back(town):
    town.deploy("1.0", "2.0")
    town.fails(3, Killed())
    town.back("1.0")


def going_back_and_forth(town):
    town.deploy("1.0", "2.0")
    town.place.faults = (Fault(at=len(town.place.asked) + 3), Fault(at=len(town.place.asked) + 4))
    town.back("1.0")


def contracted(town):
    town.deploy("1.0")
    town.deploy("2.0", contract=True)


def contracting(town):
    town.deploy("1.0")
    town.fails(6, OSError(5, "Input/output error", "shop.db"))
    town.deploy("2.0", contract=True)


def waits(town):
    town.deploy("1.0")
    town.deploy("2.0", **EXPERIMENT)


def rolled_back(town):
    town.deploy("1.0", "2.0")
    town.back("1.0")


def gone(town):
    town.deploy("1.0", "2.0")
    town.place.ready.discard(release("1.0").name)


def stopped(town):
    town.deploy("1.0", "2.0")
    town.ledger.append("down", {}, fence=0)


def three(town):
    town.deploy("1.0", "2.0", "3.0")


def dead_first(town):
    town.fails(4, Killed())
    town.deploy("1.0")


def first(town):
    town.deploy("1.0")


RESUMED = {
    "nothing is unfinished": (first, "1.0"),
    "its deployer died": (unfinished, "2.0"),
    "it was on its way back": (on_its_way_back, "1.0"),
    "it was a way back itself": (going_back, "1.0"),
    "the contraction had failed": (contracting, "2.0"),
}
BACK = {
    "to the one before": (three, "", "2.0"),
    "to one by its version": (three, "1.0", "1.0"),
    "to one by its name": (three, release("1.0").name, "1.0"),
    "to the one that is live": (three, "3.0", "3.0"),
    "to one that never was": (three, "2.1", "3.0"),
    "to one that is gone from the place": (gone, "", "2.0"),
    "a second time": (rolled_back, "", "1.0"),
    "forth again, by name": (rolled_back, "2.0", "2.0"),
    "from the first release": (first, "", "1.0"),
    "from one that is unfinished": (unfinished, "", "1.0"),
    "from one that is unfinished, by version": (unfinished, "1.0", "1.0"),
    "from one that waits": (waits, "", "1.0"),
    "from one whose way back failed": (on_its_way_back, "", "1.0"),
    "to one to which a way back leads already": (going_back, "", "1.0"),
    "to one to which a way back leads already, by version": (going_back, "1.0", "1.0"),
    "from a way back that failed": (going_back_and_forth, "", "2.0"),
    "across a contraction": (contracted, "", "2.0"),
    "across one that has failed": (contracting, "", "2.0"),
}


def test_resume(town):
    """What is unfinished is brought to its end, forth or back, and what that was is said."""
    texts = []
    for title, (before, ends) in RESUMED.items():
        there = town()
        before(there)
        texts.append(f"{title}\n{heard(there.resume, there)}")
        assert ends == there.live, title
        entries, asked = there.ledger.read(), len(there.place.asked)
        assert "nothing is unfinished in staging" == there.resume().headline
        assert (entries, asked) == (there.ledger.read(), len(there.place.asked))
    check("deploy/recovery/resume.txt", "".join(texts))


def test_rollback(town):
    """A way back leads to the last other release that was healthy, or to the one that is named, and says so."""
    texts = []
    for title, (before, to, ends) in BACK.items():
        there = town()
        before(there)
        texts.append(f"{title}\n{heard(lambda there=there, to=to: there.rollback(to), there)}")
        assert ends == there.live, title
    check("deploy/recovery/rollback.txt", "".join(texts))


def test_nothing_to_go_back_to(town):
    """Where nothing is live, or all was stopped, there is nothing to go back from; a place must be known."""
    texts = [f"nothing was ever deployed\n{heard(town().rollback, town())}"]
    there = town()
    stopped(there)
    texts.append(f"all was stopped\n{heard(there.rollback, there)}")
    lost = replace(there.work, environment="stagin")
    doors = {"a place that is not there": lost, "a place of which nothing is known": there.work}
    texts += [
        f"{title}\n{heard(lambda session=session, work=work: session(work), there)}"
        for title, work in doors.items()
        for session in (resume, rollback)
    ]
    check("deploy/recovery/nothing.txt", "".join(texts))


def test_unfinished_first_release(town):
    """A first release that is unfinished is taken back to nothing."""
    there = town()
    dead_first(there)
    assert "1.0 was on its way and was taken back: nothing is live" == there.rollback().headline
    assert ({}, {}) == (there.place.instances, there.place.shares)


def test_experiment(town):
    """An experiment waits with exit code 75 until somebody ends it, and leaves its receipt then."""
    there = town(name="ab")
    waits(there)
    outcome = there.resume()
    assert ("waiting", 75) == (outcome.state, outcome.exit_code)
    assert outcome.headline == (
        "2.0 waits: experiment: the experiment with 2.0 runs until somebody ends it; go on with:  "
        "nox -s resume -- staging --end"
    )
    assert read(there.work.project.state, "staging") is None
    assert "passed" == there.resume(end=True).state
    assert ("2.0", "2.0-20000000") == (there.live, read(there.work.project.state, "staging").release)


def test_settings_that_changed_meanwhile(town):
    """An experiment that was left waits for the date that it set out with, and counts the instances of its plan."""
    there = town(name="ab", until="2126-06-01")
    there.deploy("1.0")
    first = rollout_of(there.work, there.opened, release("2.0"))
    with pytest.raises(RolloutPaused, match="until 2126-06-01"):
        first.run(release("2.0"))
    environment = Environment(replicas=5, strategy=Strategy(name="rolling"))
    settings = changed(there.work.settings, environments={"staging": environment})
    there.work = replace(there.work, settings=settings)
    assert "until 2126-06-01" in there.resume().headline
    with pytest.raises(RolloutPaused, match="until 2126-06-01"):
        rollout_of(there.work, there.opened, release("2.0")).run(release("2.0"))
    assert there.resume(end=True).headline.startswith("ab 2 of 2 · ")
    assert "2.0" == there.live


def test_what_was_left_gets_no_further(town):
    """A release from which a way back leads loses its receipt: it does not set out for the next environment."""
    there = town()
    three(there)
    state, made = there.work.project.state, release("3.0")
    write(
        state,
        Receipt(
            environment="staging",
            release=made.name,
            identity=made.identity,
            commit="c0ffee",
            head="0" * 64,
            run="7",
            rehearsal=False,
            readings=(),
        ),
    )
    there.rollback()
    assert read(state, "staging") is None


def test_way_back_that_falls_ill(town):
    """A release that does not do well on the way back gives way to the one that was live, with exit code 20."""
    there, back = town(bake="1s"), release("2.0").name
    three(there)
    there.place.after_each = lambda _: ILL.extend(["KeyError"] * (back in there.place.shares))
    outcome = there.rollback()
    assert ("failed", 20, "3.0") == (outcome.state, outcome.exit_code, there.live)
    assert "2.0 was turned back: 2.0 answered /readyz with 500, not 200" == outcome.headline


def test_two_of_one_version(town):
    """Of two releases of one version the one that was live last is meant, unless it is named in full."""
    there = town()
    one, other = release("1.0", digest="aa"), release("1.0", digest="bb")
    there.deploy(one, other, one, "2.0")
    there.rollback("1.0")
    assert {one.name: 100.0} == there.place.shares
    there.rollback(other.name)
    assert {other.name: 100.0} == there.place.shares
    assert there.rollback("1.0").headline.endswith(f"({one.name}, was {other.name})")
    assert {one.name: 100.0} == there.place.shares
    assert "1.0 is live in staging already; nothing was changed" == there.rollback(one.name).headline
    with pytest.raises(UsageError, match=rf"Known: {one.name}, {other.name}, 2\.0\."):
        there.rollback("0.9")
    there.place.ready = {one.name, other.name}
    with pytest.raises(PlanRefused) as refused:
        there.rollback("2.0")
    assert f"The last 3 releases are kept; there: {', '.join(sorted((one.name, other.name)))}." == refused.value.why


def test_journal_that_says_less(town):
    """A release that another version of us wrote down stands there by its name alone: no way leads back to it."""
    there = town()
    there.deploy("1.0")
    there.ledger.append("live", {"release": "0.9-x"}, fence=0)
    there.deploy("2.0")
    with pytest.raises(TwinrailError, match=r"0\.9 does not stand ready in staging any more"):
        there.rollback()


def test_another_went_live_meanwhile(town):
    """A way back that was decided on before somebody deployed does not set out."""
    there = town()
    three(there)
    gate = StillLive(live_now(there.ledger.read()).name, there.ledger)
    there.deploy("4.0")
    with pytest.raises(TurnedBack, match=r"2\.0 does not set out for staging: 4\.0 is live there by now"):
        rollout(there.place, ledger=there.ledger, rollback=True, before=(gate,)).run(release("2.0"))
    assert "4.0" == there.live


@pytest.mark.parametrize("go", [resume, rollback])
def test_without_its_secrets(work, go, monkeypatch):
    """Who goes on or back without what the service is to be given is told so before anything is touched."""
    monkeypatch.delenv("DATABASE_PASSWORD", raising=False)
    there = work(service=Service(command=("serve",)), staging=Environment(secrets=("DATABASE_PASSWORD",), replicas=2))
    with pytest.raises(ProjectError, match="staging needs DATABASE_PASSWORD, which is not in the environment"):
        go(replace(there, environment="staging"))
    assert not (there.project.state / "environments").exists()
