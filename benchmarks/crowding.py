"""Many deployers at once at one environment, each with a release of its own: one at a time gets in and writes.

Real ones, of the shop: most are turned away at the door, so that it costs little more than with a small service.
Whoever finds the place taken comes again, until they arrive or hear that they are superseded.
"""

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from benchmarks.elsewhere import Ended, deploy_elsewhere
from benchmarks.ground import Ground
from benchmarks.leftovers import leftovers
from twinrail.deploy.interface import Entry
from twinrail.deploy.release import version_of
from twinrail.system.errors import PlaceTaken, Superseded

ENDS = {0: "arrived", Superseded.exit_code: "superseded"}
"""How a deployer may end, by its exit code."""
AGAIN = (4.0, 12.0)
"""After how many seconds whoever found it taken comes again, at random."""
TRIES = 100


@dataclass(frozen=True, kw_only=True)
class Crowded:
    """What came of deployers at once.

    Attributes:
        ends: how many of them ended in each way, and how often one found the place taken.
        faults: what is not as it should be.
    """

    ends: Counter[str]
    faults: tuple[str, ...]


def crowd(ground: Ground, commits: Sequence[int]) -> Crowded:
    """The releases of those commits are deployed at once, where an older one is live."""
    before, taken = len(ground.place.ledger.read()), list[int]()

    def one(commit: int) -> Ended:
        for _ in range(TRIES):
            ended = deploy_elsewhere(ground, f"1.{commit}", commit)
            if ended.exit_code != PlaceTaken.exit_code:
                break
            taken.append(commit)
            time.sleep(random.uniform(*AGAIN))  # noqa: S311  # no secret
        return ended

    with ThreadPoolExecutor(len(commits)) as pool:
        ended = dict(zip(commits, pool.map(one, commits), strict=True))
    arrived = {f"1.{commit}" for commit, each in ended.items() if not each.exit_code}
    newest = f"1.{max(commits)}"
    live = version_of(ground.place.target.state().live)
    faults = [
        *(f"1.{commit} ended with {each.exit_code}: {each.said}" for commit, each in ended.items()
          if each.exit_code not in ENDS),
        *([] if live == newest else [f"{live or 'nothing'} is live, not {newest}"]),
        *strangers(ground.place.ledger.read()[before:], arrived),
        *leftovers(ground),
    ]  # fmt: skip
    ends = Counter(ENDS.get(each.exit_code, "failed") for each in ended.values())
    return Crowded(ends=ends + Counter({"found it taken": len(taken)}), faults=tuple(faults))


def strangers(entries: Sequence[Entry], arrived: set[str]) -> list[str]:
    """What was written by anybody but those who arrived, one after the other and each from begin to end."""
    faults: list[str] = []
    began: list[str] = []
    last = 0
    # Whoever asks its gates and is refused says so, and begins nothing.
    for fence, some in groupby([each for each in entries if each.kind != "asked"], key=lambda each: each.fence):
        mine = list(some)
        ends = [each.kind for each in mine if each.kind not in {"move", "made"}]
        faults += [f"lease {fence} wrote behind lease {last}"] if fence <= last else []
        faults += [] if ends == ["begin", "live"] else [f"lease {fence} wrote {', '.join(ends)}"]
        began += [version_of(each.facts["release"]) for each in mine if each.kind == "begin"]
        last = fence
    return faults + ([] if sorted(began) == sorted(arrived) else [f"{sorted(arrived)} arrived, {sorted(began)} began"])
