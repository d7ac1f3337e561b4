"""Known advisories in an image's packages of the operating system, from the export that the settings name."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from twinrail.quality.images.checks.debian import affected
from twinrail.quality.images.checks.subject import Subject
from twinrail.quality.osv import read_export
from twinrail.report.events import Finding, Reading
from twinrail.session.work import Work
from twinrail.system.units import show_count

_ECOSYSTEMS = {"debian": "Debian", "ubuntu": "Ubuntu"}


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package of Debian or Ubuntu.

    Attributes:
        source: the package that it was built from, which advisories speak of.
        version: the version of that.
        name: its own name.
        ecosystem: whose advisories speak of it: `Debian:12`.
    """

    source: str
    version: str
    name: str
    ecosystem: str


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """What was found in an image's packages of the operating system; `note` says what is not known, or is empty."""

    findings: tuple[Finding, ...]
    reading: Reading
    note: str = ""


def audit_system(work: Work, subject: Subject, bill: Path) -> Surveyed:
    """The advisories that a package of the operating system is affected by, and that a newer one mends.

    Those that nothing mends yet are counted in the reading.

    Raises:
        ProjectError: there is no such export, or it does not read as one.
    """
    packages = packages_of(json.loads(bill.read_text(encoding="utf-8")).get("components", ()))
    if not packages:
        return _unknown("the image holds no list of packages of Debian or Ubuntu")
    export = work.settings.security.advisories
    if not export:
        return _unknown(f"no export of advisories is named to hold its {len(packages)} packages against "
                        "([tool.twinrail.security] advisories)")  # fmt: skip
    asked = {each.ecosystem for each in packages}
    told = about(read_export(work.project.root / Path(export).expanduser()), asked)
    if not told:
        return _unknown(f"{export} holds no advisory for {', '.join(sorted(asked))}")
    return judge(subject, packages, told, ignored=frozenset(work.settings.security.ignore))


def packages_of(components: Iterable[Mapping[str, Any]]) -> tuple[Package, ...]:
    """The packages of Debian and Ubuntu that a bill of materials names."""
    found: list[Package] = []
    for each in components:
        kind, _, rest = str(each.get("purl", "")).partition("/")
        place, _, words = rest.partition("?")
        if kind != "pkg:deb" or "@" not in place:
            continue
        name, _, version = place.partition("/")[2].partition("@")
        told = parse_qs(words)
        system, _, release = told.get("distro", [""])[0].partition("-")
        source, _, source_version = told.get("upstream", [""])[0].partition("@")
        if system in _ECOSYSTEMS and release:
            found.append(Package(
                source=source or unquote(name), version=source_version or unquote(version), name=unquote(name),
                ecosystem=f"{_ECOSYSTEMS[system]}:{release}",
            ))  # fmt: skip
    return tuple(found)


_About = Mapping[tuple[str, str], list[tuple[Mapping[str, Any], Mapping[str, Any]]]]


def about(advisories: Iterable[Mapping[str, Any]], ecosystems: set[str]) -> _About:
    """What is said of each package of some ecosystems: advisory and its `affected` entry, by ecosystem and name."""
    found: dict[tuple[str, str], list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = defaultdict(list)
    for advisory in advisories:
        for entry in () if advisory.get("withdrawn") else advisory.get("affected", ()):
            named = str(entry.get("package", {}).get("ecosystem", ""))
            # Ubuntu's have more words at their end: `Ubuntu:22.04:LTS`.
            ecosystem = ":".join(named.split(":")[:2])
            if ecosystem in ecosystems:
                found[ecosystem, entry["package"]["name"]].append((advisory, entry))
    return found


def judge(subject: Subject, packages: Iterable[Package], told: _About, *, ignored: frozenset[str]) -> Surveyed:
    """What the advisories mean for the packages: one finding an advisory and source that an update would mend."""
    findings: dict[tuple[str, str], Finding] = {}
    unmended: set[tuple[str, str]] = set()
    for package in packages:
        for advisory, entry in told.get((package.ecosystem, package.source), ()):
            names = {advisory["id"], *advisory.get("aliases", ()), *advisory.get("upstream", ())}
            hit, mend = affected(entry, package.version)
            key = advisory["id"], package.source
            if not hit or ignored & names:
                continue
            if not mend:
                unmended.add(key)
                continue
            text = f"{package.name} {package.version} of {package.ecosystem}: mended in {mend}"
            findings.setdefault(key, subject.finding(advisory["id"], text))
    mendable = show_count(len(findings), "known advisory", "known advisories")
    value = f"{mendable}, {len(unmended)} more that nothing mends"
    return Surveyed(findings=tuple(findings.values()), reading=Reading(name="system packages", value=value))


def _unknown(why: str) -> Surveyed:
    note = f"Advisories of the operating system's packages are unknown: {why}."
    return Surveyed(findings=(), reading=Reading(name="system packages", value="unknown"), note=note)
