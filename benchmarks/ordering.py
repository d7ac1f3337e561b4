"""Releases that come in any order: the newest ends live, and who is too late hears that it is superseded."""

from collections.abc import Sequence

from benchmarks.ground import Ground
from benchmarks.leftovers import leftovers
from twinrail.deploy.release import version_of
from twinrail.system.errors import Superseded


def deploy_in(order: Sequence[int], ground: Ground) -> list[str]:
    """What is not as it should be when the releases of those commits are deployed in that order, from nothing on."""
    faults: list[str] = []
    newest = 0
    for number in order:
        late = number < newest
        newest = max(newest, number)
        try:
            ground.deploy(ground.release(f"1.{number}", commit=number))
        except Superseded as error:
            if not late or "superseded" not in str(error):
                faults.append(f"{order}: {number} where {newest} is live: {error}")
        else:
            if late:
                faults.append(f"{order}: {number} was deployed over {newest}")
        if (live := version_of(ground.place.target.state().live)) != f"1.{newest}":
            faults.append(f"{order}: {live} is live after {number}")
    faults += leftovers(ground)
    ground.down()
    return faults
