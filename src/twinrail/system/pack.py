"""The pack itself: where it stands, how another Python finds it, which version and commit it is."""

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from twinrail.system.command import Command
from twinrail.system.github import pack_ref
from twinrail.system.shell import Shell

PACKAGES = Path(__file__).parents[2]
"""The folder that `twinrail` is imported from."""


def importable() -> dict[str, str]:
    """The variables with which another program of this Python finds the pack: none where it is installed."""
    return {} if PACKAGES.name == "site-packages" else {"PYTHONPATH": str(PACKAGES)}


def version() -> str:
    """The pack's version, and its commit: `1.0.0 (3f2a9c1)`."""
    try:
        installed = distribution("twinrail")
        number, origin = installed.version, json.loads(installed.read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        number, origin = "from source", {}
    commit = origin.get("vcs_info", {}).get("commit_id", "")[:7] or pack_ref()[:12] or _checked_out()
    return f"{number} ({commit})" if commit else number


def _checked_out() -> str:
    root = PACKAGES.parent
    if not (root / ".git").exists():
        return ""
    command = Command(argv=("git", "rev-parse", "--short", "HEAD"), cwd=root)
    return Shell(say=_nothing).run(command, ok=(), quiet=True).stdout.strip()


def _nothing(_: str) -> None:
    """Says nothing."""
