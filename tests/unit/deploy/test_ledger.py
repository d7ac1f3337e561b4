"""The ledger as a file: what it keeps, and what it notices."""

import json
import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinrail.deploy.ledger import FileLedger
from twinrail.system.errors import LedgerError

facts = st.dictionaries(st.text(max_size=6), st.text(max_size=9) | st.integers() | st.lists(st.booleans(), max_size=2))


@pytest.fixture
def ledger(tmp_path):
    """A ledger of five entries."""
    made = FileLedger(tmp_path / "staging", clock=lambda: 1_700_000_000)
    for number in range(5):
        made.append("move", {"move": f"shift {number} %"}, fence=0)
    return made


def lines(ledger: FileLedger) -> list[str]:
    return (ledger.folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)


def rewrite(ledger: FileLedger, *kept: str) -> None:
    (ledger.folder / "ledger.jsonl").write_text("".join(kept), encoding="utf-8")


def test_empty(tmp_path):
    """A ledger that was never written to has no entries, and reading it makes no folder."""
    assert () == FileLedger(tmp_path / "staging").read()
    assert [] == list(tmp_path.iterdir())


def test_entries_are_numbered_and_timed(ledger):
    """Entries are numbered from 1, in the order in which they were written."""
    entries = ledger.read()
    assert [1, 2, 3, 4, 5] == [entry.number for entry in entries]
    assert [f"shift {number} %" for number in range(5)] == [entry.facts["move"] for entry in entries]
    assert {1_700_000_000} == {entry.time for entry in entries}


def test_appending_gives_back_what_is_read(ledger):
    """The entry that is given back is the one that is read later."""
    entry = ledger.append("live", {"release": "2.0-8c1f09ab"}, fence=0)
    assert entry == ledger.read()[-1]


@given(st.lists(st.tuples(st.text(), facts, st.floats(0, 1e12)), max_size=4))
@settings(max_examples=40, deadline=None)
def test_whatever_is_written_reads_again(tmp_path_factory, written):
    """Any text, line breaks of every kind among it, and any time are read as they were written."""
    folder = tmp_path_factory.mktemp("ledger")
    for kind, said, time in written:
        FileLedger(folder, clock=lambda time=time: time).append(kind, said, fence=0)
    assert written == [(entry.kind, entry.facts, entry.time) for entry in FileLedger(folder).read()]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number", 9),
        ("time", 1.0),
        ("kind", "live"),
        ("facts", {"move": "shift 9 %"}),
        ("fence", 3),
        ("hash", "0" * 64),
    ],
)
def test_edit_is_noticed(ledger, key, value):
    """A change of any field of an entry is noticed, and the line is named."""
    there = lines(ledger)
    there[2] = json.dumps({**json.loads(there[2]), key: value}) + "\n"
    rewrite(ledger, *there)
    with pytest.raises(LedgerError, match=r"ledger.jsonl:3 does not follow"):
        ledger.read()


@pytest.mark.parametrize("missing", [0, 1, 3])
def test_deletion_is_noticed(ledger, missing):
    """An entry that is missing is noticed at the one behind it."""
    there = lines(ledger)
    rewrite(ledger, *there[:missing], *there[missing + 1 :])
    with pytest.raises(LedgerError, match=rf"ledger.jsonl:{missing + 1} "):
        ledger.read()


def test_reordering_is_noticed(ledger):
    """Two entries that changed places are noticed, even with their numbers put right."""
    there = [json.loads(line) for line in lines(ledger)]
    there[1], there[2] = there[2] | {"number": 2}, there[1] | {"number": 3}
    rewrite(ledger, *(json.dumps(entry) + "\n" for entry in there))
    with pytest.raises(LedgerError, match=r"ledger.jsonl:2 "):
        ledger.read()


def test_forged_entry_is_noticed(ledger, tmp_path):
    """An entry that is right in itself, and comes from another ledger, is noticed: it does not follow."""
    other = FileLedger(tmp_path / "other", clock=ledger.clock)
    for number in range(5):
        other.append("move", {"move": f"shift {number + 1} %"}, fence=0)
    rewrite(ledger, *lines(ledger)[:2], *lines(other)[2:])
    with pytest.raises(LedgerError, match=r"ledger.jsonl:3 "):
        ledger.read()


def test_every_cut_is_noticed(ledger):
    """A last line that was cut short is noticed, wherever it was cut; a whole one without its end is read."""
    *before, last = lines(ledger)
    for cut in range(1, len(last) - 1):
        rewrite(ledger, *before, last[:cut])
        with pytest.raises(LedgerError, match=r"ledger.jsonl:5 "):
            ledger.read()
    rewrite(ledger, *before, last[:-1])
    assert 5 == len(ledger.read())


@pytest.mark.parametrize("line", ["", "null", "[]", '{"number": 1}', "\x00"])
def test_what_is_no_entry_is_noticed(ledger, line):
    """A line that is no entry at all is noticed like any other."""
    rewrite(ledger, *lines(ledger), f"{line}\n")
    with pytest.raises(LedgerError, match=r"ledger.jsonl:6 "):
        ledger.read()


def test_nothing_is_added_behind_a_broken_line(ledger):
    """Behind a line that does not follow nothing is written, so that nothing is lost among it."""
    *before, last = lines(ledger)
    rewrite(ledger, *before, last[:20])
    with pytest.raises(LedgerError):
        ledger.append("live", {}, fence=0)
    assert [*before, last[:20]] == lines(ledger)


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
