"""The callers' files of the docs, in what the rules for all files leave open: each shows what it is there for."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from agreement.checks.callers import calls
from agreement.checks.files import IDENTITY, IMAGE, PYTHON, SCAN, Files, Problems, check, same
from agreement.model.document import triggers

Words = Mapping[str, Any]

PUSHED = {"push": {"branches": ["main"]}, "pull_request": {}}
BEGINS: Mapping[str, Words] = {
    "ci": PUSHED,
    "identity": PUSHED,
    "image": {"push": {"tags": ["v*"]}},
    "monorepo": PUSHED,
    "pipeline": PUSHED,
    "publish": {"push": {"tags": ["v*"]}},
    "scan": {"schedule": [{"cron": "0 5 * * 1"}], "workflow_dispatch": {}},
}
CALLS: Mapping[str, dict[str, tuple[str, Words]]] = {
    "ci": {"twinrail": (PYTHON, {"until": "sbom"})},
    "identity": {"twinrail": (IDENTITY, {})},
    "image": {"twinrail": (IMAGE, {})},
    "monorepo": {
        "api": (PYTHON, {"path": "packages/api", "environment-prefix": "api-"}),
        "worker": (PYTHON, {"path": "packages/worker", "environment-prefix": "worker-"}),
    },
    "pipeline": {"twinrail": (PYTHON, {})},
    "publish": {"twinrail": (PYTHON, {"until": "integration"})},
    "scan": {"twinrail": (SCAN, {})},
}
OWN: Mapping[tuple[str, str], Words] = {
    ("publish", "publish"): {
        "needs": "twinrail", "runs-on": "ubuntu-latest", "timeout-minutes": "10", "environment": "pypi",
        # pragma: allowlist nextline secret
        "permissions": {"id-token": "write"},
    },
    ("scan", "upload"): {
        "needs": "twinrail", "runs-on": "ubuntu-latest", "timeout-minutes": "5",
        "permissions": {"security-events": "write"},
        "if": "${{ !cancelled() && needs.twinrail.outputs.sarif }}",
    },
}  # fmt: skip
"""The jobs of the caller's own: one that publishes checks nothing out, one that uploads runs after a failed scan."""


RIGHTS = {"contents": "read", **dict.fromkeys(("packages", "id-token", "attestations"), "write")}
"""What the callers of python-identity.yml and image.yml grant, in the job that calls."""


def known(files: Files) -> dict[str, Any]:
    """The examples that are known here, by their short names."""
    found = {PurePosixPath(name).stem: each for name, each in files.examples.items()}
    return {stem: found.get(stem, {}) for stem in BEGINS}


@check
def check_examples(files: Files) -> Problems:
    """Each begins when its first line says, and calls what it is there to show."""
    for stem, document in known(files).items():
        yield from same(f"{stem}: begins", BEGINS[stem], triggers(document) if "on" in document else None)
        path = f"docs/examples/{stem}.yml"
        found = {job: (called, each.get("with", {})) for name, job, each, called in calls(files) if name == path}
        yield from same(f"{stem}: calls", CALLS[stem], found)


@check
def check_example_rights(files: Files) -> Problems:
    """An example grants `contents: read` to its only job, or nothing on top where a job needs more."""
    alone = {stem for stem, _ in OWN}
    for stem, document in known(files).items():
        wide = CALLS[stem].get("twinrail", ("",))[0] in {IDENTITY, IMAGE}
        top = {} if wide or stem in alone else {"contents": "read"}
        if wide:
            yield from same(f"{stem}: granted", RIGHTS, document.get("jobs", {}).get("twinrail", {}).get("permissions"))
        yield from same(f"{stem}: permissions", top, document.get("permissions"))
        # Two runs at once would publish, or tell, the same thing twice.
        queue = {"group": stem, "cancel-in-progress": "false"} if stem in alone else None
        yield from same(f"{stem}: concurrency", queue, document.get("concurrency"))


@check
def check_example_jobs(files: Files) -> Problems:
    """The caller's own jobs have the rights of one thing, and hand on what the call told."""
    handed = {
        "publish": [{"artifacts": "${{ needs.twinrail.outputs.artifacts }}"}],
        "scan": [{"name": "${{ needs.twinrail.outputs.sarif }}", "path": "sarif"}, {"sarif_file": "sarif"}],
    }
    for (stem, name), wanted in OWN.items():
        job = known(files)[stem].get("jobs", {}).get(name, {})
        rest = {key: each for key, each in job.items() if key not in {"name", "steps"}}
        yield from same(f"{stem}: {name}", wanted, rest)
        yield from same(f"{stem}: {name}", handed[stem], [step.get("with") for step in job.get("steps", [])])
