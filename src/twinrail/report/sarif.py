"""Findings as SARIF 2.1.0, the form in which GitHub's code scanning takes them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import quote

from twinrail.report.events import Finding
from twinrail.system.files import digest

VERSION = "2.1.0"
"""The version of the form."""

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HELP = "The message says what {} found. `nox -s scan` tells it too."


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What one tool found.

    Attributes:
        tool: its name.
        version: its version.
        findings: what it found.
        note: what a reader of the result should know of how it looked.
    """

    tool: str
    version: str
    findings: tuple[Finding, ...]
    note: str = ""

    def only(self, findings: tuple[Finding, ...]) -> Self:
        """The same with some of the findings."""
        return replace(self, findings=findings)


def sarif(judged: Sequence[Judged], *, name: str, prefix: str = "") -> dict[str, Any]:
    """The SARIF document: a run for each tool, in which every finding is an error.

    Args:
        judged: what each tool found; one that could not look is left out, lest what it found before count as mended.
        name: what tells this scan from others of the same repository.
        prefix: the project's folder below the repository's top, with a slash at its end, or empty.
    """
    return {"$schema": _SCHEMA, "version": VERSION, "runs": [_run(each, name, prefix) for each in judged]}


def _run(judged: Judged, name: str, prefix: str) -> dict[str, Any]:
    rules = sorted({each.title for each in judged.findings})
    return {
        "tool": {
            "driver": {
                "name": judged.tool,
                "version": judged.version,
                "rules": [_rule(each, judged.tool) for each in rules],
            }
        },
        # What stands before the last slash tells GitHub which earlier results these take the place of.
        "automationDetails": {"id": f"twinrail/{name}/"},
        "columnKind": "unicodeCodePoints",
        "results": list(_results(judged, rules, prefix)),
    }


def _rule(title: str, tool: str) -> dict[str, Any]:
    # Every key is one that GitHub demands.
    texts = {"shortDescription": title, "fullDescription": f"{title}, a rule of {tool}.", "help": _HELP.format(tool)}
    return {"id": title, **{key: {"text": text} for key, text in texts.items()}}


def _results(judged: Judged, rules: list[str], prefix: str) -> Iterator[dict[str, Any]]:
    alike: Counter[str] = Counter()
    for each in judged.findings:
        text = each.text or each.title
        # Without the line: what moved is what it was.
        print_ = digest(judged.tool, each.title, each.file, text)[:16]
        alike[print_] += 1
        yield {
            "ruleId": each.title,
            "ruleIndex": rules.index(each.title),
            "level": "error",
            "message": {"text": text},
            "locations": [_location(each, prefix)] if each.file else [],
            "partialFingerprints": {"primaryLocationLineHash": f"{print_}:{alike[print_]}"},
        }


def _location(finding: Finding, prefix: str) -> dict[str, Any]:
    artifact = {"uri": quote(f"{prefix}{finding.file}"), "uriBaseId": "%SRCROOT%"}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": max(finding.line, 1)}}}
