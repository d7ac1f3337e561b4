"""What each session of the graph does: its name, and the function that takes `Work` and gives an `Outcome`."""

from collections.abc import Callable, Mapping
from pkgutil import resolve_name

from twinrail.session.outcome import Outcome
from twinrail.session.work import Work

Body = Callable[[Work], Outcome]

BODIES: Mapping[str, str] = {
    "lint": "twinrail.quality.lint:lint",
    "types": "twinrail.quality.types:types",
    "test": "twinrail.quality.tests:test",
    "security": "twinrail.quality.security:security",
    "build": "twinrail.quality.packages:build",
    "sbom": "twinrail.quality.sbom:sbom",
    "image": "twinrail.quality.image:image",
    "push": "twinrail.quality.push:push",
    "sign": "twinrail.quality.sign:sign",
    "integration": "twinrail.pipeline.integration:integration",
    "e2e": "twinrail.deploy.stages:e2e",
    "staging": "twinrail.deploy.stages:staging",
    "production": "twinrail.deploy.stages:production",
    "workflows": "twinrail.quality.workflows:workflows",
    "scan": "twinrail.quality.scan:scan",
    "resume": "twinrail.deploy.recovery:resume",
    "rollback": "twinrail.deploy.recovery:rollback",
    "down": "twinrail.deploy.down:down",
    "dev": "twinrail.deploy.development.session:dev",
}
"""All but `notify`, which looks at the run rather than at the project."""


def body_of(name: str) -> Body:
    """What the session `name` does; imported only now, so that no session waits for what another one needs."""
    body: Body = resolve_name(BODIES[name])
    return body
