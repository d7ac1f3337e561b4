"""cyclonedx-py with its own words, sooner: `python -I cyclonedx.py requirements …`, where it is installed.

Who validates imports rfc3987_syntax, which makes a parser of each of 38 rules before it is asked for any. Here each is
made when it is first asked: the same answers, a second earlier. Imports nothing else of the pack.
"""

import contextlib
import importlib
import runpy
import sys
from types import ModuleType
from typing import Any


class Later:
    """A parser that is made when it is first used."""

    def __init__(self, make: Any, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        self._how = make, given, named
        self._made: Any = None

    def parse(self, *given: Any, **named: Any) -> Any:
        """What the parser makes of a text."""
        if self._made is None:
            make, words, options = self._how
            self._made = make(*words, **options)
        return self._made.parse(*given, **named)


def import_with_parsers_later(name: str, lark: ModuleType) -> None:
    """Imports a module that makes parsers of lark: each of them is made when it is first used."""
    made = lark.Lark
    lark.Lark = lambda *given, **named: Later(made, given, named)  # type: ignore[attr-defined]
    try:
        importlib.import_module(name)
    finally:
        lark.Lark = made  # type: ignore[attr-defined]


def main() -> None:
    """Runs cyclonedx-py."""
    # Another version of the tool may do without either of them.
    with contextlib.suppress(ImportError):
        import_with_parsers_later("rfc3987_syntax", importlib.import_module("lark"))
    sys.argv[0] = "cyclonedx-py"
    runpy.run_module("cyclonedx_py", run_name="__main__")


if __name__ == "__main__":
    main()
