"""The notifier `log`: a line in the session's log."""

from collections.abc import Callable
from dataclasses import dataclass

from twinrail.project.settings import Notify
from twinrail.report.notifiers.interface import Result


@dataclass(frozen=True, kw_only=True)
class Log:
    """Writes a line to the log."""

    settings: Notify
    say: Callable[[str], None]

    def tell(self, result: Result) -> bool:
        """The run in one line."""
        wrong = [name for name, state in result.sessions.items() if state not in {"passed", "off"}]
        about = f": {', '.join(f'{name} {result.sessions[name]}' for name in wrong)}" if wrong else ""
        self.say(f"{result.project} {result.version} {result.state}{about} (run {result.run})")
        return True
