"""Bad releases: each is turned back or refused by itself, the old one serving, and one line names the cause.

Here each meets one strategy; all meet all in `benchmarks`.
"""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from tinyweb import TINYWEB

from benchmarks.bad import HOST, Grain, bad_releases, strategy
from benchmarks.ground import Ground
from benchmarks.turning import ground_for, turn_back
from golden_files import check

GRAIN = Grain(
    start="4s",
    bake="3s",
    hold="2s",
    fails={"requests": 30},
    dies={"requests": 8},
    memory="120MB",
    slow=0.03,
)
MET_BY = {
    "never starts": "rolling",
    "crash loop": "canary",
    "slow start": "canary",
    "fails after a while": "blue-green",
    "one of two fails": "ab",
    "fails at the front page": "canary",
    "wrong host": "ab",
    "memory grows": "blue-green",
    "ten times slower": "ab",
    "wrong version": "rolling",
    "port clash": "rolling",
    "disk full": "canary",
    "disk full to the last byte": "ab",
    "artifact missing": "blue-green",
}
CHANGING = {
    r"/[^ ()]*/(\.twinrail|wheels)/[^ ():]*": "…",
    r"-[0-9a-f]{8}\b": "-DIGEST",
    r"127\.0\.0\.1:\d+|'127\.0\.0\.1', \d+": "127.0.0.1:PORT",
    r"\d+(\.\d+)? ms": "N ms",
    r"\d+(\.\d+)? MB": "N MB",
    r"took \d+(\.\d+)? times": "took N times",
    r"over \d+": "over N",
    r" at \d+ %(?=\n|\Z)": "",  # how far it had come by then
    r"No space left on device|File too large": "DISK FULL",
}
"""What differs from run to run, and what stands for it."""


@pytest.fixture(scope="module")
def turned(project, tmp_path_factory):
    """How each ended; half of them at a time, because most of it is waiting."""
    folder = tmp_path_factory.mktemp("bad")

    def one(numbered):
        number, bad = numbered

        def make(options, elsewhere):
            usual = {"strategy": strategy(MET_BY[bad.name], GRAIN), "start": GRAIN.start, "analysis": False}
            name = f"bad-{bad.name.replace(' ', '-')}"
            return Ground(root=project.root, kind=TINYWEB, name=name, host=HOST, elsewhere=elsewhere,
                          options=usual | options)  # fmt: skip

        here = folder / str(number)
        here.mkdir()
        with ground_for(bad, make, here) as ground:
            try:
                ground.deploy(ground.release("1.0", commit=1))
                return bad.name, turn_back(ground, bad, "2.0", 2, here / "orders.txt")
            finally:
                ground.end()

    with ThreadPoolExecutor(7) as pool:
        return dict(pool.map(one, enumerate(bad_releases(GRAIN))))


def masked(text):
    """The text without what changes from run to run."""
    for pattern, word in CHANGING.items():
        text = re.sub(pattern, word, text)
    return text


@pytest.mark.parametrize("bad", bad_releases(GRAIN), ids=lambda bad: bad.name)
def test_bad_release(turned, bad):
    """It ends as it should, no more people notice than may, it says why (a golden file), and nothing is left of it."""
    found = turned[bad.name]
    assert () == found.faults
    told = f"{bad.name} × {MET_BY[bad.name]}\n\n{masked(found.said)}\n\nexit {found.exit_code}\n"
    check(f"deploy/bad/{bad.name.replace(' ', '-')}.txt", told)


def test_each_strategy_meets_some():
    """Each bad release meets a strategy, and each strategy three of them at least."""
    assert [each.name for each in bad_releases(GRAIN)] == list(MET_BY)
    assert all(list(MET_BY.values()).count(each) >= 3 for each in ("rolling", "blue-green", "canary", "ab"))
