"""Progress of long work: a line that changes in a terminal, a plain line now and then where it is piped."""

import sys
import time
from dataclasses import dataclass
from typing import IO

EVERY = {True: 0.5, False: 10.0}
"""Seconds between two lines, in a terminal and elsewhere."""


@dataclass
class Teller:
    """Tells where a part stands.

    Attributes:
        part: its name.
        out: where.
    """

    part: str
    out: IO[str] = sys.stderr
    _last: float = 0.0

    def __call__(self, text: str) -> None:
        """Says it, unless something was said just now."""
        terminal = self.out.isatty()
        if time.monotonic() - self._last < EVERY[terminal]:
            return
        self._last = time.monotonic()
        line = f"{self.part}: {text}"
        self.out.write(f"\r\x1b[2K{line[:150]}" if terminal else f"{line}\n")
        self.out.flush()

    def end(self, text: str) -> None:
        """Says the last word."""
        self.out.write(("\r\x1b[2K" if self.out.isatty() else "") + f"{self.part}: {text}\n")
        self.out.flush()
