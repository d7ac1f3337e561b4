"""What a part makes of what it found: what is at fault, and what was to be said."""

import pytest

from benchmarks.bad import Bad
from benchmarks.crowding import strangers
from benchmarks.kill_points import nobody_killed
from benchmarks.killing import Killed
from benchmarks.turning import silences
from twinrail.deploy.interface import Entry

DIED = Killed(died=True, live="old")


@pytest.mark.parametrize(
    ("found", "faults"),
    [
        ([DIED] * 6 + [Killed(died=False, entries=3)], 0),
        ([DIED] * 5 + [Killed(died=False, entries=3)], 1),
        ([Killed(died=False, entries=13)], 1),
        ([Killed(died=False)], 1),
    ],
)
def test_nobody_killed(found, faults):
    """A part in which somebody lived past a point is at fault, and so is one in which nobody wrote anything."""
    assert faults == len(nobody_killed(found))


@pytest.mark.parametrize(
    ("died", "first", "last", "faults"), [(4, 1, 2, 0), (3, 1, 2, 1), (4, 14, None, 0), (2, 14, None, 1)]
)
def test_nobody_killed_in_a_part_of_the_entries(died, first, last, faults):
    """In the first part everybody dies; in the second one somebody lives, past all entries of both."""
    found = [DIED] * died + ([Killed(died=False, entries=15)] if last is None else [])
    assert faults == len(nobody_killed(found, first=first, last=last))


@pytest.mark.parametrize(
    ("said", "missed"),
    [
        ("2.0 was turned back: 1 of 1 ended at 20 %\n  1.0 serves.\nLast words of 2.0:\n  KeyError", 0),
        ("2.0 was turned back.\n  1 of 1 ended at 20 %\nLast words of 2.0:\n  KeyError", 1),
        ("2.0 was turned back: 1 of 1 ended at 20 %\n  KeyError\n  1.0 serves.", 1),
        ("", 2),
    ],
)
def test_cause_in_the_first_line(said, missed):
    """The cause stands in the first line, and the last words behind that; elsewhere they do not count."""
    assert missed == len(silences(Bad(name="b", mood={}, cause=" ended ", last_words="KeyError"), said))


def entries(*told):
    """Entries of a journal: lease, kind, and the version that begins."""
    return [
        Entry(number=number, time=0.0, kind=kind, facts={"release": f"{version}-0a1b2c3d"}, fence=fence, hash="")
        for number, (fence, kind, version) in enumerate(told, 1)
    ]


A = [(3, "begin", "1.2"), (3, "move", ""), (3, "made", ""), (3, "live", "")]
B = [(5, "begin", "1.4"), (5, "move", ""), (5, "made", ""), (5, "live", "")]


@pytest.mark.parametrize(
    ("told", "arrived", "faults"),
    [
        ([*A, (4, "asked", ""), *B], {"1.2", "1.4"}, 0),
        ([*A, *B], {"1.4"}, 1),
        ([*A], {"1.2", "1.4"}, 1),
        ([*A[:2], *B, *A[2:]], {"1.2", "1.4"}, 3),
        ([*A, (4, "move", ""), *B], {"1.2", "1.4"}, 1),
        ([*B, *A], {"1.2", "1.4"}, 1),
    ],
)
def test_strangers(told, arrived, faults):
    """Only those write who arrive, one after the other and under leases that grow."""
    assert faults == len(strangers(entries(*told), arrived))
