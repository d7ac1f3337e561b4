"""Which dependency manager a project uses, read off its files."""

from pathlib import Path

from twinrail.project.managers.interface import DependencyManager
from twinrail.system.adapters import known, load
from twinrail.system.errors import ProjectError

_GROUP = "twinrail.managers"


def find_manager(root: Path) -> DependencyManager:
    """The manager whose files stand in `root`; `pip` only where no other one claims it.

    Raises:
        ProjectError: no lock that any known manager reads.
    """
    for name in sorted(known(_GROUP), key=lambda each: each == "pip"):
        manager: DependencyManager = load(_GROUP, name)(root)
        if manager.signs():
            return manager
    raise ProjectError(
        f"There is no lock in {root}.",
        why=f"Every session runs on what is locked. Known managers: {', '.join(sorted(known(_GROUP)))}.",
        todo="Make one:  uv lock   (or: uv pip compile --generate-hashes pyproject.toml -o requirements.txt)",
    )
