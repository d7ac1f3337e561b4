"""The ledger as files: what it keeps, what a writer leaves who dies, and what it refuses."""

import json
import multiprocessing
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from messages import said

from golden_files import check
from twinrail.deploy.journal_file import JournalFile
from twinrail.deploy.ledger import FileLedger
from twinrail.system.errors import LedgerError, PlaceTaken


@pytest.fixture
def ledger(tmp_path):
    """A ledger of five entries."""
    made = FileLedger(tmp_path / "staging", clock=lambda: 1_700_000_000)
    for number in range(5):
        made.append("move", {"move": f"shift {number} %"}, fence=0)
    return made


def lines(ledger: FileLedger) -> list[str]:
    return (ledger.folder / "journal.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)


def rewrite(ledger: FileLedger, *kept: str) -> None:
    (ledger.folder / "journal.jsonl").write_text("".join(kept), encoding="utf-8")


def head(ledger: FileLedger) -> int:
    return json.loads((ledger.folder / "head.json").read_text(encoding="utf-8"))["number"]


def test_empty(tmp_path):
    """A ledger that was never written to has no entries, and reading it makes no folder."""
    assert () == FileLedger(tmp_path / "staging").read()
    assert [] == list(tmp_path.iterdir())


def test_entries_are_numbered_and_timed(ledger):
    """Entries are numbered from 1, in the order in which they were written; the head names the last."""
    entries = ledger.read()
    assert [1, 2, 3, 4, 5] == [entry.number for entry in entries]
    assert [f"shift {number} %" for number in range(5)] == [entry.facts["move"] for entry in entries]
    assert {1_700_000_000} == {entry.time for entry in entries}
    assert 5 == head(ledger)


def test_appending_gives_back_what_is_read(ledger):
    """The entry that is given back is the one that is read later, tuples as the lists that they become."""
    entry = ledger.append("live", {"release": "2.0-8c1f09ab", "plan": ({"kind": "start"},)}, fence=0)
    assert entry == ledger.read()[-1]


def test_a_line_that_was_cut_short_is_no_entry(ledger):
    """A last line without its end is not read, wherever it was cut; the next writer cuts it off."""
    *before, last = lines(ledger)
    whole = (ledger.folder / "head.json").read_text(encoding="utf-8")
    rewrite(ledger, *before)
    ledger.folder.joinpath("head.json").write_text(json.dumps({"number": 4, "hash": json.loads(before[-1])["hash"]}))
    behind = (ledger.folder / "head.json").read_text(encoding="utf-8")
    for cut in range(1, len(last)):
        rewrite(ledger, *before, last[:cut])
        assert 4 == len(ledger.read())
    ledger.append("move", {"move": "shift 4 %"}, fence=0)
    assert (before, 5, 5) == (lines(ledger)[:4], len(ledger.read()), head(ledger))
    assert behind != whole


def test_a_line_longer_than_any_block(ledger):
    """Entries of any length find their predecessor, and one of them that was cut short is cut off."""
    for size in (100, 70_000, 200_000, 10):
        ledger.append("begin", {"plan": "x" * size}, fence=0)
        with (ledger.folder / "journal.jsonl").open("a", encoding="utf-8") as file:
            file.write("y" * size)
    assert [100, 70_000, 200_000, 10] == [len(entry.facts["plan"]) for entry in ledger.read()[5:]]


def test_a_writer_that_died_before_it_wrote_the_head(ledger):
    """A head that is one behind is right, and the next writer puts it in order; so is none behind the first entry."""
    for number in (1, 2, 3):
        before = (ledger.folder / "head.json").read_text(encoding="utf-8")
        ledger.append("move", {}, fence=0)
        (ledger.folder / "head.json").write_text(before, encoding="utf-8")
        assert 5 + 2 * number - 1 == len(ledger.read())
        ledger.append("move", {}, fence=0)
        assert 5 + 2 * number == len(ledger.read()) == head(ledger)


def test_a_first_writer_that_died_before_it_wrote_the_head(tmp_path):
    """The second one writes it."""
    ledger = FileLedger(tmp_path / "staging")
    ledger.append("begin", {}, fence=0)
    (ledger.folder / "head.json").unlink()
    assert 1 == len(ledger.read())
    ledger.append("move", {}, fence=0)
    assert 2 == len(ledger.read()) == head(ledger)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda there: there[:-1],
        lambda _: [],
        lambda there: [*there[:-1], there[-1].replace("shift", "start")],
        lambda there: [*there[:-1], there[-1].replace('"fence": 0', '"fence":0')],
        lambda there: [*there[:-2], there[-1]],
        lambda there: [*there, there[-1]],
        lambda there: [*there, "remember the milk\n"],
    ],
)
def test_nothing_is_added_behind_a_broken_end(ledger, spoil):
    """Where the last line is not the one that the head names nothing is written, so that nothing is lost among it."""
    spoiled = spoil(lines(ledger))
    rewrite(ledger, *spoiled)
    for what in (ledger.read, lambda: ledger.append("live", {}, fence=0)):
        with pytest.raises(LedgerError, match="The journal of staging is broken: line"):
            what()
    assert spoiled == lines(ledger)


