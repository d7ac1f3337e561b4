"""What a verdict says on the screen and in the record, to the letter."""

import dataclasses
import math

from seen import NEW, case, durations, samples

from golden_files import check
from twinrail.deploy.analysis.words import line, readings
from twinrail.deploy.interface import Samples

SLOW = durations(1204, median=0.12)
TENTH = tuple(each * (10 if number % 5 == 0 else 1) for number, each in enumerate(durations(1204, seed=2)))
WAS = samples(1187)
CASES = {
    "pass": (WAS, samples(1204)),
    "pass with errors on both sides": (samples(1187, 3), samples(1204, 2)),
    "errors": (WAS, samples(1204, 37)),
    "errors of two kinds": (WAS, samples(1204, 37, statuses={200: 1167, 500: 30, 502: 7})),
    "no answer at all": (samples(8), samples(8, 8, status=0)),
    "answers and none": (WAS, samples(1204, 37, statuses={200: 1167, 500: 30, 0: 7})),
    "refused": (WAS, samples(1204, 37, status=404)),
    "statuses that nobody knows": (WAS, samples(1204, 37, statuses={})),
    "latency": (WAS, samples(1204, seconds=SLOW)),
    "latency in seconds": (
        samples(1187, seconds=durations(1187, median=0.9996)),
        samples(1204, seconds=durations(1204, median=130.0)),
    ),
    "latency of the slowest tenth": (WAS, samples(1204, seconds=TENTH)),
    "errors and latency": (WAS, samples(1204, 37, seconds=SLOW[37:])),
    "too few requests": (WAS, samples(312)),
    "too few durations": (WAS, samples(1204, seconds=durations(20))),
    "nothing": (samples(0), samples(0)),
    "no durations": (WAS, dataclasses.replace(samples(1204), seconds=())),
    "buckets": (
        Samples(requests=1187, buckets={0.1: 800, 0.2: 300, math.inf: 87}),
        Samples(requests=1204, buckets={0.1: 300, 0.2: 500, math.inf: 404}),
    ),
    "buckets too few": (Samples(requests=10, buckets={0.1: 10, math.inf: 0}), Samples(requests=10, buckets={0.1: 10})),
}


def told(seen, **more):
    found = case(*seen, **more)
    rows = [f"  {each.name}: {each.value}, {each.limit} → {each.ok}" for each in readings(found)]
    return "\n".join([f"{found.verdict}: {line(found)}", *rows])


def test_words():
    """Every kind of verdict in one line, and its readings."""
    texts = [f"# {name}\n{told(seen)}\n" for name, seen in CASES.items()]
    same = told(CASES["errors"], names=("1.4.0-aaaaaaaa", NEW))
    check("deploy/analysis/words.txt", "\n".join([*texts, f"# one version, built twice\n{same}\n"]))


def test_a_reading_is_wrong_where_the_release_failed_by_it():
    """Of a slow release the reading that it failed by is out of its limit, and the others are within."""
    found = {each.name: each.ok for each in readings(case(*CASES["latency of the slowest tenth"]))}
    assert {"errors compared": True, "median compared": True, "slowest tenth compared": False} == found
