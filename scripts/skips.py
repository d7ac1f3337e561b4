"""Fails where a test was skipped that should not be: `skips.py JUNIT...`; `--count` prints the plain totals.

What may be skipped stands below, each with its reason.
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ALLOWED: dict[str, str] = {}
"""The beginning of a skip's message, and why it may be."""


def main(words: list[str]) -> int:
    """0 when no test was skipped but those that may be."""
    counted = "--count" in words
    # Our own pytest wrote these files.
    roots = [ET.parse(Path(name)).getroot() for name in words if name != "--count"]  # noqa: S314
    cases = [case for root in roots for case in root.iter("testcase")]
    skips = [(case, mark) for case in cases for mark in case.findall("skipped")]
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    if counted:
        print(f"{len(cases) - len(skips) - len(failed)} passed, {len(failed)} failed, {len(skips)} skipped")
    wrong = [(case, mark) for case, mark in skips if not mark.get("message", "").startswith(tuple(ALLOWED))]
    for case, mark in wrong:
        print(f"skipped: {case.get('file', '')} {case.get('name')}: {mark.get('message')}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
