"""Secrets in the files that git knows, by detect-secrets; nothing that it finds leaves the machine."""

import json

from twinrail.report.events import Finding
from twinrail.session.work import Work
from twinrail.system.command import Command
from twinrail.system.files import read_json

SCANNER = "bc-detect-secrets"
"""The scanner's distribution."""
BASELINE = ".secrets.baseline"
"""The file of findings that people looked at and accepted, as detect-secrets writes it."""

# What high entropy marks is nearly always a digest; the scanner's rules for real tokens stay.
_NOISE = ("HexHighEntropyString", "Base64HighEntropyString")
_AT_ONCE = 500
"""How many files a command names, so that it stays within the system's limit."""


def secrets(work: Work) -> tuple[Finding, ...]:
    """The secrets found, without those that stand in the baseline or carry `pragma: allowlist secret`.

    The files are named one by one: told to find them itself, the scanner finds none below the top of a repository.
    """
    scanner = work.tools.standing_alone(SCANNER, program="detect-secrets")
    noise = [word for name in _NOISE for word in ("--disable-plugin", name)]
    accepted = _accepted(work)
    found: list[Finding] = []
    names = _files(work)
    for start in range(0, len(names), _AT_ONCE):
        # --no-verify: the scanner would send what it finds to the service that it belongs to.
        words = ("scan", "--no-verify", *noise, *names[start : start + _AT_ONCE])
        done = work.shell.run(scanner.command(*words, cwd=work.project.root), data=True)
        found += [
            Finding(file=file, line=each["line_number"], title=each["type"], text="this looks like a secret")
            for file, hits in sorted(json.loads(done.stdout)["results"].items())
            for each in hits
            if each["hashed_secret"] not in accepted
        ]
    return tuple(found)


def _files(work: Work) -> list[str]:
    # A lock is a list of digests.
    left_out = {BASELINE, *(path.name for path in work.manager.signs())}
    root = work.project.root
    if work.commit.id:
        command = Command(argv=("git", "ls-files", "-z"), cwd=root)
        names = work.shell.run(command, quiet=True).stdout.split("\0")
    else:
        names = [str(path.relative_to(root)) for path in root.rglob("*") if not path.is_relative_to(work.project.state)]
    return [name for name in names if name and name not in left_out and (root / name).is_file()]


def _accepted(work: Work) -> set[str]:
    baseline = read_json(work.project.root / BASELINE) or {}
    return {each["hashed_secret"] for hits in baseline.get("results", {}).values() for each in hits}
