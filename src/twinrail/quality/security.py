"""security: bandit over the packages, advisories against the lock, secrets in the files."""

import json
from dataclasses import dataclass

from twinrail.quality.advisories import TOOL as AUDITOR
from twinrail.quality.advisories import Audit, audit
from twinrail.quality.secrets import SCANNER, secrets
from twinrail.report.events import Finding, Reading
from twinrail.report.sarif import Judged
from twinrail.session.outcome import Outcome, failed
from twinrail.session.work import Work
from twinrail.system.errors import ToolError
from twinrail.system.github import on_github
from twinrail.system.units import show_count

_BANDIT = "bandit"


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What the three scanners found.

    Attributes:
        advisories: what the audit of the lock found, and whether it got its answers.
        secrets: what looks like a secret.
        code: what is dangerous in the packages.
    """

    advisories: Audit
    secrets: tuple[Finding, ...]
    code: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that was found."""
        return (*self.advisories.findings, *self.secrets, *self.code)

    @property
    def headline(self) -> str:
        """`no known advisory in 70 locked packages · 0 secrets · 0 findings`."""
        counted = show_count(len(self.secrets), "secret"), show_count(len(self.code), "finding")
        return " · ".join([_advisories(self.advisories), *counted])


def security(work: Work) -> Outcome:
    """What the three scanners found; advisories that could not be asked for are unknown, not clean."""
    examined = examine(work)
    return conclude(work, examined, headline=examined.headline)


def examine(work: Work) -> Examined:
    """What the three scanners found.

    Raises:
        ToolError: one of them gave no answer.
    """
    work.progress("advisories")
    audited = audit(work)
    work.progress("bandit")
    code = bandit(work)
    work.progress("secrets")
    leaks = secrets(work) if work.settings.security.secrets else ()
    return Examined(advisories=audited, secrets=leaks, code=code)


def conclude(
    work: Work, examined: Examined, *, headline: str, more: tuple[Finding, ...] = (), detail: str = ""
) -> Outcome:
    """What the scanners' findings, and those of others, mean: failed, unknown as the settings say, or passed."""
    audited, findings = examined.advisories, (*examined.findings, *more)
    value = "unknown" if audited.unknown else str(len(audited.findings))
    readings = (Reading(name="advisories", value=value),)
    if findings:
        told = _lines(audited.unknown, detail)
        return failed(headline, findings=findings, detail=told, readings=readings)
    if not audited.unknown:
        return Outcome(state="passed", headline=headline, detail=detail, readings=readings)
    told = _lines(_advice(audited), detail)
    if unknown_fails(work.settings.security.unknown):
        return failed(headline, detail=told, readings=readings)
    return Outcome(state="unknown", headline=headline, detail=told, readings=readings)


def judged(work: Work, examined: Examined) -> tuple[Judged, ...]:
    """What each scanner found, under its name; one that was not asked, or got no answer, is left out."""
    audited = examined.advisories
    found = {
        AUDITOR: audited.findings if audited.findings or not audited.unknown else None,
        SCANNER: examined.secrets if work.settings.security.secrets else None,
        _BANDIT: examined.code if work.project.packages else None,
    }
    versions = {name: work.tools.standing_alone(name).version for name, each in found.items() if each is not None}
    return tuple(Judged(tool=name, version=versions[name], findings=each) for name, each in found.items()
                 if each is not None)  # fmt: skip


def bandit(work: Work) -> tuple[Finding, ...]:
    """Bandit's findings of medium severity and above in the packages."""
    if not work.project.packages:
        return ()
    tool = work.tools.standing_alone(_BANDIT)
    configured = "bandit" in work.project.data.get("tool", {})
    options = ("--configfile", "pyproject.toml") if configured else ()
    command = tool.command(
        "--quiet", "--format=json", "--severity-level=medium", *options, "-r", *work.project.packages,
        cwd=work.project.root,
    )  # fmt: skip
    done = work.shell.run(command, ok=(0, 1), data=True)
    try:
        answer = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise ToolError("bandit's answer cannot be read.", why=done.tail) from error
    if answer["errors"]:
        raise ToolError(f"bandit could not read {answer['errors'][0]['filename']}.", why=answer["errors"][0]["reason"])
    return tuple(
        Finding(file=each["filename"].removeprefix("./"), line=each["line_number"], title=each["test_id"],
                text=each["issue_text"])
        for each in answer["results"]
    )  # fmt: skip


def unknown_fails(setting: str) -> bool:
    """Whether an advisory service that does not answer fails a session, as `security.unknown` says."""
    return setting == "fail" or (setting == "fail-on-github" and on_github())


def _advisories(audited: Audit) -> str:
    if audited.findings:
        return show_count(len(audited.findings), "known advisory", "known advisories")
    if audited.unknown:
        return "advisories unknown"
    return f"no known advisory in {show_count(audited.audited, 'locked package')}"


def _advice(audited: Audit) -> str:
    return (
        f"The advisory service did not answer: {audited.unknown}.\n"
        'Audit off the net with an export of OSV:  [tool.twinrail.security] advisories = "FILE"'
    )


def _lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))
