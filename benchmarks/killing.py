"""A deployer is killed at a point; somebody comes after it. What is live afterwards is exactly the old or the new."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from benchmarks.deployer import Point
from benchmarks.elsewhere import deploy_elsewhere
from benchmarks.ground import Ground
from benchmarks.leftovers import leftovers
from twinrail.deploy.release import version_of
from twinrail.deploy.standing import previous

Direction = Literal["deploy", "rollback"]
Ending = Literal["resume", "deploy"]
"""What comes after the deployer that died: `twinrail resume`, or a deploy of a newer release."""


@dataclass(frozen=True, kw_only=True)
class Killed:
    """What came of a kill.

    Attributes:
        died: whether the deployer came to that point at all.
        entries: how many entries it wrote, where it lived.
        live: whether the `old` release is live in the end, the `new` one, or a `newer` one that was deployed then.
        faults: what is not as it should be.
    """

    died: bool
    entries: int = 0
    live: str = ""
    faults: tuple[str, ...] = ()


def kill(ground: Ground, direction: Direction, point: Point, ending: Ending, numbers: Iterator[int]) -> Killed:
    """A deployer that dies at that point, and what comes after it; each release has the next of the `numbers`."""
    while _live(ground) == "" or (direction == "rollback" and previous(ground.place.ledger.read()) is None):
        _deploy(ground, next(numbers))
    old, new = _live(ground), version_number(next(numbers))
    if direction == "rollback" and (before := previous(ground.place.ledger.read())):
        new = version_of(before.name)
    before_it = len(ground.place.ledger.read())
    ended = deploy_elsewhere(
        ground, new if direction == "deploy" else "", commit=int(new.partition(".")[2]), point=point
    )
    if not ended.died:
        written = len(ground.place.ledger.read()) - before_it
        return Killed(died=False, entries=written, faults=(ended.said,) if ended.exit_code else ())
    names = {old: "old", new: "new"}
    if ending == "resume":
        ground.resume()
    else:
        names = {(newer := version_number(next(numbers))): "newer"}
        _deploy(ground, int(newer.partition(".")[2]))
    live = _live(ground)
    faults = [] if live in names else [f"{live or 'nothing'} is live, not {' or '.join(names)}"]
    faults += [*leftovers(ground), *_again(ground)]
    return Killed(died=True, live=names.get(live, live), faults=tuple(f"{direction}, {point}, {ending}: {each}"
                                                                      for each in faults))  # fmt: skip


def version_number(number: int) -> str:
    """The version of the release of that number."""
    return f"1.{number}"


def _deploy(ground: Ground, number: int) -> None:
    ground.deploy(ground.release(version_number(number), commit=number))


def _live(ground: Ground) -> str:
    return version_of(ground.place.target.state().live)


def _again(ground: Ground) -> list[str]:
    # Whoever resumes once more changes nothing.
    before = _shown(ground)
    outcome = ground.resume()
    changed = [] if _shown(ground) == before else [f"a second resume changed {before} to {_shown(ground)}"]
    return changed + ([] if outcome.state == "off" else [f"a second resume ended as {outcome.state}"])


def _shown(ground: Ground) -> tuple[object, ...]:
    pids = sorted(each.pid for each in ground.processes())
    return ground.place.target.state(), pids, len(ground.place.ledger.read())
