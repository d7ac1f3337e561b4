"""The pack's own Dockerfile: a text made from the settings, and nothing else.

What changes seldom comes first: the base, what the lock names, then the wheel. What a stage leaves gets one time, so
that the same inputs make the same layers: a fixed one below the wheel, the commit's for what came with the wheel, by
which a service tells which of its files are new.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

EPOCH = 315532800
"""The time of what lies below the wheel: the first that a zip can hold, 1980-01-01."""
HOME = "/app"
"""The virtual environment in the image."""

Kind = Literal["slim", "alpine", "full", "distroless"]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What the Dockerfile says.

    Attributes:
        kind: the kind of the base.
        base: the image with Python, by digest where it has one.
        entrypoint: the program that runs, with its arguments.
        health: the route that answers 200 as soon as it is up.
        packages: what can be imported when all went well.
        user: the number of its user and group.
        port: the port that it listens on.
        hashes: whether what the lock names is checked by hash.
        secrets: whether the builder can mount secrets.
        wheels: whether all that the lock names lies in the folder `wheels`, so that nothing is fetched.
        pure: whether the wheel holds no library that loads others.
        labels: what the image says of itself.
    """

    kind: Kind
    base: str
    entrypoint: tuple[str, ...]
    health: str = "/healthz"
    packages: tuple[str, ...] = ()
    user: int = 10001
    port: int = 8000
    hashes: bool = True
    secrets: bool = True
    wheels: bool = False
    pure: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What is the same for every commit of a project whose recipe is."""
        return dockerfile(replace(self, labels={}))


def dockerfile(recipe: Recipe) -> str:
    """The Dockerfile of a recipe."""
    stages = [_BUILD.format(base=recipe.base), _requirements(recipe), _APPLICATION.format(epoch=EPOCH)]
    if recipe.kind == "distroless":
        before = "requirements" if recipe.pure else "application"
        stages.append(_INTERPRETER.format(before=before, user=recipe.user, epoch=EPOCH))
    stages += [_laid(recipe), *([_test(recipe.packages)] if recipe.packages else []), _runtime(recipe)]
    return "\n".join([_HEAD, *stages])


_HEAD = """\
# Written by Twinrail for this project; a Dockerfile of your own takes its place.
"""

_BUILD = """\
FROM {base} AS build
ENV PYTHONHASHSEED=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python3 -m venv /pip && python3 -m venv --without-pip /app
COPY settle.py /build/
"""

_REQUIREMENTS = """\
FROM build AS requirements
COPY requirements.txt /build/
{wheels}RUN {mounts}\\
    /pip/bin/pip --python /app/bin/python install --quiet --no-deps --no-compile {options}-r /build/requirements.txt \\
    && mkdir /layer && cp -a /app /layer/ \\
    && /app/bin/python /build/settle.py /layer {epoch}
"""

_APPLICATION = """\
FROM requirements AS application
ARG AGAIN=""
ARG SOURCE_DATE_EPOCH={epoch}
COPY *.whl /build/
RUN /pip/bin/pip --python /app/bin/python install --quiet --no-deps --no-index --no-compile --no-warn-script-location \\
    --root /own /build/*.whl \\
    && /app/bin/python /build/settle.py /own $SOURCE_DATE_EPOCH
"""

_INTERPRETER = """\
FROM {before} AS interpreter
COPY interpreter.py /build/
RUN ["/app/bin/python", "/build/interpreter.py", "/bare", "{user}", "{epoch}"]
"""

_TEST = """\
FROM laid AS test
COPY --from=application /own/ /own/
COPY --from=application /own/ /
RUN {run}
"""

_ENVIRONMENT = """\
ENV PATH=/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT={port}"""


def _requirements(recipe: Recipe) -> str:
    mounts = "--mount=type=secret,id=pip-conf,target=/etc/pip.conf --mount=type=secret,id=ca "
    options = [
        *(["--no-index", "--find-links=/build/wheels"] if recipe.wheels else []),
        *(["--require-hashes"] if recipe.hashes else []),
    ]
    return _REQUIREMENTS.format(
        wheels="COPY wheels/ /build/wheels/\n" if recipe.wheels else "",
        mounts=mounts if recipe.secrets and not recipe.wheels else "",
        options="".join(f"{each} " for each in options),
        epoch=EPOCH,
    )


def _laid(recipe: Recipe) -> str:
    bare = recipe.kind == "distroless"
    user = f"{recipe.user}:{recipe.user}"
    lines = [
        f"FROM {'scratch' if bare else recipe.base} AS laid",
        *(["COPY --from=interpreter /bare/ /"] if bare else []),
        "COPY --from=requirements /layer/ /",
        _ENVIRONMENT.format(port=recipe.port),
        f"USER {user}",
        f"EXPOSE {recipe.port}",
        f"HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 CMD {json.dumps(_health(recipe))}",
        "STOPSIGNAL SIGTERM",
        f"ENTRYPOINT {json.dumps(recipe.entrypoint)}",
        "CMD []",
    ]
    return "\n".join(lines) + "\n"


def _test(packages: tuple[str, ...]) -> str:
    return _TEST.format(run=json.dumps([f"{HOME}/bin/python", "-I", "-c", f"import {', '.join(packages)}"]))


def _runtime(recipe: Recipe) -> str:
    # From the test: what it refuses is not built. What stands before is not done again for a new line of code.
    lines = [
        "FROM laid AS runtime",
        f"COPY --from={'test' if recipe.packages else 'application'} /own/ /",
        *([_labels(recipe.labels)] if recipe.labels else []),
    ]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    # In one step: some builders keep what each step leaves.
    said = (f"{name}={json.dumps(' '.join(text.split()), ensure_ascii=False)}" for name, text in labels.items())
    return "LABEL " + " \\\n    ".join(said).replace("$", "\\$")


def _health(recipe: Recipe) -> list[str]:
    # No proxy that the container may be told of stands between it and itself.
    ask = (
        f"import http.client, sys; asked = http.client.HTTPConnection('127.0.0.1', {recipe.port}, timeout=3); "
        f"asked.request('GET', {recipe.health!r}); sys.exit(asked.getresponse().status != 200)"
    )
    return [f"{HOME}/bin/python", "-I", "-c", ask]
