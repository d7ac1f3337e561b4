"""Secrets in the files that git knows, by detect-secrets; nothing that it finds leaves the machine."""

import json

from twinrail.report.events import Finding
from twinrail.session.work import Work
from twinrail.system.files import read_json

BASELINE = ".secrets.baseline"
"""The file of findings that people looked at and accepted, as detect-secrets writes it."""

# What high entropy marks is nearly always a digest; the scanner's rules for real tokens stay.
_NOISE = ("HexHighEntropyString", "Base64HighEntropyString")


def secrets(work: Work) -> tuple[Finding, ...]:
    """The secrets found, without those that stand in the baseline or carry `pragma: allowlist secret`."""
    scanner = work.tools.standing_alone("bc-detect-secrets", program="detect-secrets")
    noise = [word for name in _NOISE for word in ("--disable-plugin", name)]
    locks = [word for path in work.manager.signs() for word in ("--exclude-files", path.name)]
    everything = () if work.commit.id else ("--all-files",)
    # --no-verify: the scanner would send what it finds to the service that it belongs to.
    command = scanner.command("scan", "--no-verify", *noise, *locks, *everything, cwd=work.project.root)
    found = json.loads(work.shell.run(command, data=True).stdout)["results"]
    accepted = _accepted(work)
    return tuple(
        Finding(file=file, line=each["line_number"], title=each["type"], text="this looks like a secret")
        for file, hits in sorted(found.items())
        for each in hits
        if each["hashed_secret"] not in accepted and file != BASELINE
    )


def _accepted(work: Work) -> set[str]:
    baseline = read_json(work.project.root / BASELINE) or {}
    return {each["hashed_secret"] for hits in baseline.get("results", {}).values() for each in hits}
