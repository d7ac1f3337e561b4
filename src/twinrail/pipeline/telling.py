"""What the run record is told of a session: how it ended, and each command that it ran."""

from twinrail.report.events import CommandRan, SessionEnded, State
from twinrail.session.outcome import Outcome, failed
from twinrail.system.called import again
from twinrail.system.command import Finished
from twinrail.system.errors import Interrupted, ToolError, TwinrailError, Waiting


def outcome_of(error: Exception) -> Outcome:
    """How a session ended that raised an error."""
    if isinstance(error, OSError):
        about = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return failed(about, exit_code=ToolError.exit_code)
    if not isinstance(error, TwinrailError):
        advice = "This is a fault of Twinrail. The session's log holds the traceback; please report it."
        return failed(f"{type(error).__name__}: {error}", exit_code=TwinrailError.exit_code, detail=advice)
    first, *rest = str(error).splitlines()
    state: State = "failed"
    if isinstance(error, Waiting | Interrupted):
        state = "waiting" if isinstance(error, Waiting) else "interrupted"
    return Outcome(state=state, headline=first, exit_code=error.exit_code, detail="\n".join(rest))


def ended(
    name: str, outcome: Outcome, seconds: float, words: tuple[str, ...], *, own: tuple[str, ...] = ()
) -> SessionEnded:
    """How a session ended after `seconds`, with the command that runs it once more where it did not pass.

    Args:
        name: the session.
        outcome: what came out.
        seconds: how long it took.
        words: what its tool was told.
        own: what the session itself was told.
    """
    chosen = own or outcome.words or words
    return SessionEnded(
        session=name,
        state=outcome.state,
        seconds=round(seconds, 3),
        headline=outcome.headline,
        exit_code=outcome.exit_code,
        detail=outcome.detail,
        again=again(name, *chosen, tool=not own) if outcome.exit_code else "",
        findings=outcome.findings,
        readings=outcome.readings,
        artifacts=outcome.artifacts,
    )


def command_ran(session: str, done: Finished) -> CommandRan:
    """A command that a session ran, the values of secrets masked."""
    command = done.command
    return CommandRan(
        session=session,
        command=str(command),
        argv=command.argv,
        directory=str(command.cwd),
        env={name: "***" if name in command.secrets else value for name, value in command.env.items()},
        tool=command.tool,
        returncode=done.returncode,
        seconds=round(done.seconds, 3),
    )
