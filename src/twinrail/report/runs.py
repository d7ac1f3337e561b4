"""The name of a run: what nox must know before anything of the run is loaded."""

from datetime import UTC, datetime

RUN_VARIABLE = "TWINRAIL_RUN"
"""The environment variable by which the processes of one run find its record."""


def new_run() -> str:
    """A name for a run that begins now, to the microsecond: `20261122-201459-123456`; names sort by time."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
