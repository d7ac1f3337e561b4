"""Looking at a release: until it does well after its start, and as long as it is held."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from twinrail.deploy.interface import Address, Check, Clock, State
from twinrail.deploy.release import version_of
from twinrail.report.events import Reading
from twinrail.system.errors import Interrupted, MoveFailed

_AGREEING = 3
"""How many times in a row a check must be passed, or missed for good."""
_FAILING = 2
"""How many times in a row a check must be missed until it counts: one lost packet is no regression."""
_SETTLE, _SERVING = 15.0, 2.0
"""How long a started release may take until its checks agree, in seconds; and one that people meet already."""
_SOON, _EVERY = 0.02, 0.5
"""How long to wait between two looks, after a start and while it is held, in seconds."""


class Shown(Protocol):
    """What is looked at: a place with a release."""

    def state(self) -> State:
        """What the place shows now."""

    def address(self, release: str, *, past_weights: bool = False) -> Address:
        """Where the release answers."""


def _plain(text: str) -> str:
    """Hides nothing."""
    return text


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Asks the checks of a release past the weights, and counts its instances.

    Attributes:
        hide: puts `***` for secrets into what a release answered.
        looked: is called at every look while a release is held.
    """

    target: Shown
    checks: tuple[Check, ...]
    clock: Clock
    hide: Callable[[str], str] = _plain
    looked: Callable[[], object] = object

    def settle(self, release: str) -> None:
        """Nothing, as soon as each check was passed several times in a row.

        Where people meet the release already, with fewer instances, what fails for the checks fails for them.

        Raises:
            MoveFailed: one was not, within its time; or it was missed in a way that waiting does not mend.
            Interrupted: somebody pressed Ctrl-C.
        """
        shown = self.target.state()
        running, patience = shown.instances.get(release, 0), _SERVING if shown.shares.get(release) else _SETTLE
        for check in (each for each in self.checks if getattr(each, "settles", True)):
            agreeing, final, end = 0, 0, self.clock.now() + patience
            while agreeing < _AGREEING:
                reading = self._ask(check, release, running)
                if reading.ok is None:
                    break
                agreeing = agreeing + 1 if reading.ok else 0
                final = final + 1 if reading.final else 0
                if not reading.ok and (final == _AGREEING or self.clock.now() > end):
                    raise MoveFailed(f"{missed(release, reading)}.")
                self._wait(_SOON, f"Interrupted while {release} was checked.")

    def regression(self, release: str, seconds: float, wanted: int) -> str:
        """What went wrong with the release and its `wanted` instances while `seconds` passed, or an empty text.

        It is looked at once at least. What a check missed for the first time at the very end is looked at again.

        Raises:
            Interrupted: somebody pressed Ctrl-C.
        """
        end = self.clock.now() + seconds
        failing, looked = [0] * len(self.checks), False
        while (left := end - self.clock.now()) > 0 or any(failing) or not looked:
            if left > 0 or looked:
                self._wait(min(_EVERY, left) if left > 0 else _SOON, f"Interrupted while {release} was watched.")
            looked = True
            self.looked()
            running = self.target.state().instances.get(release, 0)
            if running < wanted:
                return f"{wanted - running} of {wanted} instances of {version_of(release)} ended"
            for number, check in enumerate(self.checks):
                reading = self._ask(check, release, wanted)
                failing[number] = failing[number] + 1 if reading.ok is False else 0
                if failing[number] >= _FAILING:
                    return missed(release, reading)
        return ""

    def _ask(self, check: Check, release: str, instances: int) -> Reading:
        # A place deals requests to the instances in turn: one of them that fails is to be met at every look.
        address = self.target.address(release, past_weights=True)
        reading = check.measure(address)
        for _ in range(instances - 1):
            if reading.ok:
                reading = check.measure(address)
        return replace(reading, value=self.hide(reading.value))

    def _wait(self, seconds: float, why: str) -> None:
        if self.clock.wait(seconds):
            raise Interrupted(why)


def missed(release: str, reading: Reading) -> str:
    """What a release did not stand, in words."""
    limit = f", not {reading.limit}" if reading.limit else ""
    said = f"answered {reading.name} with" if reading.name.startswith("/") else f"missed {reading.name}:"
    return f"{version_of(release)} {said} {reading.value}{limit}"
