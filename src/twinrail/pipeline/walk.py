"""Walks the graph: what can run side by side does, what stands on a failure does not run, `always` comes last."""

import os
from collections.abc import Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from twinrail.pipeline.run import Run
from twinrail.pipeline.structure import Session
from twinrail.report.events import SessionEnded, State
from twinrail.system.errors import Interrupted

_GO_ON = frozenset({"passed", "unknown", "off"})


def walk(run: Run, sessions: tuple[Session, ...], *, workers: int | None = None) -> dict[str, SessionEnded]:
    """How each session ended, by name.

    Ctrl-C ends what runs, and what has not begun does not; `always` sessions are run all the same.

    Raises:
        RecordError: the run record cannot be written; what ran was ended.
    """
    usual = tuple(each for each in sessions if not each.always)
    ended: dict[str, SessionEnded] = {}
    with ThreadPoolExecutor(workers or os.cpu_count() or 2) as pool:
        running: dict[Future[SessionEnded], str] = {}
        while True:
            _skip(run, usual, ended, running.values())
            for each in ready(usual, ended, running.values()):
                running[pool.submit(run.session, each.name, words=_words(run, each))] = each.name
            if not running:
                break
            for future in _next(run, running):
                ended[running.pop(future)] = future.result()
    for each in sessions:
        if each.always:
            ended[each.name] = run.session(each.name)
    return ended


def ready(sessions: tuple[Session, ...], ended: Mapping[str, SessionEnded], running: Collection[str]) -> list[Session]:
    """The sessions that can begin now: all that they come after, of those that take part, has passed."""
    names, busy = {each.name for each in sessions}, set(running)
    return [
        each
        for each in sessions
        if each.name not in ended
        and each.name not in busy
        and all(name in ended and ended[name].state in _GO_ON for name in each.after if name in names)
    ]


def blocked(sessions: tuple[Session, ...], ended: Mapping[str, SessionEnded]) -> list[tuple[Session, str]]:
    """The sessions that can no longer begin, each with the one that stands in its way."""
    return [
        (each, name)
        for each in sessions
        if each.name not in ended
        for name in [one for one in each.after if one in ended and ended[one].state not in _GO_ON][:1]
    ]


def exit_code(sessions: tuple[Session, ...], ended: Mapping[str, SessionEnded]) -> int:
    """The class of a run: of the first failure in the pipeline's order, else of what waits, else 0."""
    ends = [ended[each.name] for each in sessions if each.name in ended]
    for state in ("interrupted", "failed", "waiting"):
        for each in ends:
            if each.state == state:
                return each.exit_code
    return 0


def _words(run: Run, session: Session) -> tuple[str, ...]:
    return run.words if session.tool else ()


def _skip(run: Run, sessions: tuple[Session, ...], ended: dict[str, SessionEnded], running: Collection[str]) -> None:
    while found := blocked(sessions, ended):
        for each, because in found:
            ended[each.name] = _not_run(run, each.name, _why(ended[because]))
    if run.stopped:
        busy = set(running)
        for each in sessions:
            if each.name not in ended and each.name not in busy:
                ended[each.name] = _not_run(
                    run, each.name, "interrupted", state="interrupted", code=Interrupted.exit_code
                )


def _why(before: SessionEnded) -> str:
    # What did not run stands in nobody's way by itself: the first cause is passed on.
    if before.state == "not run":
        return before.headline
    return f"{before.session} {'waits' if before.state == 'waiting' else 'failed'}"


def _not_run(run: Run, name: str, why: str, *, state: State = "not run", code: int = 0) -> SessionEnded:
    event = SessionEnded(session=name, state=state, seconds=0.0, headline=why, exit_code=code)
    run.record.tell(event)
    return event


def _next(run: Run, running: Mapping[Future[SessionEnded], str]) -> set[Future[SessionEnded]]:
    try:
        return wait(running, return_when=FIRST_COMPLETED).done
    except KeyboardInterrupt:
        run.interrupt()
        return wait(running).done
