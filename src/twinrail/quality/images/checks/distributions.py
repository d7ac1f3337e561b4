"""Known advisories in the Python distributions of an image: clean, affected, or unknown, which is no pass."""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from twinrail.quality.advisories import TOOL
from twinrail.quality.images.checks.subject import Subject
from twinrail.quality.images.filesystem import Tree
from twinrail.quality.osv import Advisories, read_export, serve
from twinrail.report.events import Finding
from twinrail.session.work import Work

_METADATA = re.compile(r".*/([A-Za-z0-9][\w.]*)-([^/-]+)(?:-py[^/]*)?\.(?:dist-info/METADATA|egg-info(?:/PKG-INFO)?)")


@dataclass(frozen=True, kw_only=True)
class Audited:
    """What an audit of an image's distributions found.

    Attributes:
        count: how many got an answer.
        findings: advisories that affect one of them.
        unknown: why some or all got no answer; empty when all did.
    """

    count: int
    findings: tuple[Finding, ...]
    unknown: str = ""


def distributions(tree: Tree) -> Mapping[tuple[str, str], str]:
    """Where each distribution of an image was found, by its canonical name and its version."""
    found = ((_METADATA.fullmatch(path), entry) for path, entry in tree.items() if entry.kind == "file")
    return {(canonicalize_name(match[1]), match[2]): entry.shown for match, entry in found if match}


def audit_distributions(work: Work, subject: Subject) -> Audited:
    """The advisories that affect the distributions of an image, without the project itself.

    An answer counts only where it speaks of a distribution: one that was left out, or not found, is unknown.
    """
    found = distributions(subject.archive.tree)
    if not found:
        return Audited(count=0, findings=(), unknown="no Python distribution was found in it")
    here = {each: place for each, place in found.items() if each[0] != canonicalize_name(work.project.name)}
    if not here:
        return Audited(count=0, findings=())
    requirements = work.report("image-requirements.txt")
    requirements.write_text("".join(f"{name}=={version}\n" for name, version in sorted(here)), encoding="utf-8")
    said = _asked(work, requirements)
    try:
        told = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Audited(count=0, findings=(), unknown=f"{TOOL} got no answer from the advisory service")
    return judge(subject, here, told, ignored=frozenset(work.settings.security.ignore))


def judge(
    subject: Subject, here: Mapping[tuple[str, str], str], told: list[dict[str, Any]], *, ignored: frozenset[str]
) -> Audited:
    """What pip-audit's answers mean for the distributions that it was asked about."""
    answers: dict[tuple[str, str], dict[str, Any]] = {
        (canonicalize_name(each["name"]), each["version"]): each for each in told if "skip_reason" not in each
    }
    findings = tuple(
        subject.finding(advisory["id"], f"{name} {version} in {here[name, version]}: {_mend(advisory)}")
        for name, version in sorted(here)
        for advisory in answers.get((name, version), {}).get("vulns", ())
        if not ignored & {advisory["id"], *advisory["aliases"]}
    )
    missing = [f"{name} {version}" for name, version in sorted(here) if (name, version) not in answers]
    rest = f" and {len(missing) - 3} more" if len(missing) > 3 else ""  # noqa: PLR2004
    unknown = f"no answer about {', '.join(missing[:3])}{rest}" if missing else ""
    return Audited(count=len(here) - len(missing), findings=findings, unknown=unknown)


def _asked(work: Work, requirements: Path) -> str:
    tool = work.tools.standing_alone(TOOL)
    options = ("--disable-pip", "--no-deps", "--format=json", "--desc=off", "--progress-spinner=off")
    with _service(work) as service:
        command = tool.command(*options, *service, "-r", str(requirements), cwd=work.project.root)
        return work.shell.run(command, ok=(), data=True).stdout


@contextlib.contextmanager
def _service(work: Work) -> Iterator[tuple[str, ...]]:
    export = work.settings.security.advisories
    if not export:
        yield ()
        return
    with serve(Advisories(read_export(work.project.root / Path(export).expanduser()))) as address:
        yield ("--vulnerability-service=osv", f"--osv-url={address}")


def _mend(advisory: dict[str, Any]) -> str:
    names = ", ".join(advisory["aliases"][:2])
    fixes = advisory["fix_versions"]
    return f"{f'mended in {fixes[-1]}' if fixes else 'no version mends it'}{f' ({names})' if names else ''}"
