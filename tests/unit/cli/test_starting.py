"""What starts loads no more than it needs: a session waits for no other one, and nox not for the pack."""

import subprocess
import sys
from pkgutil import resolve_name

import pytest

from twinrail.cli import main
from twinrail.pipeline.bodies import BODIES, body_of

LOADED = "import sys, {}; print(*sorted(sys.modules))"


def loaded(module):
    """The modules that stand in memory once `module` is imported."""
    done = subprocess.run([sys.executable, "-c", LOADED.format(module)], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_a_session_waits_for_no_other():
    """Neither what sessions do to code nor what deploys is loaded before it is known which of them runs."""
    rooms = ("twinrail.deploy", "twinrail.quality", "twinrail.cli.answers", "twinrail.cli.status")
    assert [] == [each for each in loaded("twinrail.cli.main") if each.startswith(rooms)]


def test_nox_waits_for_names_alone():
    """A noxfile that offers our sessions loads neither settings nor the record's page."""
    assert not {"pydantic", "jinja2", "rich", "twinrail.project", "twinrail.report.record"} & loaded(
        "twinrail.sessions"
    )


@pytest.mark.parametrize("name", BODIES)
def test_every_session_has_its_body(name):
    """What stands for a session is a function of its name."""
    assert (name, BODIES[name].partition(":")[0]) == (body_of(name).__name__, body_of(name).__module__)


@pytest.mark.parametrize("verb", main._ANSWERS)
def test_every_question_has_its_answer(verb):
    """What stands for a verb that asks is a function of its name."""
    assert verb.replace("-", "_") == resolve_name(main._ANSWERS[verb]).__name__
