"""Where an image came from, as an in-toto statement with a provenance of SLSA, version 1; pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD = "https://github.com/twinrail/twinrail/blob/main/docs/images.md#provenance"
"""What a build of ours is: which parameters it has, and what they mean."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where an image came from.

    Attributes:
        reference: it, by its digest: `registry.example/team/shopfront@sha256:…`.
        commit: the commit.
        source: the repository, as an address; empty where nobody knows it.
        wheel: the wheel in it: its file's name and SHA-256.
        locks: the files that lock what it runs with: SHA-256 by name.
        base: what stands below it, by digest where it has one; empty where the project's own Dockerfile says it.
        builder: who built it: an address.
        versions: of what it was built with, by name.
        run: the run that did.
    """

    reference: str
    commit: str
    source: str
    wheel: tuple[str, str]
    base: str
    builder: str
    run: str
    locks: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


def statement(origin: Origin) -> str:
    """The statement, as JSON."""
    name, _, digest = origin.reference.partition("@")
    told = {
        "_type": TYPE,
        "subject": [{"name": name, "digest": _digest(digest)}],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD,
                "externalParameters": {"source": origin.source, "commit": origin.commit},
                "internalParameters": {},
                "resolvedDependencies": _materials(origin),
            },
            "runDetails": {
                "builder": {"id": origin.builder, "version": dict(origin.versions)},
                "metadata": {"invocationId": origin.run},
            },
        },
    }
    return json.dumps(told, separators=(",", ":"), sort_keys=True)


def of_the_same_build(payload: str, other: str) -> bool:
    """Whether two statements say the same, but for the run that wrote them."""
    try:
        found = [json.loads(each) for each in (payload, other)]
        for each in found:
            del each["predicate"]["runDetails"]["metadata"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return bool(found[0] == found[1])


def fault(payload: str, digest: str, commit: str, wheel: str) -> str:
    """What is wrong with a statement for an image, or an empty text.

    Args:
        payload: the statement.
        digest: the image's, `sha256:…`.
        commit: the commit that is to be deployed.
        wheel: the SHA-256 of its wheel.
    """
    try:
        told: Any = json.loads(payload)
        subjects = [each["digest"]["sha256"] for each in told["subject"]]
        kinds = (told["_type"], told["predicateType"])
        materials = [each["digest"] for each in told["predicate"]["buildDefinition"]["resolvedDependencies"]]
        commits = {each["gitCommit"] for each in materials if "gitCommit" in each}
        sums = {each["sha256"] for each in materials if "sha256" in each}
    except (ValueError, KeyError, TypeError, RecursionError):
        return "it is no provenance"
    if kinds != (TYPE, PREDICATE):
        return f"it is a {kinds[1]}, no provenance"
    if digest.removeprefix("sha256:") not in subjects:
        return f"it is one of another image, {', '.join(f'sha256:{each[:12]}…' for each in subjects)}"
    if commits != {commit}:
        return (
            f"it names the commit {', '.join(each[:7] for each in sorted(commits)) or 'of nothing'}, not {commit[:7]}"
        )
    return "" if wheel in sums else "it names another wheel"


def _materials(origin: Origin) -> list[dict[str, Any]]:
    wheel, digest = origin.wheel
    base, _, pinned = origin.base.partition("@")
    return [
        {"uri": f"git+{origin.source}" if origin.source else "git", "digest": {"gitCommit": origin.commit}},
        {"name": wheel, "digest": {"sha256": digest}},
        *({"name": name, "digest": {"sha256": found}} for name, found in sorted(origin.locks.items())),
        *([{"uri": f"docker://{base}", "digest": _digest(pinned)}] if pinned else []),
    ]


def _digest(text: str) -> dict[str, str]:
    algorithm, _, value = text.partition(":")
    return {algorithm: value}
