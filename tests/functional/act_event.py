"""GitHub's payload for an event, as far as the pack reads it."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

REPOSITORY = "acme/parcel"


def event_of(root: Path, event: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The payload for the commit that is checked out in `root`, on `main` or in a pull request, with `changes`."""
    asked = ["git", "rev-parse", "HEAD"]
    head = subprocess.run(asked, cwd=root, check=True, capture_output=True, text=True).stdout.strip()
    owner, name = REPOSITORY.split("/")
    repository = {
        "name": name,
        "full_name": REPOSITORY,
        "owner": {"login": owner},
        "default_branch": "main",
        "fork": False,
    }
    about = pull_request(head, repository) if event.startswith("pull_request") else push(head)
    return merged({"repository": repository, "sender": {"login": "ada"}, **about}, changes)


def push(head: str) -> dict[str, Any]:
    """What a push to `main` adds; other events on a branch are near enough."""
    return {"ref": "refs/heads/main", "after": head, "head_commit": {"id": head, "message": "Change"}}


def pull_request(head: str, repository: dict[str, Any]) -> dict[str, Any]:
    """What a pull request from a branch of the same repository adds."""
    ends = {side: {"ref": ref, "sha": head, "repo": repository} for side, ref in (("head", "change"), ("base", "main"))}
    return {"action": "opened", "number": 7, "pull_request": {"number": 7, **ends}}


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One document of two; where both have a name, the second one's value, or both merged where both are documents."""
    return {**below, **{name: both(below.get(name), value) for name, value in above.items()}}


def both(below: object, above: object) -> object:
    """The value of a name that stands in two documents."""
    return merged(below, above) if isinstance(below, Mapping) and isinstance(above, Mapping) else above
