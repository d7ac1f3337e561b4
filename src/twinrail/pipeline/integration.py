"""integration, with the stack for development where that is up: quality knows no stack, and deploy no tests."""

from twinrail.deploy.development.variables import variables
from twinrail.quality import integration as suite
from twinrail.session.outcome import Outcome
from twinrail.session.work import Work


def integration(work: Work) -> Outcome:
    """What failed of the tests, which find the services of the stack by the variables that the settings name."""
    return suite.integration(work, variables(work))
