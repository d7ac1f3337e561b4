"""A deploy by the real command line that is cancelled as GitHub's runner does it."""

from concurrent.futures import ThreadPoolExecutor

from tinyweb import TINYWEB

from benchmarks.cancelling import CASES, cancel


def test_cancelled(tmp_path):
    """It takes its release back before SIGTERM comes; where that takes longer, `resume` ends what a kill left."""
    folders = [tmp_path / str(number) for number, _ in enumerate(CASES)]
    with ThreadPoolExecutor(len(CASES)) as pool:
        found = list(pool.map(cancel, folders, [TINYWEB] * len(CASES), CASES))
    assert [()] * len(CASES) == [each.faults for each in found]
    assert ["SIGINT", "SIGINT", "SIGKILL"] == [each.by for each in found]
