"""The one reader and writer of what GitHub Actions tells a step through the environment and its files."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

WRITTEN = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
"""Variables with the files through which a step speaks to the runner: no session gets to see them."""


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """Why a run began.

    Attributes:
        event: `push`, `pull_request`, `schedule`, …
        ref: `refs/heads/main`, `refs/tags/v1.4.0`, `refs/pull/7/merge`.
        default_branch: the repository's, or empty where the event does not say.
        fork: whether this repository is a fork of another one.
    """

    event: str
    ref: str
    default_branch: str = ""
    fork: bool = False


def on_github() -> bool:
    """Whether this runs inside a GitHub Actions job."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def hosted() -> bool:
    """Whether the runner is GitHub's own, which is gone after the job; one that does not say is taken for such."""
    return on_github() and os.environ.get("RUNNER_ENVIRONMENT") != "self-hosted"


def owner_of_run() -> str:
    """The run on GitHub as `REPOSITORY#RUN.ATTEMPT`, or an empty text elsewhere."""
    return f"{repository()}#{run_name('.')}" if on_github() else ""


def builder_of_run() -> str:
    """Who builds, as an address: the workflow that runs on GitHub, or a machine of somebody's."""
    if not on_github():
        return "https://github.com/twinrail/twinrail/blob/main/docs/images.md#built-by-hand"
    reference = os.environ.get("GITHUB_WORKFLOW_REF", "")
    return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{reference}"


def run_name(between: str = "-") -> str:
    """The run's number and attempt."""
    return f"{os.environ.get('GITHUB_RUN_ID', '')}{between}{os.environ.get('GITHUB_RUN_ATTEMPT', '')}"


def rerun() -> str:
    """The command that makes a new attempt of the run."""
    return f"gh run rerun {os.environ.get('GITHUB_RUN_ID', '')} --repo {repository()}"


def repository() -> str:
    """The repository whose workflow runs: `OWNER/NAME`."""
    return os.environ.get("GITHUB_REPOSITORY", "")


def job() -> str:
    """The name of the job in its workflow file."""
    return os.environ.get("GITHUB_JOB", "")


def pack_ref() -> str:
    """The ref of the pack that the running action comes from, or an empty text."""
    return os.environ.get("GITHUB_ACTION_REF", "") if on_github() else ""


def workspace() -> Path:
    """The folder into which the repository was checked out."""
    return Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())


def temporary() -> Path:
    """A folder that the runner empties before and after each job."""
    return Path(os.environ["RUNNER_TEMP"])


def read_trigger() -> Trigger:
    """Why this run began, by the event's own account; what it does not say stays empty."""
    try:
        told = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    except (KeyError, OSError, ValueError, RecursionError):
        told = {}
    said = told.get("repository") if isinstance(told, dict) else None
    about = said if isinstance(said, dict) else {}
    return Trigger(
        event=os.environ.get("GITHUB_EVENT_NAME", ""),
        ref=os.environ.get("GITHUB_REF", ""),
        default_branch=str(about.get("default_branch") or ""),
        # A payload that does not say whether it is a fork is no leave to deploy.
        fork=about.get("fork") is not False,
    )


def without_files() -> dict[str, str]:
    """This process's environment for programs that have nothing to say to the runner: no file, no token of it."""
    hidden = ("ACTIONS_", "INPUT_")
    return {name: value for name, value in os.environ.items() if name not in WRITTEN and not name.startswith(hidden)}


def successful_runs() -> str:
    """The address at which GitHub tells the newest run of the running workflow that passed, or an empty text.

    The workflow is the caller's: a reusable one has no runs.
    """
    api, reference = os.environ.get("GITHUB_API_URL", ""), os.environ.get("GITHUB_WORKFLOW_REF", "")
    file = reference.partition("@")[0].rpartition("/")[2]
    if not (api and repository() and file):
        return ""
    return f"{api}/repos/{repository()}/actions/workflows/{quote(file)}/runs?status=success&per_page=1"


def write_output(name: str, value: str) -> None:
    """Sets an output of the running step, whatever stands in `value`."""
    # The end of the value is a word that nobody can guess, so that no value can end itself and begin another.
    end = f"end-{secrets.token_hex(16)}"
    _append("GITHUB_OUTPUT", f"{name}<<{end}\n{value}\n{end}\n")


def write_summary(text: str) -> None:
    """Adds Markdown to the job's summary page."""
    _append("GITHUB_STEP_SUMMARY", f"{text}\n")


def _append(variable: str, text: str) -> None:
    if path := os.environ.get(variable):
        # Half a character, from a name that is no text, must not keep the rest from being told.
        with Path(path).open("a", encoding="utf-8", errors="replace") as file:
            file.write(text)
