"""What became of each rollout, and what an environment shows, read off a journal."""

from dataclasses import dataclass, field

import pytest

from twinrail.deploy.environments import Place
from twinrail.deploy.history import history
from twinrail.deploy.interface import Address, Entry, State
from twinrail.deploy.ledger import FileLedger
from twinrail.deploy.status import look
from twinrail.project.environments import Environment


@dataclass
class Book:
    """Writes entries as a rollout does, a second apart."""

    entries: list[Entry] = field(default_factory=list)
    now: float = 1_700_000_000.0

    def write(self, kind: str, **facts) -> None:
        self.now += 1
        number = len(self.entries) + 1
        self.entries.append(Entry(number=number, time=self.now, kind=kind, facts=facts, fence=1, hash=""))

    def begin(self, version: str, **facts) -> "Book":
        usual = {"release": f"{version}-8c1f09ab", "version": version, "commit": "3f2a9c1", "by": "ada, run 7"}
        self.write("begin", **usual, **{"strategy": "rolling", "old": "", **facts})
        self.write("move", number=1, move="bring", back=False)
        self.write("made", number=1, move="bring", back=False)
        return self

    def live(self, version: str, **facts) -> "Book":
        self.write("live", release=f"{version}-8c1f09ab", version=version, by="ada, run 7", **facts)
        return self

    @property
    def fates(self) -> list[tuple[str, str, str]]:
        return [(each.version, each.became, each.why) for each in history(self.entries)]


@pytest.fixture
def book():
    return Book()


def test_nothing_was_deployed(book):
    """Without entries there is no rollout, nor where somebody agreed, unlocked or stopped alone."""
    assert () == history([])
    for kind in ("approved", "unlocked", "down", "turned back", "paused", "back", "asked"):
        book.write(kind)
    assert [] == book.fates


def test_a_release_that_is_live(book):
    """One that arrived is live, with all that its first entry tells, and how long it took."""
    (told,) = history(book.begin("1.0", old="0.9-00000000").live("1.0").entries)
    assert ("1.0-8c1f09ab", "1.0", "3f2a9c1", "0.9-00000000") == (told.release, told.version, told.commit, told.old)
    assert ("rolling", False, "ada, run 7", "live") == (told.strategy, told.rollback, told.by, told.became)
    assert (1_700_000_001.0, 3.0, None, False) == (told.began, told.seconds, told.ended, told.open)


def test_a_release_that_another_replaced(book):
    """One that was live until another came says until when."""
    book.begin("1.0").live("1.0").begin("2.0").live("2.0")
    assert [("1.0", "replaced", ""), ("2.0", "live", "")] == book.fates
    assert book.now == history(book.entries)[0].ended


def test_a_release_that_was_rolled_back(book):
    """One from which somebody went back was rolled back; the one before is live again, by a rollout of its own."""
    book.begin("1.0").live("1.0").begin("2.0").live("2.0").begin("1.0", rollback=True).live("1.0", rollback=True)
    assert [("1.0", "replaced", ""), ("2.0", "rolled back", ""), ("1.0", "live", "")] == book.fates
    assert [False, False, True] == [each.rollback for each in history(book.entries)]


def test_a_release_that_was_turned_back(book):
    """One that was turned back says why, and what was live stays so."""
    book.begin("1.0").live("1.0").begin("2.0")
    book.write("back", why="2.0 answered 500", plan=[])
    book.write("move", number=1, move="shift", back=True)
    assert ("2.0", "unfinished", "2.0 answered 500") == book.fates[-1]
    book.write("turned back", release="2.0-8c1f09ab", why="2.0 answered 500", old="1.0-8c1f09ab")
    assert [("1.0", "live", ""), ("2.0", "turned back", "2.0 answered 500")] == book.fates


def test_a_rollout_that_waits(book):
    """One that waits says for what and how to go on; once it goes on it is unfinished, then live."""
    book.begin("1.0")
    book.write("paused", why="experiment: until somebody ends it", todo="twinrail resume production --end")
    (told,) = history(book.entries)
    assert ("paused", "experiment: until somebody ends it", "twinrail resume production --end", True) == (
        told.became, told.why, told.todo, told.open,
    )  # fmt: skip
    book.write("move", number=2, move="shift", back=False)
    assert [("1.0", "unfinished", "")] == book.fates
    assert "" == history(book.entries)[0].todo
    assert [("1.0", "live", "")] == book.live("1.0").fates


def test_a_rollout_without_an_end(book):
    """One whose deployer died is unfinished, and stays so when another begins."""
    assert [("1.0", "unfinished", "")] == book.begin("1.0").fates
    assert history(book.entries)[0].open
    book.begin("2.0").live("2.0")
    assert [("1.0", "unfinished", ""), ("2.0", "live", "")] == book.fates


def test_an_environment_that_was_stopped(book):
    """Its end ends what was live, and what was on its way."""
    book.begin("1.0").live("1.0").begin("2.0")
    book.write("down", by="ada")
    assert [("1.0", "down", ""), ("2.0", "down", "")] == book.fates
    book.begin("3.0").live("3.0")
    assert ("1.0", "down", "") == book.fates[0]


def test_entries_from_before_more_was_written_down(book):
    """What older entries do not tell is empty; the version stands in the release's name."""
    book.write("begin", release="1.0-8c1f09ab", digest="8c", commit="3f2a9c1", old="")
    book.write("turned back", release="1.0-8c1f09ab")
    book.write("live", release="1.1-8c1f09ab", digest="8c", old="")
    book.write("begin")
    told = history(book.entries)
    assert [("1.0", "turned back"), ("1.1", "live"), ("", "unfinished")] == [
        (each.version, each.became) for each in told
    ]
    assert {("", "")} == {(each.strategy, each.by) for each in told}


