"""What travels from job to job on GitHub, and what it is called there: one artifact a job, under the call's own name.

Each holds the record of the job's run, and what its sessions made for others: packages, a receipt.
"""

from twinrail.deploy.receipt import SESSIONS
from twinrail.pipeline.graph import JOBS, known, taken

RECEIPTS = {name: environment for environment, name in SESSIONS.items()}
"""The environment whose receipt each session gives."""

# Written out, and not as a pattern: another call of the same run may be named alike.
_LEGS = ("platforms-same", "platforms-macos-latest", "platforms-windows-latest")


def artifact(name: str, job: str, part: str = "") -> str:
    """The artifact of a job of the call `name`, or of one leg (`part`) of it."""
    return f"{name}-{job}{f'-{part}' if part else ''}"


def takes(name: str, sessions: tuple[str, ...]) -> str:
    """The pattern of the artifacts that a job with these sessions reads, or an empty text."""
    jobs = dict.fromkeys(job for kind in sorted(taken(sessions)) for job in _makers(kind, sessions))
    names = [artifact(name, job) for job in jobs]
    return f"{{{','.join(names)}}}" if len(names) > 1 else "".join(names)


def _makers(kind: str, sessions: tuple[str, ...]) -> list[str]:
    if kind == "record":
        return [*(job.name for job in JOBS if job.sessions and not set(sessions) & set(job.sessions)), *_LEGS]
    jobs = [job.name for job in JOBS if any(kind in each.makes for each in known(job.sessions))]
    # A caller may have deployed to the environment before by deploy.yml.
    here = {job.name: known(set(sessions) & set(job.sessions)) for job in JOBS}
    own = next((name for name, each in here.items() if any(kind in one.makes for one in each)), "")
    return [*jobs[: jobs.index(own) if own in jobs else None], *(["deploy-staging"] if kind == "receipt" else [])]
