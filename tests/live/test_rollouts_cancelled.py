"""A deploy by the real command line that is cancelled as GitHub's runner does it."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tinyweb import TINYWEB

from benchmarks.cancelling import CASES, cancel


def test_cancelled(tmp_path):
    """It takes its release back before it is killed; where that takes longer, `resume` ends what a kill left.

    All cases at once on a busy machine: that none of them needs SIGTERM is asked of `benchmarks`.
    """
    folders = [tmp_path / str(number) for number, _ in enumerate(CASES)]
    with ThreadPoolExecutor(len(CASES)) as pool:
        found = list(pool.map(partial(cancel, late=True), folders, [TINYWEB] * len(CASES), CASES))
    assert [()] * len(CASES) == [each.faults for each in found]
    assert [130, 130, -9] == [each.exit_code for each in found]
