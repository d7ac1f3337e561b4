"""security: bandit over the packages, advisories against the lock, secrets in the files."""

import json

from twinrail.quality.advisories import Audit, audit
from twinrail.quality.secrets import secrets
from twinrail.report.events import Finding, Reading
from twinrail.session.outcome import Outcome, failed
from twinrail.session.work import Work
from twinrail.system.errors import ToolError
from twinrail.system.github import on_github


def security(work: Work) -> Outcome:
    """What the three scanners found; advisories that could not be asked for are unknown, not clean."""
    work.progress("advisories")
    audited = audit(work)
    work.progress("bandit")
    code = bandit(work)
    work.progress("secrets")
    leaks = secrets(work) if work.settings.security.secrets else ()
    headline = " · ".join([_advisories(audited), _count(len(leaks), "secret"), _count(len(code), "finding")])
    reading = Reading(name="advisories", value="unknown" if audited.unknown else str(len(audited.findings)))
    findings = (*audited.findings, *leaks, *code)
    if findings:
        return failed(headline, findings=findings, detail=audited.unknown, readings=(reading,))
    if not audited.unknown:
        return Outcome(state="passed", headline=headline, readings=(reading,))
    if _unknown_fails(work.settings.security.unknown):
        return failed(headline, detail=_advice(audited), readings=(reading,))
    return Outcome(state="unknown", headline=headline, detail=_advice(audited), readings=(reading,))


def bandit(work: Work) -> tuple[Finding, ...]:
    """Bandit's findings of medium severity and above in the packages."""
    if not work.project.packages:
        return ()
    tool = work.tools.standing_alone("bandit")
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


def _unknown_fails(setting: str) -> bool:
    return setting == "fail" or (setting == "fail-on-github" and on_github())


def _advisories(audited: Audit) -> str:
    if audited.findings:
        return _count(len(audited.findings), "known advisory", "known advisories")
    if audited.unknown:
        return "advisories unknown"
    return f"no known advisory in {_count(audited.audited, 'locked package')}"


def _advice(audited: Audit) -> str:
    return (
        f"The advisory service did not answer: {audited.unknown}.\n"
        'Audit off the net with an export of OSV:  [tool.twinrail.security] advisories = "FILE"'
    )


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