@dataclass
class Shown:
    """A target that shows what it is told to."""

    live: str
    silent: bool = False

    def state(self) -> State:
        return State(
            releases=(self.live,),
            instances={self.live: 2} if self.live else {},
            shares={self.live: 100.0} if self.live else {},
        )

    def address(self, release: str) -> Address:
        return Address(url=f"http://127.0.0.1:8433/{release}")

    @property
    def store(self) -> "Shown":
        return self

    def commit(self, _: str) -> str:
        return "3f2a9c1"

    @property
    def proxy(self) -> "Shown":
        return self

    @property
    def url(self) -> str:
        return self.address("").url

    def answers(self) -> bool:
        return not self.silent


@dataclass
class Standing:
    """An environment of whose journal and place a test says what they show."""

    ledger: FileLedger
    now: list[float]

    def write(self, *steps: str) -> "Standing":
        for step in steps:
            kind, _, version = step.rpartition(" ")
            self.now[0] += 10
            facts = {"release": f"{version}-8c1f09ab", "version": version, "old": "", "rollback": kind == "again"}
            self.ledger.append({"": "down", "again": "live"}.get(kind, kind), facts if kind else {}, fence=0)
        return self

    def look(self, live: str = "1.0"):
        shown = Shown(f"{live}-8c1f09ab" if live else "")
        return look(Place(name="staging", environment=Environment(replicas=3), target=shown, ledger=self.ledger))


@pytest.fixture
def standing(tmp_path):
    now = [1_700_000_000.0]
    ledger = FileLedger(tmp_path / "staging", clock=lambda: now[0], ticks=lambda: now[0] - 1_600_000_000)
    return Standing(ledger, now)


@pytest.mark.parametrize("silent", [False, True])
def test_a_proxy_that_does_not_answer(standing, silent):
    """The status says that nobody is served where something is live and the proxy does not answer."""
    target = Shown("1.0-8c1f09ab", silent=silent)
    seen = look(Place(name="staging", environment=Environment(), target=target, ledger=standing.ledger))
    assert (not silent, silent) == (seen.answers, "does not answer: nobody is served" in seen.trouble)


def test_an_environment_where_nothing_is_live(standing):
    """Without a journal nothing more is told than what the place shows."""
    seen = standing.look("")
    assert ("staging", "", "", 3, "") == (seen.environment, seen.release, seen.version, seen.wanted, seen.commit)
    assert (None, "", None, None, "") == (seen.since, seen.previous, seen.under_way, seen.lease, seen.trouble)


def test_what_is_live_and_what_was_before(standing):
    """What is live says since when, and where a rollback leads."""
    seen = standing.write("begin 1.0", "live 1.0", "begin 2.0", "live 2.0").look("2.0")
    assert ("2.0", 2, "3f2a9c1", "http://127.0.0.1:8433/2.0-8c1f09ab") == (
        seen.version, seen.instances, seen.commit, seen.address,
    )  # fmt: skip
    assert (1_700_000_040.0, "1.0-8c1f09ab", None) == (seen.since, seen.previous, seen.under_way)


@pytest.mark.parametrize(
    ("steps", "since"),
    [
        (("begin 1.0", "live 1.0", "begin 1.0", "live 1.0"), 20),
        (("begin 1.0", "live 1.0", "begin 1.0", "turned back 1.0"), 20),
        (("begin 1.0", "live 1.0", "begin 2.0", "live 2.0", "begin 1.0", "again 1.0"), 60),
        (("begin 1.0", "live 1.0", "down", "begin 1.0", "live 1.0"), 50),
        (("begin 1.0", "live 1.0", "begin 2.0"), 20),
        (("begin 1.0", "live 1.0", "begin 2.0", "live 2.0"), None),
        (("begin 1.0", "live 1.0", "down"), None),
    ],
)
def test_since_when(standing, steps, since):
    """The same release again does not begin anew; what the journal does not know as live has no beginning."""
    assert (1_700_000_000 + since if since else None) == standing.write(*steps).look("1.0").since


def test_a_rollout_on_its_way(standing):
    """What has not come to an end is told, and who holds the lease, until when, and whether that is over."""
    standing.write("begin 1.0", "live 1.0", "begin 2.0")
    standing.ledger.lease("grace, run 8", 60.0)
    seen = standing.look()
    assert ("2.0", "unfinished") == (seen.under_way.version, seen.under_way.became)
    assert ("grace, run 8", 1_700_000_030.0, 1_700_000_090.0, "") == (
        seen.lease.owner, seen.lease.since, seen.lease.until, seen.lease.over,
    )  # fmt: skip
    standing.now[0] += 60
    assert "it ran out" == standing.look().lease.over


def test_what_cannot_be_read_hides_nothing_of_what_runs(standing):
    """A broken journal and a broken lease are told; what the place shows stands there all the same."""
    standing.write("begin 1.0", "live 1.0", "begin 2.0")
    path = standing.ledger.folder / "journal.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]), encoding="utf-8")
    (standing.ledger.folder / "lease.json").write_text("?", encoding="utf-8")
    seen = standing.look()
    assert ("1.0", 2, None, None) == (seen.version, seen.instances, seen.since, seen.lease)
    assert "The journal of staging is broken: line 3 is missing" in seen.trouble
    assert "lease.json does not read as it was written." in seen.trouble
