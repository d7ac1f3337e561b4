"""When the project was scanned before: asked of GitHub in a workflow, read from a file of our own elsewhere."""

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from twinrail.session.work import Work
from twinrail.system.files import read_json, write_json
from twinrail.system.github import on_github, successful_runs
from twinrail.system.units import show_ago

VARIABLE = "TWINRAIL_GITHUB_TOKEN"
"""The environment variable with a token that may read the repository's runs; public ones are read without."""

_TIMEOUT = 5.0
_LARGEST = 1_000_000
_LATE = 8 * 86400.0
_HEADERS = {"Accept": "application/vnd.github+json", "User-Agent": "twinrail"}
_ASLEEP = (
    "The last scan that passed is {}: is the schedule still on? "
    "GitHub ends schedules of a repository without commits for 60 days."
)


@dataclass(frozen=True, kw_only=True)
class LastScan:
    """The scan before this one.

    Attributes:
        seconds: how long ago it was; None when that is not known.
        why: why it is not known.
        scheduled: whether it was asked of GitHub, where a schedule makes the scans.
    """

    seconds: float | None = None
    why: str = ""
    scheduled: bool = False

    @property
    def headline(self) -> str:
        """`last scan 2 days ago`, or `last scan: unknown (HTTP 403)`."""
        return f"last scan: unknown ({self.why})" if self.seconds is None else f"last scan {show_ago(self.seconds)}"

    @property
    def advice(self) -> str:
        """What to look at when it was long ago, or an empty text."""
        late = self.scheduled and self.seconds is not None and self.seconds > _LATE
        return _ASLEEP.format(show_ago(self.seconds or 0.0).replace(" ago", " old")) if late else ""


def last_scan(work: Work) -> LastScan:
    """The scan before this one; whatever goes wrong makes it unknown, and fails nothing."""
    return _from_github() if on_github() else _from_file(_file(work))


def note_scan(work: Work, findings: int) -> None:
    """Writes down that there was a scan now."""
    write_json(_file(work), {"when": time.time(), "commit": work.commit.id, "findings": findings})


def _file(work: Work) -> Path:
    return work.project.state / "scan.json"


def _from_file(path: Path) -> LastScan:
    try:
        noted = read_json(path)
        return LastScan(seconds=_since(float(noted["when"]))) if noted else LastScan(why="none on this machine yet")
    except (OSError, ValueError, TypeError, KeyError):
        return LastScan(why=f"{path.name} cannot be read")


def _from_github() -> LastScan:
    address = successful_runs()
    if not address.startswith(("https://", "http://")):
        return LastScan(why="GitHub does not say which workflow this is")
    try:
        runs = _ask(address)["workflow_runs"]
        if not runs:
            return LastScan(why="no run of this workflow has passed yet")
        return LastScan(seconds=_since(datetime.fromisoformat(runs[0]["run_started_at"]).timestamp()), scheduled=True)
    except urllib.error.HTTPError as error:
        return LastScan(why=f"HTTP {error.code}")
    except OSError as error:
        return LastScan(why=f"no answer: {getattr(error, 'reason', error)}")
    except (ValueError, TypeError, KeyError, http.client.HTTPException):
        return LastScan(why="the answer cannot be read")


def _ask(address: str) -> Any:
    request = urllib.request.Request(address, headers=_HEADERS)  # noqa: S310  # its scheme is checked above
    if token := os.environ.get(VARIABLE):
        # Not to whoever an answer may send us on to.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  # nosec B310: checked above
        return json.loads(answer.read(_LARGEST))


def _since(when: float) -> float:
    return max(time.time() - when, 0.0)