@pytest.mark.parametrize(
    "text", [None, "", "{}", "[]", "null!", '{"number": "x", "hash": ""}', '{"number": 5, "hash": ""}']
)
def test_a_head_that_is_gone_or_broken(ledger, text):
    """Without a head that names its last entry the journal is not added to: nobody knows what is missing."""
    path = ledger.folder / "head.json"
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    for what in (ledger.read, lambda: ledger.append("live", {}, fence=0)):
        with pytest.raises(LedgerError, match="The journal of staging is broken"):
            what()


def test_adding_reads_no_more_than_the_end(ledger):
    """What is wrong far from the end does not hinder who writes; whoever reads all of it is told."""
    for _ in range(6):
        ledger.append("move", {"move": "x" * 40_000}, fence=0)
    there = lines(ledger)
    rewrite(ledger, there[0].replace("shift", "start"), *there[1:])
    assert 12 == ledger.append("move", {}, fence=0).number
    with pytest.raises(LedgerError, match="line 1 was edited"):
        ledger.read()


class Full(JournalFile):
    """A journal whose head finds no room on the disk."""

    def _write_head(self, _):
        raise OSError(28, "No space left on device", "head.json")


def test_an_entry_without_room_for_its_head_is_taken_back(ledger):
    """Who is told that an entry could not be written does not find it there later."""
    before = lines(ledger)
    with pytest.raises(OSError, match="No space left"):
        Full(ledger.folder).add("live", {}, time=0, fence=0)
    assert (before, 5) == (lines(ledger), len(ledger.read()))


def test_a_reader_beside_a_writer_finds_no_fault(ledger):
    """Whatever a reader sees while another writes, it is told no fault that is none."""
    writer = threading.Thread(target=lambda: [ledger.append("move", {"n": n}, fence=0) for n in range(100)])
    writer.start()
    read = []
    while writer.is_alive():
        read.append(len(ledger.read()))
    writer.join()
    assert (105, sorted(read)) == (len(ledger.read()), read)


def test_whoever_may_not_write_reads_all_the_same(ledger):
    """A journal that is broken is told as such to those too who could not lock it."""
    there = lines(ledger)
    rewrite(ledger, *there[:3])
    (ledger.folder / ".ledger.lock").unlink(missing_ok=True)

    class Forbidden(FileLedger):
        def _alone(self):
            raise PermissionError(13, "Permission denied")

    with pytest.raises(LedgerError, match="line 4 is missing"):
        Forbidden(ledger.folder).read()


def test_a_ledger_that_is_locked_for_long(ledger):
    """Who cannot write because another process is at it waits no longer than is good, and learns who may know more."""
    ledger.lease("ada, run 7", 60.0)
    busy = FileLedger(ledger.folder, within=0.0)
    with FileLock(ledger.folder / ".ledger.lock"), pytest.raises(PlaceTaken) as taken:
        _elsewhere(lambda: busy.append("live", {}, fence=0))
    check("deploy/journal/locked.txt", said(taken.value, ledger.folder))


def test_a_ledger_that_is_locked_by_nobody_who_is_known(ledger):
    """Nor where nobody holds the lease, or it cannot be read."""
    busy = FileLedger(ledger.folder, within=0.0)
    for text in ('{"number": 3}', "?"):
        (ledger.folder / "lease.json").write_text(text, encoding="utf-8")
        with FileLock(ledger.folder / ".ledger.lock"), pytest.raises(PlaceTaken, match="has been locked"):
            _elsewhere(lambda: busy.append("live", {}, fence=0))


def test_what_is_said_of_a_broken_journal(ledger):
    """The first fault, how many more there are, where it stands, and what to do."""
    there = lines(ledger)
    rewrite(ledger, there[0], there[1].replace("shift", "start"), there[3], there[2], there[4])
    with pytest.raises(LedgerError) as broken:
        ledger.read()
    rewrite(ledger, *there[:4])
    with pytest.raises(LedgerError) as shorter:
        ledger.append("live", {}, fence=0)
    check("deploy/journal/broken.txt", said(broken.value, ledger.folder) + said(shorter.value, ledger.folder))


def _elsewhere(what) -> None:
    """Does it in another thread: a lock is not in the way of its own."""
    raised = []

    def attempt() -> None:
        try:
            what()
        except PlaceTaken as error:
            raised.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def _write_many(folder: Path, who: str, count: int) -> None:
    for number in range(count):
        FileLedger(folder).append("move", {"who": who, "number": number}, fence=0)


def test_two_processes_at_once_lose_nothing(tmp_path):
    """What two processes write at the same time is all there, each one's in its order."""
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_write_many, args=(tmp_path, who, 25)) for who in ("ada", "grace")]
    for process in both:
        process.start()
    for process in both:
        process.join()
    entries = FileLedger(tmp_path).read()
    assert [0, 0] == [process.exitcode for process in both]
    for who in ("ada", "grace"):
        assert list(range(25)) == [entry.facts["number"] for entry in entries if entry.facts["who"] == who]
