"""What every builder is told of a build in the same words."""

from collections.abc import Mapping
from pathlib import Path

from twinrail.quality.images.interface import Plan


def build_words(plan: Plan, secrets: Mapping[str, Path]) -> tuple[str, ...]:
    """The options of a build that docker, buildah and podman share; `secrets` are those that it can mount."""
    arguments = {"SOURCE_DATE_EPOCH": str(plan.when), **plan.arguments}
    return (
        "--force-rm",  # a build that fails would leave its container
        f"--file={plan.dockerfile}",
        *((f"--tag={plan.unchecked}",) if plan.unchecked else ()),
        *((f"--target={plan.target}",) if plan.target else ()),
        *for_platform(plan.platform),
        *(("--no-cache",) if plan.fresh else ()),
        *(() if plan.network else ("--network=none",)),
        *(f"--build-arg={name}={value}" for name, value in arguments.items()),
        *(f"--label={name}={value}" for name, value in plan.labels.items()),
        *(f"--secret=id={name},src={path}" for name, path in secrets.items()),
    )


def for_platform(platform: str) -> tuple[str, ...]:
    """The option that names a platform, where there is one to name."""
    return (f"--platform={platform}",) if platform else ()
