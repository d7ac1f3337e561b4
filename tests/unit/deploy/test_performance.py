"""The performance gate's judgement of what Locust measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinrail.deploy.gates.performance import judge, quantile
from twinrail.project.environments import Performance

counts = st.dictionaries(st.integers(0, 5000), st.integers(1, 50), max_size=12)


def route(times: dict[int, int], *, failures: int = 0) -> dict:
    """What Locust says of one route: how many requests took how many milliseconds."""
    return {
        "num_requests": sum(times.values()),
        "num_failures": failures,
        "response_times": {str(float(each)): count for each, count in times.items()},
    }


def load(*, p95: float | None = 0.4, errors: float = 0.01, throughput: float = 0.0, duration: float = 10.0):
    """The thresholds, as they are after the settings were read."""
    thresholds = {"p95": p95 and f"{p95}s", "errors": f"{errors * 100}%", "throughput": throughput}
    return Performance(**{**thresholds, "duration": f"{duration}s"})


def verdicts(statistics: list[dict], wanted: Performance) -> dict[str, bool | None]:
    return {each.name: each.ok for each in judge(statistics, wanted)}


@given(st.lists(counts, min_size=1, max_size=3).filter(any), st.floats(0.01, 1.0))
def test_quantile(all_, share):
    """So many of all requests took at most the quantile, and fewer took less."""
    times = sorted(each / 1000 for times in all_ for each, count in times.items() for _ in range(count))
    found = quantile([route(each) for each in all_], share)
    wanted = share * len(times)
    assert found in times
    assert wanted - 1e-6 <= sum(each <= found for each in times)
    assert wanted > sum(each < found for each in times) - 1e-6


def test_quantile_of_nothing():
    """Where nothing was measured the quantile is nothing."""
    assert 0.0 == quantile([], 0.95) == quantile([route({})], 0.95)


def test_all_is_well():
    """A release that stands its load is within each threshold."""
    wanted = load(throughput=5)
    found = judge([route({100: 60}), route({300: 40})], wanted)
    assert [True] * 4 == [each.ok for each in found]
    assert ["100", "0.3 s", "0 of 100 (0 %)", "10/s"] == [each.value for each in found]
    assert ["≥ 1", "≤ 0.4 s", "≤ 1 %", "≥ 5/s"] == [each.limit for each in found]


@pytest.mark.parametrize("errors", [0.0, 1.0])
def test_nothing_was_answered(errors):
    """Without a single request nothing is proved, whatever the thresholds allow."""
    found = verdicts([], load(errors=errors))
    assert (False, False, errors == 1.0) == (found["requests"], found["p95"], found["errors"])


def test_late():
    """Six of a hundred late requests are too many, five are not."""
    assert False is verdicts([route({100: 94, 900: 6})], load())["p95"]
    assert True is verdicts([route({100: 95, 900: 5})], load())["p95"]


@pytest.mark.parametrize(("failures", "ok"), [(0, True), (1, True), (2, False), (100, False)])
def test_errors(failures, ok):
    """One failed request of a hundred is within one percent, two are not."""
    assert ok is verdicts([route({100: 100}, failures=failures)], load())["errors"]


@pytest.mark.parametrize(("requests", "ok"), [(50, True), (49, False)])
def test_throughput(requests, ok):
    """Five requests a second are fifty in ten seconds."""
    assert ok is verdicts([route({100: requests})], load(throughput=5))["throughput"]


def test_what_was_not_asked_is_not_judged():
    """Without thresholds for time and throughput they are measured and not judged."""
    found = judge([route({5000: 1})], load(p95=None))
    assert [True, None, True, None] == [each.ok for each in found]
    assert ["≥ 1", "", "≤ 1 %", ""] == [each.limit for each in found]


@pytest.mark.parametrize("duration", [0.0, 0.2, 1.4])
def test_throughput_of_short_loads(duration):
    """A load lasts whole seconds, one at least, and is judged by how long it lasted."""
    readings = judge([route({100: 30})], load(duration=duration, throughput=30))
    assert ("30/s", True) == (readings[-1].value, readings[-1].ok)
