"""What can go wrong, a class each, and the exit code that says so.

The codes are part of the interface: a script may tell a failing test (1) from a mistake in the
settings (3) and from a release that was turned back (20). `docs/exit-codes.md` is made from this file.
"""

from dataclasses import dataclass, field
from typing import ClassVar


class TwinrailError(Exception):
    """An error that a person can understand and act on; the door prints it without a traceback.

    Attributes:
        what: what happened and where, one sentence.
        why: what the cause may be; empty when the first sentence says it.
        todo: what to do about it, with the command where there is one.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, why: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.todo = todo

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"  {line}" for line in (self.why, self.todo) if line)])


class SessionFailed(TwinrailError):
    """A session's tool found something wrong with the project."""

    exit_code = 1


class UsageError(TwinrailError):
    """The command line makes no sense."""

    exit_code = 2


@dataclass(frozen=True, order=True)
class Mistake:
    """One wrong place in a settings file.

    Attributes:
        line: counted from 1; 0 when the place is not known.
        column: counted from 1; 0 when the place is not known.
        file: the file's name as the user would type it.
        key: the dotted path of the key, `tool.twinrail.test.coverage`.
        text: what was expected, and a guess where there is one.
    """

    line: int
    column: int
    file: str = field(compare=False)
    key: str
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}  {self.key}\n  {self.text}"


class SettingsError(TwinrailError):
    """The settings are wrong: every mistake at once, before anything is done."""

    exit_code = 3

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        count = f"{len(mistakes)} mistake{'s' if len(mistakes) != 1 else ''}, nothing was changed."
        super().__init__("\n".join([*(str(mistake) for mistake in mistakes), "", count]))
        self.mistakes = mistakes


class ProjectError(TwinrailError):
    """The repository at hand lacks something that the session needs: a lock, a commit, tests."""

    exit_code = 4


class ToolError(TwinrailError):
    """A tool cannot be installed or started, or ends in a way that is no answer."""

    exit_code = 5


class RecordError(TwinrailError):
    """The run record cannot be written, a full disk for example."""

    exit_code = 6


class RegistryError(TwinrailError):
    """A registry of images does not answer, refuses the login, or does not have what it should have."""

    exit_code = 7


class TurnedBack(TwinrailError):
    """A release did not stand its checks or gates; the one before it serves again, or still."""

    exit_code = 20


class PlanRefused(TwinrailError):
    """The target cannot make what the strategy asks for; refused before the first move."""

    exit_code = 21


class PlaceTaken(TwinrailError):
    """A port, or the lease of an environment, is held by someone else."""

    exit_code = 22


class MoveFailed(TwinrailError):
    """The target could not make a move."""

    exit_code = 23


class LedgerError(TwinrailError):
    """The ledger of an environment does not read as it was written."""

    exit_code = 24


class LeaseLost(LedgerError):
    """The lease of an environment has passed to someone else: this deploy touches nothing there any more."""

    exit_code = 27


class NotProtected(TwinrailError):
    """An environment of GitHub that is to ask people does not say that it does."""

    exit_code = 25


class Superseded(TwinrailError):
    """A newer release is live where this one wants to go; a way back is asked for on purpose."""

    exit_code = 26


class NotSigned(TwinrailError):
    """An image has no provenance that one of the signers in the settings has signed: it is deployed nowhere."""

    exit_code = 28


class Waiting(TwinrailError):
    """A gate waits: neither success nor failure (75 is `EX_TEMPFAIL` of sysexits.h)."""

    exit_code = 75


class Interrupted(TwinrailError):
    """Somebody pressed Ctrl-C, or the runner was cancelled (128 + SIGINT)."""

    exit_code = 130
