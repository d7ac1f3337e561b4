"""The time as the machine has it; tests have one of their own, in which hours pass at once."""

import time
from dataclasses import dataclass, field
from threading import Event as Flag


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock; its waits end when `interrupted` is set."""

    interrupted: Flag = field(default_factory=Flag)

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def wait(self, seconds: float) -> bool:
        """Lets time pass; whether somebody interrupted it."""
        return self.interrupted.wait(seconds)
