"""Every one-line mistake that is tried, each with the check that finds it."""

from agreement.mistakes import handing, running, trusting
from agreement.mistakes.mistake import Mutation

__all__ = ["MUTATIONS", "Mutation"]

MUTATIONS: tuple[Mutation, ...] = (
    *running.JOBS,
    *running.CONDITIONS,
    *running.PLACES,
    *handing.OUTPUTS,
    *handing.INPUTS,
    *handing.ACTIONS,
    *trusting.RIGHTS,
    *trusting.IDENTIFIED,
    *trusting.CODE,
    *trusting.SEEN,
)
"""Each is made alone."""
