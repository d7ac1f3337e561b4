"""What must be so in the workflows, the actions and the examples: one function for each thing, by its name in `CHECKS`.

A check reads texts and says what is wrong in them, so that it can be asked of the files as they are (it finds nothing)
and of files with a mistake in them (it finds it).
"""

from agreement.checks import (
    actions,
    callers,
    conditions,
    deploys,
    examples,
    graph,
    handed,
    identity,
    inputs,
    places,
    rights,
    trust,
)
from agreement.checks.files import CHECKS, Files, real

__all__ = [
    "CHECKS", "Files", "actions", "callers", "conditions", "deploys", "examples", "graph", "handed", "identity",
    "inputs", "places", "real", "rights", "trust",
]  # fmt: skip
