"""The statistics of a comparison: reads what was seen of two releases, writes numbers. The one file that needs SciPy.

It runs by its path in a virtual environment of its own (lock `analysis`), `python -I statistics.py FILE`, so that
the pack itself goes without SciPy, and imports nothing of the pack. FILE holds JSON: a table for `old` and for `new`
(`requests` and `errors` as counts; `seconds`, how long each answer took; or `buckets`, upper bound to count), and
`slower`, by which share the new release may be slower.
"""

import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

Side = Mapping[str, Any]
"""What was seen of one release."""


def compare(old: Side, new: Side, slower: float) -> dict[str, Any]:
    """The numbers: `errors`, and `latency`, which is None where there is none of a side."""
    return {"errors": errors(old, new), "latency": latency(old, new, slower)}


def errors(old: Side, new: Side) -> dict[str, float]:
    """How unlikely it is that the new release fails no more often than the old one (`p`), and by how much it does.

    Fisher's exact test, one-sided: errors are few, and it alone keeps its word at any count, however small; Boschloo's
    test finds a little more and takes minutes for the counts of a busy service.
    """
    table = [[side["errors"], side["requests"] - side["errors"]] for side in (new, old)]
    return {
        "p": float(stats.fisher_exact(table, alternative="greater").pvalue),
        "difference": _share(new) - _share(old),
    }


def latency(old: Side, new: Side, slower: float) -> dict[str, Any] | None:
    """How unlikely it is that the new release is no slower than the old one (`p`), and by how much it is.

    The test of Mann and Whitney, one-sided: it asks nothing of the shape of the durations but that they can be put in
    order, so it takes buckets too, in which many are equal. `beyond` is the same for a new release that is slower by
    no more than `slower`; buckets do not tell. `larger` is the share of all pairs of an answer of each release in
    which the new one's took longer. `median` and `slow` (what the slowest tenth takes at least) hold the seconds of
    the old and of the new release.
    """
    by_buckets = not old["seconds"] and not new["seconds"]
    bounds = _common(old["buckets"], new["buckets"]) if by_buckets else []
    ranks = [_ranks(side["buckets"], bounds) if by_buckets else np.asarray(side["seconds"]) for side in (old, new)]
    if not all(map(len, ranks)):
        return None
    p, statistic = _larger(ranks[0], ranks[1])
    quantiles = [
        [_within(each, bounds, share) if by_buckets else float(np.quantile(each, share)) for each in ranks]
        for share in (0.5, 0.9)
    ]
    return {
        "p": p,
        "beyond": 1.0 if by_buckets else _larger(ranks[0], ranks[1] / (1 + slower))[0],
        "larger": statistic / (len(ranks[0]) * len(ranks[1])),
        "median": quantiles[0],
        "slow": quantiles[1],
        "points": [len(each) for each in ranks],
        "buckets": by_buckets,
    }


def _larger(old: Any, new: Any) -> tuple[float, float]:
    found = stats.mannwhitneyu(new, old, alternative="greater")
    # Where all are equal there is nothing to put in order.
    return 1.0 if math.isnan(found.pvalue) else float(found.pvalue), float(found.statistic)


def _share(side: Side) -> float:
    return side["errors"] / side["requests"] if side["requests"] else 0.0


def _common(old: Mapping[str, int], new: Mapping[str, int]) -> list[float]:
    # Where a release has other buckets than the one before, only the bounds that both have can be compared.
    return sorted({*map(float, old)} & {*map(float, new)} | {math.inf})


def _ranks(buckets: Mapping[str, int], bounds: list[float]) -> Any:
    # For each answer the number of the bucket that it lies in.
    if len(bounds) <= 1:
        return np.array([], dtype=int)
    upper = np.array([float(bound) for bound in buckets])
    return np.repeat(np.searchsorted(bounds, upper), list(buckets.values()))


def _within(ranks: Any, bounds: list[float], share: float) -> float:
    # As if the answers of a bucket were spread over it evenly; of the last one, which has no end, its beginning.
    ordered = np.sort(ranks)
    wanted = share * len(ordered)
    bucket = int(ordered[min(math.ceil(wanted), len(ordered)) - 1])
    below = int(np.searchsorted(ordered, bucket))
    low, high = (bounds[bucket - 1] if bucket else 0.0), bounds[bucket]
    inside = int(np.searchsorted(ordered, bucket, side="right")) - below
    return low if math.isinf(high) else low + (high - low) * (wanted - below) / inside


def main(path: str) -> None:
    """Prints the numbers of the comparison in the file at `path`."""
    print(json.dumps(compare(**json.loads(Path(path).read_text(encoding="utf-8")))))


if __name__ == "__main__":
    main(sys.argv[1])
