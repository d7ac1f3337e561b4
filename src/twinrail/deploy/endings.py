"""How a rollout ends that does not arrive: the errors, and what they say."""

import contextlib
from collections.abc import Callable, Sequence

from twinrail.deploy.making import GateShut, GateWaits
from twinrail.deploy.plans import Plan
from twinrail.report.events import Finding, Reading
from twinrail.system.called import again
from twinrail.system.errors import Interrupted, MoveFailed, RecordError, TurnedBack, TwinrailError, Waiting

_LINES = 5
"""How many of a release's last words are told."""


class ReleaseTurnedBack(TurnedBack):
    """A release was turned back; carries what the gate that shut found."""

    findings: tuple[Finding, ...] = ()
    readings: tuple[Reading, ...] = ()


class RolloutPaused(Waiting):
    """A gate waits in the middle of a rollout: it stays as it is until somebody goes on."""


def paused(plan: Plan, waits: GateWaits) -> RolloutPaused:
    """The rollout stays as it is."""
    return RolloutPaused(f"{plan.release.version} waits: {waits}", todo=waits.answer.todo)


def turned_back(plan: Plan, error: Exception, words: str = "") -> ReleaseTurnedBack | Interrupted:
    """The way back was made, because of `error`."""
    if isinstance(error, Interrupted):
        return Interrupted(f"{what(error)} {plan.serving}")
    turned = ReleaseTurnedBack(f"{plan.release.version} was turned back: {what(error)}", why=f"{plan.serving}{words}")
    if isinstance(error, GateShut):
        turned.findings, turned.readings = error.answer.findings, error.answer.readings
    return turned


def untouched(plan: Plan, error: Exception) -> TwinrailError:
    """Nothing had to be taken back."""
    known = error if isinstance(error, TwinrailError) else MoveFailed(what(error))
    known.why = known.why or plan.untouched
    return known


def contracted(plan: Plan, error: Exception, environment: str) -> TwinrailError:
    """The release serves, and there is no way back."""
    kind, first = (Interrupted, "Go") if isinstance(error, Interrupted) else (MoveFailed, "Mend it, then go")
    return kind(
        f"{plan.release.version} serves all traffic, and is not done: {what(error)}",
        why="Its database may have been contracted, so no way leads back.",
        todo=f"{first} on:  {again('resume', environment, tool=False)}",
    )


def stuck(before: str, error: Exception, environment: str) -> TwinrailError:
    """The way back failed too; `before` says what it was for."""
    kind = Interrupted if isinstance(error, Interrupted) else MoveFailed
    return kind(f"{before} {what(error)}", todo=_mended(environment))


def not_written(before: str, error: TwinrailError, environment: str) -> RecordError:
    """What `before` says is so, and the journal does not know."""
    return RecordError(f"{before}, and that could not be written down: {error.what}", todo=_mended(environment))


def last_words(plan: Plan, error: Exception, log: Callable[[str], Sequence[str]]) -> str:
    """What the release said last, where what happened does not tell it already."""
    lines: Sequence[str] = ()
    if isinstance(error, GateShut):
        with contextlib.suppress(Exception):  # the way back is worth more than last words
            lines = [line for line in log(plan.release.name) if line.strip()][-_LINES:]
    return "\n".join([f"\nLast words of {plan.release.version}:", *(f"  {line}" for line in lines)]) if lines else ""


def what(error: Exception) -> str:
    """What happened, of any error."""
    return error.what if isinstance(error, TwinrailError) else f"{type(error).__name__}: {error}"


def _mended(environment: str) -> str:
    return f"Once that is mended:  {again('resume', environment, tool=False)}"
