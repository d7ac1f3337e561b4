"""The freshness gate: nothing older than what is live sets out, and whatever it cannot tell it says."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeLedger, Fault, Killed, ScriptedGate, place_with, release, rollout
from gates import ASIDE, NEWER, OLDER, FakeCommits, built, in_words, went_live

from golden_files import check
from twinrail.deploy.endings import RolloutPaused
from twinrail.deploy.gates.freshness import FreshnessGate, Stale
from twinrail.deploy.gates.refusal import refusal
from twinrail.deploy.interface import Open, Shut, Wait
from twinrail.deploy.ledger import FileLedger
from twinrail.project.commits import Commits
from twinrail.system.errors import Superseded, TurnedBack

DAY = 86_400
NOON = 1_790_000_000


def gate(*live, commits=None, **more) -> FreshnessGate:
    """A gate of an environment where those releases were live, one after the other."""
    ledger = FakeLedger()
    for each in live:
        went_live(ledger, each)
    return FreshnessGate(environment="production", ledger=ledger, commits=commits or FakeCommits(**more))


OLD = built("1.3.0", OLDER, NOON)
NEW = built("1.4.0", NEWER, NOON + 2 * DAY + 5)
LINE = {"after": {NEWER: [OLDER], OLDER: []}}
OTHER = built("1.3.5", ASIDE, NOON + DAY)


TIMES = {each.commit: each.when for each in (OLD, NEW, OTHER)}


def stopped() -> FreshnessGate:
    asked = gate(NEW)
    asked.ledger.append("down", {}, fence=0)
    return asked


def as_it_was_written_before(commit: str = NEWER, **more) -> FreshnessGate:
    """A gate whose ledger says of what is live no more than it once did."""
    asked = gate(**more)
    facts = {"release": NEW.name, "digest": NEW.digest}
    asked.ledger.append("begin", {**facts, "commit": commit, "old": ""}, fence=0)
    asked.ledger.append("live", {**facts, "old": ""}, fence=0)
    turned_back = {"release": OTHER.name, "digest": OTHER.digest, "commit": ASIDE, "old": NEW.name}
    asked.ledger.append("begin", turned_back, fence=0)
    return asked


def as_another_version_wrote_it() -> FreshnessGate:
    """A gate whose ledger describes what is live in another way, and says its commit and its time."""
    asked = gate()
    facts = {"release": NEW.name, "commit": NEW.commit, "when": NEW.when, "what": {"wheels": []}}
    asked.ledger.append("live", facts, fence=0)
    asked.ledger.append("asked", {"release": NEW.name, "gate": "smoke"}, fence=0)
    return asked


CASES = [
    ("nothing was ever live", gate(), NEW),
    ("all was stopped since", stopped(), OLD),
    ("it is live already", gate(NEW), NEW),
    ("built anew of the same commit", gate(NEW), replace(NEW, digest="f" * 64)),
    ("built anew of the same commit, as git knows", gate(NEW, **LINE), replace(NEW, digest="f" * 64)),
    ("newer, as git knows", gate(OLD, **LINE), NEW),
    ("newer, as git knows, whatever the clocks say", gate(replace(OLD, when=NOON + 9 * DAY), **LINE), NEW),
    ("newer, by the commits' times: git does not know both", gate(OLD), NEW),
    ("of another branch, and newer", gate(OLD), OTHER),
    ("of the same second, and git knows no order", gate(replace(OTHER, when=NEW.when)), NEW),
    ("its commit has no time", gate(NEW), replace(OTHER, when=0)),
    ("what is live has no time", gate(replace(OTHER, when=0)), NEW),
    ("outside a repository", gate(built("1.4.0")), built("1.3.0")),
    (
        "older, as git knows of a commit that an earlier ledger names",
        as_it_was_written_before(after={NEWER: [OLDER]}),
        OLD,
    ),
    (
        "older, by the time that git knows of a commit that an earlier ledger names",
        as_it_was_written_before(times={NEWER: NEW.when}),
        OTHER,
    ),
    ("an earlier ledger, and git knows nothing of the commit that it names", as_it_was_written_before(), OLD),
    ("older, as another version of the pack wrote it down", as_another_version_wrote_it(), OLD),
    ("older, as git knows", gate(OLD, NEW, **LINE), OLD),
    ("older, as git knows, whatever the clocks say", gate(OLD, NEW, **LINE), replace(OLD, when=NOON + 9 * DAY)),
    ("older, by the commits' times", gate(OLD, NEW), OLD),
    ("older, of another branch", gate(NEW), OTHER),
    ("older, by the times that git knows", gate(replace(NEW, when=0), times=TIMES), replace(OTHER, when=0)),
    ("older by seconds", gate(NEW), replace(OTHER, when=NEW.when - 1)),
    ("older, and another one of that version was live", gate(OLD, replace(OLD, digest="e" * 64), NEW), OLD),
    ("older, and another one was live under its version", gate(replace(OLD, digest="e" * 64), NEW), OLD),
    ("git is missing", gate(OLD, broken=True), NEW),
]


def test_what_it_says():
    """Each answer names both releases, by how much the one is newer, and what to do."""
    said = []
    for case, asked, that in CASES:
        answer = asked.ask(that)
        said.append(in_words(case, answer))
        assert isinstance(answer, Stale) == ("superseded" in answer.note) == case.startswith("older")
    check("deploy/gates/freshness.txt", "".join(said))


def test_how_it_is_refused():
    """An older release is superseded, with an exit code of its own; a gate that cannot be asked turns it back."""
    stale = gate(OLD, NEW, **LINE).ask(OLD)
    error = refusal(OLD, "production", stale)
    assert (Superseded, 26) == (type(error), error.exit_code)
    broken = gate(OLD, broken=True).ask(NEW)
    other = refusal(NEW, "production", broken)
    assert (TurnedBack, 20) == (type(other), other.exit_code)
    check("deploy/gates/refusal.txt", f"exit 26\n{error}\n\nexit 20\n{other}\n")


BROKEN_FACTS = [
    {},
    {"release": OLD.name, "commit": OLDER, "when": "yesterday"},
    {"release": OLD.name, "commit": OLDER, "when": [1]},
]


@pytest.mark.parametrize("facts", BROKEN_FACTS, ids=range(len(BROKEN_FACTS)))
def test_a_record_that_is_none_of_ours(facts):
    """Where it cannot be read what is live, nothing sets out."""
    asked = gate()
    asked.ledger.append("live", facts, fence=0)
    answer = asked.ask(NEW)
    assert Shut is type(answer)
    assert answer.note.startswith("freshness cannot be asked: ")


def test_a_ledger_that_cannot_be_read(tmp_path):
    """A ledger that somebody changed, or that is a folder, shuts the gate and says why."""
    ledger = FileLedger(tmp_path / "production")
    asked = FreshnessGate(environment="production", ledger=ledger, commits=FakeCommits())
    went_live(ledger, OLD)
    (file,) = [each for each in ledger.folder.iterdir() if each.suffix == ".jsonl"]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("1.3.0", "1.9.9"), encoding="utf-8")
    assert Shut is type(asked.ask(NEW))
    file.write_text(text, encoding="utf-8")
    assert Open is type(asked.ask(NEW))
    file.unlink()
    file.mkdir()
    answer = asked.ask(NEW)
    assert (Shut, True) == (type(answer), answer.note.startswith("freshness cannot be asked: "))


def test_it_looks_anew():
    """What became live since the last question counts: two that were both newer cannot overtake each other."""
    asked = gate(OLD, **LINE)
    assert isinstance(asked.ask(OTHER), Open)
    went_live(asked.ledger, NEW)
    assert isinstance(asked.ask(OTHER), Stale)


@pytest.mark.parametrize("order", list(itertools.permutations(range(5))), ids=str)
def test_every_order_of_five(order):
    """In whatever order five releases come, the newest ends live, and whatever came after a newer one is superseded."""
    asked = gate()
    arrived = []
    for number in order:
        that = built(f"1.{number}", f"{number}" * 40, NOON + number)
        answer = asked.ask(that)
        assert isinstance(answer, Stale) == any(each > number for each in arrived)
        if isinstance(answer, Open):
            went_live(asked.ledger, that)
            arrived.append(number)
    assert 4 == arrived[-1]


@pytest.fixture
def history(git, write):
    """A repository with two commits on main and one on a branch: their ids by name."""

    def commit(name: str) -> str:
        write("file.txt", name)
        git("add", ".")
        git("commit", "-m", name)
        return git("rev-parse", "HEAD")

    git("init")
    ids = {"first": commit("first"), "second": commit("second")}
    git("switch", "-c", "hotfix", ids["first"])
    ids["aside"] = commit("aside")
    git("switch", "main")
    return ids


def of(commit: str, when: int = 0):
    return built(f"1.{commit[:2]}", commit, when)


def test_by_a_repository(history, shell, tmp_path):
    """A real history decides, for commits of the same second too; two branches are told apart by time."""
    first, second, aside = history["first"], history["second"], history["aside"]
    commits = Commits(tmp_path, shell)
    again = replace(of(first, NOON), digest="f" * 64)
    assert "of the same commit as" in gate(of(first, NOON), commits=commits).ask(again).note
    assert isinstance(gate(of(first, NOON), commits=commits).ask(of(second, NOON)), Open)
    assert isinstance(gate(of(second, NOON), commits=commits).ask(of(first, NOON)), Stale)
    assert isinstance(gate(of(second, NOON), commits=commits).ask(of(aside, NOON - 1)), Stale)
    assert isinstance(gate(of(second, NOON), commits=commits).ask(of(aside, NOON + 1)), Open)


def test_by_a_shallow_clone(history, shell, git, tmp_path):
    """A clone of the newest commit alone does not know what it comes from: then the times tell."""
    git("clone", "--depth", "1", f"file://{tmp_path}", "clone")
    commits = Commits(Path(tmp_path) / "clone", shell)
    assert not commits.leads(history["first"], history["second"])
    assert isinstance(gate(of(history["first"], NOON), commits=commits).ask(of(history["second"], NOON + 1)), Open)
    assert isinstance(gate(of(history["second"], NOON + 1), commits=commits).ask(of(history["first"], NOON)), Stale)


@pytest.mark.parametrize(("state", "words"), [("paused", "which waits here"), ("died", "which is unfinished here")])
def test_newer_one_on_its_way(state, words):
    """What is older than a release that waits, or that its deployer left, does not take it back."""
    place, ledger = place_with(), FakeLedger()
    newer, older = replace(release("3.0"), commit="c3", when=300), replace(release("2.5"), commit="c2", when=200)
    if state == "paused":
        gates = (ScriptedGate("experiment", [Wait(note="until Monday", todo="resume")]),)
        with pytest.raises(RolloutPaused):
            rollout(place, ledger=ledger, gates=gates).run(newer)
    else:
        place.faults = (Fault(at=4, error=lambda _: Killed()),)
        with pytest.raises(Killed):
            rollout(place, ledger=ledger).run(newer)
    asked = FreshnessGate(environment="production", ledger=ledger, commits=FakeCommits())
    answer = asked.ask(older)
    assert isinstance(answer, Stale)
    assert f"2.5 (c2) is superseded: 3.0 (c3), {words}, is newer by 1 minute" in answer.note
    assert "nox -s resume -- production" in answer.todo
    assert isinstance(asked.ask(replace(release("4.0"), commit="c4", when=400)), Open)
    assert isinstance(asked.ask(newer), Open)
