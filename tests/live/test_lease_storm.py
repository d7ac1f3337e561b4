"""Deploys at once, their holders killed or put to sleep: never two writers. The full count is in `benchmarks`."""

import pytest

from benchmarks.lease_storm import faults_of, storm


def test_never_two_writers(tmp_path):
    """Of eight deploys at once, six times, no two change the place together, and none whose lease was past does."""
    result = storm(8, 6, 2026, folder=tmp_path / "place", length=0.15)
    assert [] == result.faults, result
    assert (48, set()) == (result.ends.total(), set(result.ends) - {"done", "refused", "killed", "gave up"})
    assert min(result.ends["done"], result.ends["killed"], result.slept, result.marks) > 0, result


@pytest.mark.parametrize(
    ("marks", "faults"),
    [
        (["start 1 a", "end 1 a", "start 1 a", "end 1 a", "start 2 b", "end 2 b"], 0),
        (["start 1 dead", "start 2 b", "end 2 b", "start 3 dead"], 0),
        (["start 1 a", "start 2 b", "end 2 b"], 1),
        (["start 1 dead", "start 2 b", "end 1 dead", "end 2 b"], 3),
        (["start 2 b", "end 2 b", "start 1 a", "end 1 a"], 2),
        (["end 1 a"], 1),
        (["start 1 a"], 1),
        ([], 0),
    ],
)
def test_what_a_storm_would_show(marks, faults):
    """Two at once, and one that goes back, are told; a change that was cut short by a kill is none."""
    assert faults == len(faults_of(marks, {"dead"}))
