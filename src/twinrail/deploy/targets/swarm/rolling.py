"""Instances that are replaced in their place, by swarm itself: an update of their services, and the way back."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twinrail.deploy.moves import Look, Roll, unseen
from twinrail.deploy.release import version_of
from twinrail.deploy.targets.docker.launches import Launch
from twinrail.deploy.targets.swarm.services import Service, Set
from twinrail.deploy.targets.swarm.squad import Squad
from twinrail.system.errors import MoveFailed
from twinrail.system.shell import Shell

_LEAST = 1.0
"""The shortest time that one is watched, in seconds: swarm takes none for five."""
_LEAVES = 3.0
"""How long swarm takes to lead people past one that is to end, before it asks it to, in seconds; measured: 2."""
_EVERY = 2.0
"""Seconds between two looks at how far it came: it takes its time."""
_SLACK = 20.0
"""How much longer than its start, its watch and its end a step may take, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Rolling:
    """Rolls the sets of a squad.

    Attributes:
        shell: says how far it came.
        look: looks at the release while it is rolled; what it raises ends that, and swarm goes on with it.
        clock: what time it is, in seconds since whenever.
    """

    squad: Squad
    shell: Shell
    look: Look = unseen
    clock: Callable[[], float] = time.monotonic

    def roll(self, move: Roll) -> None:
        """What served of the old release is of the new one, or is as it was.

        Raises:
            MoveFailed: swarm turned it back, or does not come to its end.
            Interrupted: somebody pressed Ctrl-C; swarm goes on with it.
            LeaseLost: the lease has passed to someone else.
        """
        there = [each for each in self.squad.sets.all() if each.release == move.old or _rolled(each, move)]
        numbers = {each.number for each in there}
        if not any(one.going_back for each in there for one in each.services):
            self._begin(move, there)
        there = self._await(move, numbers)
        if failed := [each for each in there if any(one.release != move.release for one in each.services)]:
            raise MoveFailed(self._why(move, failed))
        self._named(move.old, move.release)

    def back(self, move: Roll) -> None:
        """What became `move.old` in its place is of the release again, as it was before.

        Raises: as `roll`.
        """
        launch = self.squad.programs.former(move.release)
        forth = Roll(move.release, move.old)
        there = [each for each in self.squad.sets.all() if _rolled(each, forth) or _turning(each, move)]
        for each in there:
            with self.squad.fence.guard(self.squad.number):
                self._turn(each, move, launch)
        self._await(move, {each.number for each in there})
        self._named(move.old, move.release)

    def _turn(self, each: Set, move: Roll, launch: Launch) -> None:
        changed = [one for one in each.services if one.release == move.old]
        if all(one.before == move.release for one in changed):
            for one in changed:
                self.squad.sets.back(one)
        else:  # it was changed once more since, and swarm keeps one definition only
            self.squad.sets.become(each, move.release, launch, self.squad.pace(0), was=move.old)

    def _begin(self, move: Roll, there: Sequence[Set]) -> None:
        programs, seconds = self.squad.programs, self._watched(move)
        launch = programs.now
        for each in there:
            _check_fit(launch, each)
            if any(one.release != move.release for one in each.services):
                with self.squad.fence.guard(self.squad.number):
                    programs.remember(move.release, launch)
                    pace = self.squad.pace(move.at_once, seconds)
                    self.squad.sets.become(each, move.release, launch, pace, was=move.old)

    def _await(self, move: Roll, numbers: set[int]) -> list[Set]:
        """The sets of those numbers, as soon as swarm has come to an end with them, be it a bad one."""
        environment = self.squad.environment
        patience = environment.start + environment.drain + 2 * self._watched(move) + _SLACK
        seen, end = "", self.clock() + patience
        while True:
            sets = [each for each in self.squad.sets.all() if each.number in numbers]
            there = [one for each in sets for one in each.services]
            if not _under_way(there, move.release):
                return sets
            if (told := _progress(there)) != seen:
                self.shell.say(told)
                seen, end = told, self.clock() + patience
            if self.clock() > end:
                young = next((task for one in there for task in one.tasks if not task.over), None)
                fate = f"was not healthy for {patience:g} s while {version_of(move.old)} was rolled"
                raise MoveFailed(self.squad.failure(young, fate) if young else f"Nothing {fate}.")
            if not move.former:
                self.look()
            self.squad.sets.pause(f"{version_of(move.old)} was rolled to {version_of(move.release)}", _EVERY)

    def _watched(self, move: Roll) -> float:
        # For swarm one has failed when it has ended: what falls ill at the end of its watch is given time to end, or
        # the next ones would be replaced before it counts.
        return max(move.seconds, _LEAST) + _LEAVES + self.squad.environment.drain

    def _named(self, old: str, new: str) -> None:
        """The traffic that went to the one release goes to the other, by name too."""
        shares = self.squad.proxy.shares()
        moved = {name: share for name, share in shares.items() if name != old}
        if old in shares:
            moved[new] = moved.get(new, 0.0) + shares[old]
        self.squad.route(moved)

    def _why(self, move: Roll, there: Sequence[Set]) -> str:
        tasks = [task for each in there for one in each.services for task in one.tasks if task.release == move.release]
        bad = next((task for task in tasks if task.failed), None)
        turned = f"swarm turned {version_of(move.release)} back to {version_of(move.old)}"
        return f"{turned}. {self.squad.failure(bad, 'failed while it was watched')}" if bad else f"{turned}."


def _rolled(each: Set, move: Roll) -> bool:
    """Whether a set became, or becomes, what the move says, in part at least."""
    return any((one.was, one.release) == (move.old, move.release) for one in each.services)


def _turning(each: Set, back: Roll) -> bool:
    """Whether swarm is turning it back already, by itself or because somebody said so."""
    mine = [one for one in each.services if one.release == back.release]
    return any(one.going_back or (one.update, one.was) == ("updating", back.old) for one in mine)


def _under_way(there: Sequence[Service], release: str) -> bool:
    """Whether swarm is at it still. Once one of them is as it was, no other need become the release."""
    turned = any(one.stuck or (one.release != release and not one.going_back) for one in there)
    return not turned and not all(one.settled for one in there)


def _progress(services: Sequence[Service]) -> str:
    """How far the slowest of them came, in words."""
    one = min(services, key=lambda each: each.healthy(each.release) / max(each.replicas, 1))
    what = "back to" if one.update.startswith("rollback") else "to"
    return f"{one.name} {what} {version_of(one.release)}: {one.healthy(one.release)} of {one.replicas}"


def _check_fit(launch: Launch, each: Set) -> None:
    """Nothing, when a set has a service for each part of a launch: only then can it become one."""
    wanted, there = [part.service for part in launch.parts], [one.part for one in each.services]
    if wanted != there:
        raise MoveFailed(
            f"What runs consists of {', '.join(there)}, and the release of {', '.join(wanted)}.",
            why="Instances are replaced in their place one for one.",
            todo='Take another strategy for this deploy:  strategy = "blue-green"',
        )
