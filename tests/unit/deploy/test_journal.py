"""The journal as lines: what is noticed of what somebody did to them, and where."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golden_files import check
from twinrail.deploy.journal import Head, examine, follow, follows, parse, split, verify, write

facts = st.dictionaries(st.text(max_size=6), st.text(max_size=9) | st.integers() | st.lists(st.booleans(), max_size=2))


def made(count: int, *, of: str = "shift", start: float = 1_700_000_000.0) -> tuple[list[str], Head]:
    """The lines of a whole journal, and its head."""
    head, lines = Head(), []
    for number in range(count):
        entry = follow(head, "move", {"move": f"{of} {number + 1} %"}, time=start + number, fence=7)
        head = Head(entry.number, entry.hash)
        lines.append(write(entry))
    return lines, head


WHOLE, HEAD = made(9)


def told(lines: list[str], head: Head | None = HEAD) -> list[int]:
    """The lines that are wrong."""
    return [fault.line for fault in verify(lines, head)]


def edited(line: str, **fields) -> str:
    return json.dumps({**json.loads(line), **fields})


def head_of(lines: list[str]) -> Head | None:
    last = parse(lines[-1]) if lines else None
    return Head(last.number, last.hash) if last else None


def test_a_whole_journal_has_no_fault():
    """Nothing is wrong with what nobody touched, however long it is, nor with none at all."""
    for count in range(10):
        lines, head = made(count)
        assert ([], count) == (verify(lines, head), len(examine(lines, head)[0]))
    assert [] == verify([], None)


@given(st.lists(st.tuples(st.text(), facts, st.floats(0, 1e12)), max_size=5))
@settings(deadline=None, max_examples=60)
def test_whatever_is_written_reads_again(written):
    """Any text, line breaks of every kind among it, and any time read as they were written, a line each."""
    head, lines = Head(), []
    for kind, said, time in written:
        entry = follow(head, kind, said, time=time, fence=0)
        assert follows(entry, head)
        head = Head(entry.number, entry.hash)
        lines.append(write(entry))
    entries, faults = examine(split("".join(f"{line}\n" for line in lines).encode()), head)
    assert (written, []) == ([(each.kind, each.facts, each.time) for each in entries], faults)


def test_facts_that_are_not_json_are_refused():
    """What could not be read again is not written."""
    with pytest.raises(TypeError):
        follow(Head(), "move", {"release": object()}, time=0, fence=0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number", 2),
        ("number", 6),
        ("number", 40),
        ("number", 10**30),
        ("time", 1.0),
        ("kind", "live"),
        ("facts", {"move": "shift 9 %"}),
        ("facts", {}),
        ("fence", 3),
        ("hash", "0" * 64),
        ("hash", ""),
    ],
)
@pytest.mark.parametrize("line", range(1, 10))
def test_an_edited_field_is_noticed_at_its_line(key, value, line):
    """A change of any field of any entry is noticed there, and nowhere else."""
    lines = list(WHOLE)
    lines[line - 1] = edited(lines[line - 1], **{key: value})
    assert ([] if lines == WHOLE else [line]) == told(lines)


def test_two_edits_far_apart_are_both_noticed():
    """The first fault does not hide the second."""
    lines = list(WHOLE)
    for line in (2, 7):
        lines[line - 1] = edited(lines[line - 1], time=1.0)
    assert [2, 7] == told(lines)


def test_two_neighbours_that_were_edited_are_both_noticed():
    """Nor does it where one stands on the other."""
    lines = list(WHOLE)
    for line in (4, 5):
        lines[line - 1] = edited(lines[line - 1], fence=9)
    assert [4, 5] == told(lines)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("line", range(1, 8))
def test_missing_entries_are_noticed(line, count):
    """Entries that are missing are noticed at the line before which they stood, or behind the last one."""
    lines = WHOLE[: line - 1] + WHOLE[line - 1 + count :]
    assert [line] == told(lines)


def test_removed_last_lines_are_noticed_by_the_head():
    """What is missing at the end is noticed by the head alone, all of it too; without a head nobody could."""
    for left in range(9):
        assert [left + 1] == told(WHOLE[:left])
    assert [0] == told(WHOLE, None)


@pytest.mark.parametrize(("first", "second"), [(1, 2), (4, 5), (8, 9), (2, 6), (1, 9)])
def test_entries_that_changed_places_are_noticed(first, second):
    """Two entries that changed places are both named, be it with their numbers put right."""
    lines = list(WHOLE)
    lines[first - 1], lines[second - 1] = lines[second - 1], lines[first - 1]
    assert {first, second} <= set(told(lines))
    lines[first - 1], lines[second - 1] = (edited(lines[at - 1], number=at) for at in (first, second))
    assert {first, second} <= set(told(lines))


@pytest.mark.parametrize(("of", "at"), [(1, 2), (1, 9), (4, 5), (9, 10)])
def test_a_repeated_entry_is_noticed(of, at):
    """A line that stands there twice is named where it stands the second time, and nothing else is."""
    lines = list(WHOLE)
    lines.insert(at - 1, WHOLE[of - 1])
    assert [at] == told(lines)


@pytest.mark.parametrize(("at", "expected"), [(1, 2), (2, 2), (5, 5), (9, 9)])
def test_an_entry_that_was_put_in_is_noticed(at, expected):
    """An entry of another journal is named where it was put in; of two first ones, the second is."""
    other, _ = made(9, of="stop")
    assert [expected] == told([*WHOLE[: at - 1], other[at - 1], *WHOLE[at - 1 :]])


def test_entries_of_another_journal_do_not_follow():
    """The rest of another journal is noticed where it begins, and by the head."""
    other, _ = made(9, of="stop")
    assert [4] == told(WHOLE[:3] + other[3:])


def test_an_entry_whose_hash_was_made_anew_is_noticed_at_the_next():
    """Who edits an entry and its hash with it is betrayed by the entry behind it; at the end, by the head."""
    for line in range(1, 10):
        before = parse(WHOLE[line - 2]) if line > 1 else None
        forged = follow(Head(before.number, before.hash) if before else Head(), "live", {}, time=1, fence=7)
        expected = line if line == 9 else line + 1
        assert [expected] == told([*WHOLE[: line - 1], write(forged), *WHOLE[line:]])


def test_a_journal_that_was_written_anew_is_noticed_by_the_head():
    """Every hash made anew from an entry on is noticed at the end."""
    other, _ = made(9, start=1_600_000_000)
    assert [9] == told(other)


@pytest.mark.parametrize(
    "line", ["", "null", "[]", '{"number": 1}', "\x00", '"', "[" * 100_000, '{"number": ' + "9" * 5000 + "}"]
)
@pytest.mark.parametrize("at", [1, 5, 10])
def test_what_is_no_entry_is_noticed(line, at):
    """A line that is no entry at all is named like any other, where it was put in or in place of one."""
    assert [at] == told([*WHOLE[: at - 1], line, *WHOLE[at - 1 :]])
    if at < 10:
        assert [at] == told([*WHOLE[: at - 1], line, *WHOLE[at:]])


@pytest.mark.parametrize(("kept", "expected"), [(9, []), (8, []), (7, [9]), (5, [7, 8, 9])])
def test_a_head_that_is_behind(kept, expected):
    """A head that is one behind is that of a writer who died; what stands behind that was added past it."""
    assert expected == told(WHOLE, head_of(WHOLE[:kept]))


def test_a_first_entry_without_head():
    """The first writer may die before it writes the head; the second puts that right."""
    assert ([], [0]) == (told(WHOLE[:1], None), told(WHOLE[:2], None))


@pytest.mark.parametrize("number", [0, -1])
def test_a_head_that_names_nothing(number):
    """A head that cannot be read is told as such."""
    assert [0] == told(WHOLE, Head(number))


def test_a_line_that_was_cut_short_is_none():
    """What has no end was never acknowledged; what has one is a line."""
    whole = "".join(f"{line}\n" for line in WHOLE).encode()
    start = len(whole) - len(WHOLE[-1]) - 1
    for cut in range(start, len(whole)):
        assert WHOLE[:8] == split(whole[:cut])
    assert WHOLE == split(whole)


@given(st.integers(0), st.integers(1, 255))
@settings(deadline=None, max_examples=400)
def test_any_edit_of_a_byte_is_noticed(place, change):
    """Whatever byte of a journal is another one, it is noticed."""
    data = bytearray("".join(f"{line}\n" for line in WHOLE).encode())
    data[place % len(data)] ^= change
    assert verify(split(bytes(data)), HEAD)


@given(st.integers(0), st.binary(min_size=1, max_size=3))
@settings(deadline=None, max_examples=200)
def test_any_bytes_more_are_noticed(place, more):
    """Whatever is put in before the end is noticed; what stands behind it was never acknowledged."""
    data = "".join(f"{line}\n" for line in WHOLE).encode()
    place %= len(data)
    assert verify(split(data[:place] + more + data[place:]), HEAD)
    assert bool(more.count(b"\n")) == bool(verify(split(data + more), HEAD))


@given(st.integers(0), st.integers(1, 400))
@settings(deadline=None, max_examples=200)
def test_any_bytes_less_are_noticed(place, less):
    """Whatever is cut out is noticed."""
    data = "".join(f"{line}\n" for line in WHOLE).encode()
    place %= len(data)
    assert verify(split(data[:place] + data[place + less :]), HEAD)


changes = st.lists(
    st.tuples(st.sampled_from(["delete", "repeat", "swap", "edit", "cut", "foreign"]), st.integers(0), st.integers(0)),
    min_size=1,
    max_size=4,
)


@given(changes)
@settings(deadline=None, max_examples=400)
def test_whatever_is_done_to_the_lines_is_noticed(done):
    """Any deletion, repetition, swap, edit and cut of lines is noticed, several too, unless they undo each other."""
    lines, foreign = list(WHOLE), made(9, of="stop")[0]
    for what, at, to in done:
        if not lines:
            break
        one, other = at % len(lines), to % len(lines)
        match what:
            case "delete":
                del lines[one]
            case "repeat":
                lines.insert(other, lines[one])
            case "swap":
                lines[one], lines[other] = lines[other], lines[one]
            case "edit":
                lines[one] = lines[one].replace("move", "live", 1)
            case "cut":
                lines = lines[:one]
            case "foreign":
                lines[one] = foreign[other % 9]
    faults = verify(lines, HEAD)
    assert bool(faults) == (lines != WHOLE)
    assert all(str(fault) and 0 <= fault.line <= len(lines) + 1 for fault in faults)
    assert sorted(fault.line for fault in faults) == [fault.line for fault in faults]


def test_what_is_wrong_is_said_in_words():
    """Each fault says which line, and what became of it."""
    stop, _ = made(9, of="stop")
    cases = {
        "edited": [*WHOLE[:2], edited(WHOLE[2], time=1.0), *WHOLE[3:]],
        "not as it is written": [*WHOLE[:2], WHOLE[2].replace(": ", ":", 1), *WHOLE[3:]],
        "one missing": WHOLE[:2] + WHOLE[3:],
        "three missing": WHOLE[:2] + WHOLE[5:],
        "missing at the end": WHOLE[:6],
        "repeated": [*WHOLE[:5], WHOLE[2], *WHOLE[5:]],
        "changed places": [*WHOLE[:2], WHOLE[3], WHOLE[2], *WHOLE[4:]],
        "put in": [*WHOLE[:3], stop[3], *WHOLE[3:]],
        "no entry": [*WHOLE[:3], "remember the milk", *WHOLE[3:]],
        "all of it": [*WHOLE[:2], edited(WHOLE[2], fence=0), WHOLE[1], WHOLE[4], stop[5], WHOLE[3], *WHOLE[7:8]],
        "written anew": made(9, start=1)[0],
    }
    said = [f"{name}\n" + "".join(f"  {fault}\n" for fault in verify(lines, HEAD)) for name, lines in cases.items()]
    heads = {"no head": None, "a head that is behind": head_of(WHOLE[:6]), "a head that is broken": Head(-1)}
    said += [f"{name}\n" + "".join(f"  {fault}\n" for fault in verify(WHOLE, head)) for name, head in heads.items()]
    check("deploy/journal/faults.txt", "\n".join(said))


def test_a_long_journal_that_was_shuffled_is_judged_at_once():
    """Every line out of place is a fault each, and does not take for ever."""
    lines, head = made(2_000)
    random.Random(7).shuffle(lines)
    assert 1_900 < len(verify(lines, head))
