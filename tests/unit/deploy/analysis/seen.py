"""What was seen of two releases, and its numbers, for tests of the analysis."""

import random

from twinrail.deploy.analysis.comparison import question, read
from twinrail.deploy.analysis.statistics import compare
from twinrail.deploy.analysis.verdict import Case, Pair
from twinrail.deploy.interface import Samples
from twinrail.project.strategies import Analysis

OLD, NEW = "1.3.2-aaaaaaaa", "1.4.0-bbbbbbbb"


def durations(count: int, *, median: float = 0.08, seed: int = 1) -> tuple[float, ...]:
    """Durations of so many answers, in seconds, spread as those of a service are."""
    chance = random.Random(seed)
    return tuple(median * chance.lognormvariate(0.0, 0.35) for _ in range(count))


def samples(requests: int = 1000, errors: int = 0, *, status: int = 500, **more) -> Samples:
    """What was seen of a release that answered, and failed, so often."""
    statuses = {200: requests - errors, **({status: errors} if errors else {})}
    usual = {"seconds": durations(requests - errors), "statuses": statuses}
    return Samples(requests=requests, errors=errors, **usual | more)


def case(old: Samples, new: Samples, *, names: tuple[str, str] = (OLD, NEW), **settings) -> Case:
    """What a verdict is found from, by the statistics themselves."""
    pair, analysis = Pair(names=names, old=old, new=new), Analysis(**settings)
    return Case(pair=pair, numbers=read(compare(**question(old, new, analysis.slower))), analysis=analysis)
