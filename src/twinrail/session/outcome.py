"""How a session ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from twinrail.report.events import Finding, Reading, State
from twinrail.system.errors import SessionFailed


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a session ended.

    Attributes:
        state: passed, failed, off (it had nothing to do), waiting.
        headline: one line for the screen: `214 passed · coverage 93 %`, or the reason.
        exit_code: the class of the end; 0 unless failed or waiting.
        detail: more lines for the screen, where one is not enough.
        words: the words after `--` that run just what failed once more.
        findings: what the tools found.
        readings: what was measured.
        artifacts: what was made, digest by name.
    """

    state: State
    headline: str
    exit_code: int = 0
    detail: str = ""
    words: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    readings: tuple[Reading, ...] = ()
    artifacts: Mapping[str, str] = field(default_factory=dict)


def passed(headline: str, *, readings: tuple[Reading, ...] = (), artifacts: Mapping[str, str] | None = None) -> Outcome:
    """A session that found nothing wrong."""
    return Outcome(state="passed", headline=headline, readings=readings, artifacts=artifacts or {})


def off(reason: str) -> Outcome:
    """A session that has nothing to do in this project."""
    return Outcome(state="off", headline=reason)


def failed(
    headline: str,
    *,
    exit_code: int = SessionFailed.exit_code,
    detail: str = "",
    words: tuple[str, ...] = (),
    findings: tuple[Finding, ...] = (),
    readings: tuple[Reading, ...] = (),
) -> Outcome:
    """A session whose tool found something wrong."""
    return Outcome(
        state="failed",
        headline=headline,
        exit_code=exit_code,
        detail=detail,
        words=words,
        findings=findings,
        readings=readings,
    )
