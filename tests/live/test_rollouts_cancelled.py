"""A deploy by the real command line that is cancelled as GitHub's runner does it."""

from concurrent.futures import ThreadPoolExecutor

from tinyweb import TINYWEB

from benchmarks.cancelling import cancel

CASES = [
    {"amid": "start", "mood": {"name": "hangs at start"}, "drain": "10s"},
    {"amid": "hold", "mood": {"name": "well"}, "drain": "10s"},
    # A release that does not end when it is asked to takes longer than a runner waits.
    {"amid": "hold", "mood": {"name": "never ends"}, "drain": "11s"},
]


def test_cancelled(tmp_path):
    """It takes its release back before SIGTERM comes; where that takes longer, `resume` ends what a kill left."""
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda case: cancel(tmp_path / str(CASES.index(case)), TINYWEB, **case), CASES))
    assert [()] * 3 == [each.faults for each in found]
    assert [("SIGINT", 130, None)] * 2 == [(each.by, each.exit_code, each.resumed) for each in found[:2]]
    assert ("SIGKILL", -9, 20) == (found[2].by, found[2].exit_code, found[2].resumed)
