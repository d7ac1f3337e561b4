"""Waits until services are healthy, and tells what becomes of them meanwhile."""

import time
from dataclasses import dataclass

from twinrail.deploy.development.containers import Container, lacking
from twinrail.deploy.development.stack import DevStack
from twinrail.session.work import Work
from twinrail.system.errors import Interrupted
from twinrail.system.units import show_duration

_EVERY = 0.5
"""Seconds between two looks."""
_LINES = 12
"""How many of its last lines a service that failed is asked for."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A service that does not get there: which, how it is, its last lines."""

    what: str
    lines: str


def await_healthy(work: Work, stack: DevStack, services: tuple[str, ...]) -> Trouble | None:
    """None as soon as all of them are healthy, or what hinders one.

    Raises:
        Interrupted: somebody pressed Ctrl-C meanwhile.
        ToolError: the engine does not answer.
        PlaceTaken: the stack was started from another folder.
    """
    until = time.monotonic() + stack.settings.wait
    told = ""
    while True:
        there = [each for each in stack.containers() if each.service in services]
        if failed := next((each for each in there if each.standing == "failed"), None):
            return Trouble(what=f"{failed.service} is {failed.words}", lines=_last_lines(stack, failed))
        waited = ", ".join(lacking(services, there))
        if not waited:
            return None
        if time.monotonic() > until:
            late = next((each for each in there if each.standing == "waits"), None)
            lines = _last_lines(stack, late) if late else ""
            return Trouble(what=f"after {show_duration(stack.settings.wait)}: {waited}", lines=lines)
        if waited != told:
            work.progress(f"waiting: {waited}")
        told = waited
        if work.interrupted.wait(_EVERY):
            raise Interrupted("Interrupted while services were starting; they run on.")


def _last_lines(stack: DevStack, container: Container) -> str:
    done = stack.engine.ask("logs", f"--tail={_LINES}", container.id)
    text = f"{done.stdout}{done.stderr}"
    for value in stack.secrets.values():
        text = text.replace(value, "***")
    return text.rstrip()
