"""What each session of the graph does: its name, and the function that takes `Work` and gives an `Outcome`."""

from collections.abc import Callable, Mapping

from twinrail.deploy.down import down
from twinrail.deploy.recovery import resume, rollback
from twinrail.deploy.stages import e2e, production, staging
from twinrail.quality.integration import integration
from twinrail.quality.lint import lint
from twinrail.quality.packages import build
from twinrail.quality.sbom import sbom
from twinrail.quality.scan import scan
from twinrail.quality.security import security
from twinrail.quality.tests import test
from twinrail.quality.types import types
from twinrail.quality.workflows import workflows
from twinrail.session.outcome import Outcome
from twinrail.session.work import Work

Body = Callable[[Work], Outcome]

BODIES: Mapping[str, Body] = {
    "lint": lint,
    "types": types,
    "test": test,
    "security": security,
    "build": build,
    "sbom": sbom,
    "integration": integration,
    "e2e": e2e,
    "staging": staging,
    "production": production,
    "workflows": workflows,
    "scan": scan,
    "resume": resume,
    "rollback": rollback,
    "down": down,
}
"""All but `notify`, which looks at the run rather than at the project."""
