"""Known advisories in what is locked, by pip-audit: clean, affected, or unknown, which is no pass."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twinrail.project.manager import line_of
from twinrail.quality.osv import Advisories, read_export, serve
from twinrail.report.events import Finding
from twinrail.session.work import Work
from twinrail.system.command import Finished

TOOL = "pip-audit"


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What an audit found.

    Attributes:
        audited: how many locked packages got an answer.
        findings: advisories that affect one of them.
        unknown: why some or all got no answer; empty when all did.
    """

    audited: int
    findings: tuple[Finding, ...]
    unknown: str = ""


def audit(work: Work) -> Audit:
    """The advisories that affect the locked requirements.

    `--strict` makes pip-audit fail where a look-up was not answered, which otherwise passes for a clean one.
    Only then is it asked again without, to tell which answers are missing.
    """
    requirements = work.requirements("requirements.txt", groups=True)
    with _service(work) as service:
        strict = _ask(work, requirements, "--strict", *service)
        if (answer := _answer(strict)) is not None:
            return _read(answer, work, requirements)
        lenient = _ask(work, requirements, *service)
    if (answer := _answer(lenient)) is None:
        return Audit(audited=0, findings=(), unknown=_reason(strict))
    return _read(answer, work, requirements)


@contextlib.contextmanager
def _service(work: Work) -> Iterator[tuple[str, ...]]:
    export = work.settings.security.advisories
    if not export:
        yield ()
        return
    with serve(Advisories(read_export(work.project.root / Path(export).expanduser()))) as address:
        yield ("--vulnerability-service=osv", f"--osv-url={address}")


def _ask(work: Work, requirements: Path, *words: str) -> Finished:
    tool = work.tools.standing_alone(TOOL)
    options = ("--disable-pip", "--no-deps", "--format=json", "--desc=off", "--progress-spinner=off")
    command = tool.command(*options, *words, "-r", str(requirements), *work.words, cwd=work.project.root)
    return work.shell.run(command, ok=(), data=True)


def _answer(done: Finished) -> dict[str, Any] | None:
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        return None
    return answer


def _read(answer: dict[str, Any], work: Work, requirements: Path) -> Audit:
    packages = answer["dependencies"]
    missing = [each["name"] for each in packages if "skip_reason" in each]
    ignored = set(work.settings.security.ignore)
    lock = work.manager.signs()[0]
    findings = tuple(
        Finding(
            file=lock.relative_to(work.project.root).as_posix(),
            line=line_of(lock, each["name"]) or 1,
            title=advisory["id"],
            text=f"{each['name']} {each['version']}: {_mend(advisory)}",
        )
        for each in packages
        for advisory in each.get("vulns", ())
        if not ignored & {advisory["id"], *advisory["aliases"]}
    )
    unknown = f"no answer about {', '.join(missing[:3])}{_more(len(missing) - 3)}" if missing else ""
    if not packages and requirements.read_text(encoding="utf-8").strip():
        unknown = "pip-audit audited nothing"
    return Audit(audited=len(packages) - len(missing), findings=findings, unknown=unknown)


def _mend(advisory: dict[str, Any]) -> str:
    names = ", ".join(advisory["aliases"][:2])
    fixes = advisory["fix_versions"]
    return f"{f'mended in {fixes[-1]}' if fixes else 'no version mends it'}{f' ({names})' if names else ''}"


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _reason(done: Finished) -> str:
    lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR") or "Error" in line] or [done.tail]
    return lines[-1].removeprefix("ERROR:pip_audit._cli:")[:160]
