"""What travels from job to job on GitHub, and what it is called there: names that carry the call's own name."""

from twinrail.deploy.receipt import SESSIONS
from twinrail.pipeline.graph import session

PACKAGES = frozenset({"wheel", "sdist", "sbom"})
"""The kinds that travel together, as the artifact NAME-dist."""
ENVIRONMENTS = {name: environment for environment, name in SESSIONS.items()}
"""The environment whose receipt each session gives."""
_BEFORE = {"staging": ("test",), "production": ("test", "staging")}


def dist(name: str) -> str:
    """The artifact with wheel, sdist and SBOM of the call `name`."""
    return f"{name}-dist"


def receipt(name: str, environment: str) -> str:
    """The artifact with the receipt of an environment."""
    return f"{name}-receipt-{environment}"


def record(name: str, job: str, part: str = "") -> str:
    """The artifact with the run record of a job, or of one leg (`part`) of it."""
    return f"{name}-record-{job}{f'-{part}' if part else ''}"


def takes(name: str, sessions: tuple[str, ...]) -> str:
    """The pattern of the artifacts that a job with these sessions reads, or an empty text."""
    kinds = {(kind, each) for each in sessions for kind in session(each).takes}
    names = [dist(name)] if any(kind in PACKAGES for kind, _ in kinds) else []
    names += [receipt(name, where) for kind, each in kinds if kind == "receipt" for where in _BEFORE[each]]
    names += [record(name, "*") for kind, _ in kinds if kind == "record"]
    return f"{{{','.join(sorted(names))}}}" if len(names) > 1 else "".join(names)


def makes(name: str, sessions: tuple[str, ...]) -> str:
    """The artifact that a job with these sessions leaves for others, beside its record; or an empty text."""
    kinds = {(kind, each) for each in sessions for kind in session(each).makes}
    if any(kind in PACKAGES for kind, _ in kinds):
        return dist(name)
    receipts = [receipt(name, ENVIRONMENTS[each]) for kind, each in kinds if kind == "receipt"]
    others = [f"{name}-{kind}" for kind, _ in kinds if kind != "receipt"]
    return next(iter([*receipts, *others]), "")
