"""What a run record is told of a session that raised."""

import pytest

from twinrail.pipeline.telling import ended, outcome_of
from twinrail.session.outcome import failed, passed
from twinrail.system.errors import Interrupted, ProjectError, Waiting


@pytest.mark.parametrize(
    ("error", "state", "code", "headline"),
    [
        (ProjectError("No lock.", why="It is gone.", todo="Make one."), "failed", 4, "No lock."),
        (Waiting("Nobody agreed."), "waiting", 75, "Nobody agreed."),
        (Interrupted("Interrupted."), "interrupted", 130, "Interrupted."),
        (PermissionError(13, "Permission denied", "dist"), "failed", 5, "dist: Permission denied"),
        (OSError("odd"), "failed", 5, "odd"),
        (ZeroDivisionError("by zero"), "failed", 70, "ZeroDivisionError: by zero"),
    ],
)
def test_each_error_ends_a_session_in_its_way(error, state, code, headline):
    """The class of an error is the state and the exit code; one of ours says so."""
    outcome = outcome_of(error)
    assert (state, code, headline) == (outcome.state, outcome.exit_code, outcome.headline)


def test_why_and_what_to_do_stand_below():
    """All that an error says reaches the record."""
    assert "  It is gone.\n  Make one." == outcome_of(ProjectError("No.", why="It is gone.", todo="Make one.")).detail


def test_the_command_that_runs_it_again():
    """What failed is run again by its own words, else by those it was given; what passed needs none."""
    assert "nox -s test -- 'a b'" == ended("test", failed("x", words=("a b",)), 1.0, ("c",)).again
    assert "nox -s test -- c" == ended("test", failed("x"), 1.0, ("c",)).again
    assert "nox -s test" == ended("test", failed("x"), 1.0, ()).again
    assert "" == ended("test", passed("x"), 1.0, ("c",)).again
