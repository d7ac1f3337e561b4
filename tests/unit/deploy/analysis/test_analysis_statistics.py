"""The statistics of a comparison, held against numbers from elsewhere."""

import ast
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinrail.deploy.analysis import statistics
from twinrail.deploy.analysis.comparison import STATISTICS

ROOT = Path(__file__).parents[4]


def side(requests=0, errors=0, seconds=(), buckets=None):
    return {"requests": requests, "errors": errors, "seconds": list(seconds), "buckets": buckets or {}}


def test_errors():
    """The lady who tastes tea: three of four right by chance has a probability of 17 in 70."""
    found = statistics.errors(side(4, 1), side(4, 3))
    assert (pytest.approx(17 / 70), 0.5) == (found["p"], found["difference"])


@pytest.mark.parametrize(("old", "new"), [((0, 0), (0, 0)), ((10, 0), (10, 0)), ((0, 0), (5, 5)), ((10, 9), (10, 1))])
def test_errors_that_prove_nothing(old, new):
    """No more errors than before, or nothing seen before, is no reason to think ill of a release."""
    assert statistics.errors(side(*old), side(*new))["p"] > 0.9


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 40), st.integers(0, 40))
def test_errors_keep_their_word(old, new, wrong_before, wrong_after):
    """The probability is that of the hypergeometric distribution, summed by hand."""
    before, after = min(old, wrong_before), min(new, wrong_after)
    wrong = before + after
    ways = [math.comb(new, k) * math.comb(old, wrong - k) for k in range(min(new, wrong) + 1) if wrong - k <= old]
    most = min(new, wrong) - after + 1
    by_hand = sum(ways[-most:]) / math.comb(old + new, wrong)
    assert pytest.approx(by_hand) == statistics.errors(side(old, before), side(new, after))["p"]


def test_latency():
    """Every answer later than every one before: one of all 252 orders of five and five."""
    old, new = side(seconds=[0.1, 0.2, 0.3, 0.4, 0.5]), side(seconds=[0.6, 0.7, 0.8, 0.9, 1.0])
    found = statistics.latency(old, new, 0.2)
    assert (pytest.approx(1 / 252), 1.0) == (found["p"], found["larger"])
    assert ([0.3, 0.8], [5, 5], False) == (found["median"], found["points"], found["buckets"])
    assert pytest.approx([0.46, 0.96]) == found["slow"]


def test_latency_beyond_what_may_be():
    """Half as slow again is clear of an old release that is alike, and not of one that is half as slow again."""
    old = [0.1 + number / 1000 for number in range(30)]
    found = statistics.latency(side(seconds=old), side(seconds=[each * 1.5 for each in old]), 0.5)
    assert found["p"] < 1e-9
    assert found["beyond"] > 0.4


def test_latency_of_alike_answers():
    """Where all take the same time neither is slower."""
    found = statistics.latency(side(seconds=[0.1] * 30), side(seconds=[0.1] * 30), 0.2)
    assert (True, 0.5) == (found["p"] >= 0.5, found["larger"])


@pytest.mark.parametrize(
    ("old", "new"),
    [(side(), side()), (side(seconds=[0.1]), side()), (side(buckets={"0.1": 1, "inf": 0}), side(seconds=[0.1]))],
)
def test_nothing_to_compare(old, new):
    """Without durations of both sides there is no latency to speak of."""
    assert None is statistics.compare(old, new, 0.2)["latency"]


BOUNDS = (0.05, 0.1, 0.2, math.inf)


def in_buckets(seconds, bounds=BOUNDS):
    lower = (0.0, *bounds)
    return {str(high): sum(low < each <= high for each in seconds) for low, high in zip(lower, bounds, strict=False)}


@given(st.lists(st.floats(0.001, 0.4), min_size=20, max_size=80), st.floats(0.5, 3))
def test_buckets(seconds, times):
    """Buckets are compared as if all answers of one took the same time."""
    slower = [each * times for each in seconds]
    found = statistics.latency(side(buckets=in_buckets(seconds)), side(buckets=in_buckets(slower)), 0.2)
    rounded = [[min(bound for bound in BOUNDS if each <= bound) for each in all_] for all_ in (seconds, slower)]
    finite = [[min(each, 9.0) for each in all_] for all_ in rounded]
    wanted = statistics.latency(*(side(seconds=each) for each in finite), 0.2)
    assert (pytest.approx(wanted["p"]), pytest.approx(wanted["larger"])) == (found["p"], found["larger"])
    assert (True, 1.0, [len(seconds)] * 2) == (found["buckets"], found["beyond"], found["points"])


def test_quantiles_of_buckets():
    """Within a bucket answers are spread evenly; of the last one only its beginning is known."""
    old, new = side(buckets={"0.1": 80, "0.2": 20, "inf": 0}), side(buckets={"0.1": 40, "0.2": 20, "inf": 40})
    found = statistics.latency(old, new, 0.2)
    assert pytest.approx([0.0625, 0.15]) == found["median"]
    assert pytest.approx([0.15, 0.2]) == found["slow"]


def test_other_buckets():
    """Where a release has other buckets than the one before, the bounds that both have are compared, if any."""
    old = side(buckets={"0.1": 10, "0.2": 10, "0.4": 10, "inf": 0})
    new = side(buckets={"0.1": 10, "0.3": 5, "0.4": 10, "inf": 0})
    assert [30, 25] == statistics.latency(old, new, 0.2)["points"]
    assert None is statistics.latency(old, side(buckets={"0.15": 30, "inf": 1}), 0.2)


def test_as_a_program(tmp_path):
    """Run by its path it reads a file and prints JSON; a module of its own name does not stand in its way."""
    file = tmp_path / "asked.json"
    file.write_text(json.dumps({"old": side(10, 0, [0.1] * 10), "new": side(10, 5, [0.2] * 5), "slower": 0.2}))
    command = [sys.executable, "-I", str(STATISTICS), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=STATISTICS.parent)
    assert {"errors", "latency"} == set(json.loads(done.stdout))
    assert statistics.compare(**json.loads(file.read_text())) == json.loads(done.stdout)


def test_no_other_file_needs_scipy():
    """SciPy is imported by one file alone, which imports nothing of the pack, and nothing imports it."""
    modules = {each: each.read_text(encoding="utf-8") for each in (ROOT / "src/twinrail").rglob("*.py")}
    assert [STATISTICS] == [each for each, text in modules.items() if "import scipy" in text or "from scipy" in text]
    assert not [each for each, text in modules.items() if "analysis.statistics import" in text]
    imported = [node for node in ast.walk(ast.parse(modules[STATISTICS])) if isinstance(node, ast.ImportFrom)]
    assert {"collections.abc", "pathlib", "typing", "scipy"} == {node.module for node in imported}
