"""The one structure: the sessions of the pipeline, and the jobs that lay them on runners.

nox sessions, the README's table and the workflow's jobs are made from this or held against it.
"""

from collections.abc import Iterable
from dataclasses import replace

from twinrail.pipeline.structure import Job, Session

_CODE = ("code", "tests", "lock", "settings")

PIPELINE = (
    Session(name="lint", says="ruff's checks and format, one ref of the pack", reads=_CODE, tool="ruff check"),
    Session(name="types", says="mypy over the packages", reads=_CODE, tool="mypy"),
    Session(
        name="test", says="the tests that need nothing but the code, with branch coverage", reads=_CODE, tool="pytest"
    ),
    Session(
        name="security",
        says="bandit, known advisories in the lock, secrets in the files",
        reads=(*_CODE, "advisories"),
        tool="pip-audit",
    ),
    Session(
        name="build",
        says="sdist and wheel of the commit, built twice and compared",
        makes=("wheel", "sdist"),
        reads=("commit", "settings"),
        tool="build",
    ),
    Session(
        name="sbom",
        says="a CycloneDX bill of materials of what is locked",
        makes=("sbom",),
        reads=("lock",),
        tool="cyclonedx-py",
    ),
    Session(
        name="image",
        says="the wheel in a hardened image, built twice and compared, checked",
        after=("build",),
        takes=("wheel",),
        makes=("image", "image-sbom"),
        default=False,
    ),
    Session(
        name="push",
        says="that image in its registry",
        after=("image",),
        takes=("image",),
        makes=("image-push",),
        default=False,
    ),
    Session(
        name="sign",
        says="its provenance, signed, beside it in the registry",
        after=("push",),
        takes=("wheel", "image", "image-push"),
        makes=("image-provenance",),
        default=False,
    ),
    Session(
        name="integration",
        says="tests/integration against the built wheel in a clean virtual environment",
        after=("lint", "types", "test", "security", "build", "sbom", "sign"),
        takes=("wheel",),
        default=False,
        tool="pytest",
    ),
    Session(
        name="e2e",
        says="deploys to the environment test, then tests/e2e against it",
        after=("integration",),
        takes=("wheel", "image", "image-push"),
        makes=("receipt",),
        default=False,
        tool="pytest",
    ),
    Session(
        name="staging",
        says="deploys to staging, past smoke tests and the performance gate",
        after=("e2e",),
        takes=("wheel", "image", "image-push", "receipt"),
        makes=("receipt",),
        default=False,
    ),
    Session(
        name="production",
        says="deploys to production, once people have agreed",
        after=("staging",),
        takes=("wheel", "image", "image-push", "receipt"),
        makes=("receipt",),
        default=False,
    ),
    Session(
        name="notify", says="tells how the run ended: the log, a webhook", takes=("record",), default=False, always=True
    ),
)
"""Every session of the pipeline, in the order in which it is lived through."""

ASIDE = (
    Session(name="workflows", says="actionlint, zizmor and rules of our own over workflows and actions", default=False),
    Session(
        name="scan",
        says="security and workflows as one, as SARIF, with the age of the scan before",
        makes=("sarif",),
        default=False,
        tool="pip-audit",
    ),
    Session(
        name="resume",
        says="goes on with a deploy that was cut short or waits: -- ENVIRONMENT",
        default=False,
        somewhere=True,
    ),
    Session(
        name="rollback",
        says="goes back to the release before, or to one by name: -- ENVIRONMENT --to RELEASE",
        default=False,
        somewhere=True,
    ),
    Session(
        name="dev",
        says="the compose file's stack for development: -- up, down, restart, logs, ps, env",
        default=False,
        does=(
            ("up", "all services run and are healthy, the database migrated; the image is built where there is none"),
            ("down", "all of them end; volumes stay"),
            ("restart", "services begin anew: those named, else those that run the project"),
            ("logs", "what services have said: those named, else all"),
            ("ps", "which services there are, how they are, where they are reached"),
            ("env", "the variables that lead tests to them, for a shell"),
        ),
    ),
)
"""Sessions that stand beside the pipeline: run by name, and by nothing else."""

PIPELINE_SAYS = "all of these, side by side where they can: -- --approve ENVIRONMENT, --until SESSION"
DOWN_SAYS = "stops every environment on this machine"

JOBS = (
    Job(name="verify", sessions=("lint", "types", "test", "security")),
    Job(name="build", sessions=("build", "sbom", "image", "push", "sign")),
    Job(name="platforms", sessions=("test",), needs=("verify",)),
    Job(name="accept", sessions=("integration", "e2e"), needs=("verify", "build")),
    Job(name="staging", sessions=("staging",), needs=("verify", "build", "platforms", "accept"), environment="staging"),
    Job(name="approval", sessions=(), needs=("verify", "build", "platforms", "accept", "staging")),
    Job(
        name="production",
        sessions=("production",),
        needs=("verify", "build", "platforms", "accept", "staging", "approval"),
        environment="production",
    ),
    Job(
        name="required",
        sessions=("notify",),
        needs=("verify", "build", "platforms", "accept", "staging", "approval", "production"),
    ),
)
"""How the sessions lie on runners: those of equal rights share one, because each job costs its set-up."""


def session(name: str) -> Session:
    """The session of that name.

    Raises:
        KeyError: there is none.
    """
    return {each.name: each for each in (*PIPELINE, *ASIDE)}[name]


def known(names: Iterable[str]) -> tuple[Session, ...]:
    """Those of the names that are sessions of ours; a noxfile's own may be called as it likes."""
    ours = {each.name: each for each in (*PIPELINE, *ASIDE)}
    return tuple(ours[name] for name in names if name in ours)


def taken(names: Iterable[str]) -> frozenset[str]:
    """The artifacts that a job with these sessions takes from jobs before it: not what one of its own made by then."""
    here = frozenset(names)
    made, found = set[str](), set[str]()
    for each in (*PIPELINE, *ASIDE):
        if each.name in here:
            found |= set(each.takes) - made
            made |= set(each.makes)
    return frozenset(found)


def beyond(until: str) -> frozenset[str]:
    """The sessions of the pipeline that are not wanted when it ends after `until`; none when that is empty."""
    names = [each.name for each in PIPELINE if not each.always]
    return frozenset(names[names.index(until) + 1 :]) if until in names else frozenset()


def bridge(without: Iterable[str] = ()) -> tuple[Session, ...]:
    """The pipeline without some sessions; what came after one of those comes after what that one came after."""
    left = frozenset(without)

    def reach(names: tuple[str, ...]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for name in names:
            found |= dict.fromkeys(reach(session(name).after) if name in left else (name,))
        return tuple(found)

    return tuple(replace(each, after=reach(each.after)) for each in PIPELINE if each.name not in left)
