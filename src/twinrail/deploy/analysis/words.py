"""A verdict in words: one line for the screen, readings for the record."""

from twinrail.deploy.analysis.comparison import Latency
from twinrail.deploy.analysis.verdict import Case, failed_by
from twinrail.deploy.interface import Samples
from twinrail.report.events import Reading
from twinrail.system.units import show_share


def line(case: Case) -> str:
    """Why the verdict is what it is: "1.4.0 answered 500 on 37 of 1,204 requests (1.3.2: 0 of 1,187)"."""
    found = case.numbers.latency
    parts = {
        "fail": [_failing(case)] * case.fails_more + ([_slower(case, found)] if case.slower and found else []),
        "inconclusive": [_too_little(case)],
        "pass": [_well(case, found)],
    }[case.verdict]
    return "; ".join(parts) + (", by buckets only" if found and found.buckets else "")


def readings(case: Case) -> tuple[Reading, ...]:
    """What was measured; whether it is within stands only where there was enough of it, or it is clear already."""
    old, analysis, found = case.pair.called[0], case.analysis, case.numbers.latency
    enough = None if case.early else True
    errors = Reading(
        name="errors compared",
        value=f"{_share(case.pair.new)} ({old}: {_share(case.pair.old)})",
        limit=f"≤ {show_share(analysis.errors)} more",
        ok=False if case.fails_more else enough,
    )
    if found is None:
        return (errors,)
    durations = (
        ("median compared", found.median, case.median_too_long),
        ("slowest tenth compared", found.slow, case.slow_too_long),
    )
    return errors, *(
        Reading(
            name=name,
            value=f"{_time(pair[1])} ({old}: {_time(pair[0])})",
            limit=f"≤ {show_share(analysis.slower)} more",
            ok=False if case.slower and too_long else enough,
        )
        for name, pair, too_long in durations
    )


def _failing(case: Case) -> str:
    old, new = case.pair.called
    return f"{new} {_failed(case.pair.new)} {_count(case.pair.new)} requests ({old}: {_count(case.pair.old)})"


def _slower(case: Case, found: Latency) -> str:
    (old, new), (was, now) = case.pair.called, found.points
    if case.median_too_long:
        first = f"{new} took {_times(found.times)} as long: median {_time(found.median[1])}"
        before = found.median[0]
    else:
        first = f"the slowest tenth of {new} took {_times(found.slow_times)} as long: {_time(found.slow[1])} and more"
        before = found.slow[0]
    return f"{first} over {now:,} requests ({old}: {_time(before)} over {was:,})"


def _too_little(case: Case) -> str:
    (old, new), pair, analysis = case.pair.called, case.pair, case.analysis
    what, counts, wanted = "requests", (pair.old.requests, pair.new.requests), analysis.requests
    if not case.few_requests:
        what, counts, wanted = "durations", case.points, analysis.points
    return f"too little was seen: {counts[1]:,} {what} of {new}, {counts[0]:,} of {old}, where each needs {wanted:,}"


def _well(case: Case, found: Latency | None) -> str:
    old, new = case.pair.called
    told = f"{new} failed {_count(case.pair.new)} requests"
    if found is None:
        return f"{told} ({old}: {_count(case.pair.old)})"
    before, after = map(_time, found.median)
    return f"{told}, median {after} ({old}: {_count(case.pair.old)}, {before})"


def _failed(samples: Samples) -> str:
    statuses = failed_by(samples)
    if not statuses:
        return "failed"
    if set(statuses) == {0}:
        return "gave no answer to"
    said = " or ".join(str(each) for each in statuses if each)
    return f"answered {said}{' or nothing' if 0 in statuses else ''} on"


def _count(samples: Samples) -> str:
    return f"{samples.errors:,} of {samples.requests:,}"


def _share(samples: Samples) -> str:
    share = samples.errors / samples.requests if samples.requests else 0.0
    return f"{_count(samples)}, {show_share(share)}"


def _times(quotient: float) -> str:
    return f"{quotient:.2g} times" if quotient < 10 else f"{quotient:,.0f} times"  # noqa: PLR2004


def _time(seconds: float) -> str:
    # Two durations that differ by a fifth must not look the same.
    if seconds < 0.9995:  # noqa: PLR2004  # it would read 1e+03 ms
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 100 else f"{seconds:,.0f} s"  # noqa: PLR2004
