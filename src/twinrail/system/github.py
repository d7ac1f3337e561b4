"""The one reader of what GitHub Actions tells a step through the environment."""

import os


def on_github() -> bool:
    """Whether this runs inside a GitHub Actions job."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def owner_of_run() -> str:
    """The run on GitHub as `REPOSITORY#RUN.ATTEMPT`, or an empty text elsewhere."""
    if not on_github():
        return ""
    names = ("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT")
    repository, run, attempt = (os.environ.get(name, "") for name in names)
    return f"{repository}#{run}.{attempt}"
