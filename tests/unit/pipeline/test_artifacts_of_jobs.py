"""What a job takes from the jobs before it, read off its sessions."""

import pytest

from twinrail.pipeline.artifacts import takes
from twinrail.pipeline.graph import JOBS, taken


@pytest.mark.parametrize(
    ("sessions", "kinds"),
    [
        (("build", "sbom", "image", "push", "sign"), set()),
        (("image",), {"wheel"}),
        (("image", "build"), set()),
        (("integration", "e2e"), {"wheel", "image", "image-push"}),
        (("staging",), {"wheel", "image", "image-push", "receipt"}),
        (("lint", "types"), set()),
        (("something of a noxfile's own",), set()),
    ],
)
def test_taken(sessions, kinds):
    """What one of a job's own sessions makes before another takes it, no job before has to bring."""
    assert kinds == taken(sessions)


def test_the_first_jobs_take_nothing():
    """Whatever needs no job before it finds all that it takes in itself."""
    first = [job for job in JOBS if not job.needs and job.sessions]
    assert {"verify", "build"} == {job.name for job in first}
    assert [("", frozenset())] * 2 == [(takes("shop", job.sessions), taken(job.sessions)) for job in first]
