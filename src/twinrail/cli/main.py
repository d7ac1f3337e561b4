"""The command line: reads the words, opens the project, hands on, and turns the end into an exit code."""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pkgutil import resolve_name
from types import FrameType

from rich.console import Console

from twinrail.cli.execute import execute
from twinrail.cli.words import Words, read
from twinrail.project.repository import STATE
from twinrail.report.events import RunEnded
from twinrail.report.record import open_record
from twinrail.report.runs import RUN_VARIABLE
from twinrail.system.errors import Interrupted, TwinrailError

# Each is imported only when it is asked: sessions wait neither for them nor for what deploys.
_ANSWERS = {
    "plan": "twinrail.cli.plan:plan",
    "status": "twinrail.cli.status:status",
    "history": "twinrail.cli.history:history",
    "unlock": "twinrail.cli.unlock:unlock",
    "verify-journal": "twinrail.cli.verify_journal:verify_journal",
    "explain": "twinrail.cli.answers:explain",
    "schema": "twinrail.cli.answers:schema",
    "dev": "twinrail.cli.dev:dev",
}


def main(arguments: list[str] | None = None) -> int:
    """The exit code; the only place where an error is printed."""
    words = read(sys.argv[1:] if arguments is None else arguments)
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        answer: Callable[[Words], int] = resolve_name(_ANSWERS[words.verb]) if words.verb in _ANSWERS else execute
        return answer(words)
    except TwinrailError as error:
        _leave_note(error, words)
        return _say(error, words)
    except KeyboardInterrupt:
        return _say(Interrupted("Interrupted."), words)


def _as_interrupt(_: int, __: FrameType | None) -> None:
    # A cancelled job gets SIGTERM: it ends like Ctrl-C, with what is live left serving.
    raise KeyboardInterrupt


def _leave_note(error: TwinrailError, words: Words) -> None:
    # Whoever started this through nox learns the class of the error from the record alone.
    run = os.environ.get(RUN_VARIABLE)
    if run and (words.project / "pyproject.toml").is_file():
        with contextlib.suppress(TwinrailError, OSError):
            record = open_record(words.project / STATE, run)
            record.tell(RunEnded(exit_code=error.exit_code, why=str(error)))
            record.publish()


def _say(error: TwinrailError, words: Words) -> int:
    if words.json:
        told = {"error": type(error).__name__, "exit_code": error.exit_code, "what": error.what, "why": error.why,
                "todo": error.todo}  # fmt: skip
        print(json.dumps(told))
    else:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), markup=False)
        print(f"exit {error.exit_code}", file=sys.stderr)
    return error.exit_code
