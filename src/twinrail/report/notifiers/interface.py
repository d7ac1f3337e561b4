"""What a notifier is told, and what it must do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a run ended. A webhook gets these fields as one JSON object; none is renamed within a major version.

    Attributes:
        run: the run's name.
        project: the project's name.
        version: its version.
        commit: 40 hexadecimal digits, or empty.
        state: passed, failed, waiting or interrupted.
        exit_code: the class of the end, see docs/exit-codes.md.
        seconds: how long it took.
        sessions: the state of each session.
        headlines: the one line that each session said.
    """

    run: str
    project: str
    version: str
    commit: str
    state: str
    exit_code: int
    seconds: float
    sessions: Mapping[str, str]
    headlines: Mapping[str, str]


class Notifier(Protocol):
    """Tells somebody how a run ended; made with the table `notify` of the settings and a way to write to the log."""

    def tell(self, result: Result) -> bool:
        """Whether anybody was told; False when it is not set up.

        Raises:
            Exception: nobody could be told; it is written down, and the run goes on.
        """
