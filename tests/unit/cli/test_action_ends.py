"""How a step of the action ends: its exit code, its state, its annotations."""

import pytest
from telling import telling


@pytest.mark.parametrize(("state", "code"), [("failed", 1), ("failed", 20), ("failed", 4), ("interrupted", 130)])
def test_the_class_of_a_failure(step, sessions, state, code):
    """nox ends with 1 whatever happens; the step ends with the class of what happened."""
    sessions(lint=telling(state, code=code))
    came = step("run")
    assert (code, "failed", ["as it was"]) == (came.code, came.outputs["state"], came.errors)


def test_waiting(step, sessions):
    """A gate that waits ends the step green, with a notice of what it waits for."""
    sessions(docs=telling("waiting", code=75, headline="waits for approval"), lint="pass")
    came = step("run", sessions="docs lint")
    assert (0, {"state": "waiting", "address": ""}, []) == (came.code, came.outputs, came.errors)
    assert [("waits for approval", "docs waits")] == [
        (each.text, each.properties["title"]) for each in came.log.named("notice")
    ]


def test_a_failure_beside_what_waits(step, sessions):
    """Where one waits and another fails, the step fails."""
    sessions(docs=telling("waiting", code=75), lint=telling("failed", code=1))
    came = step("run", sessions="docs lint")
    assert (1, "failed") == (came.code, came.outputs["state"])


def test_annotations(step, sessions):
    """GitHub shows 50 annotations of a job: what is beyond is told in one notice, and stands in the record."""
    sessions(lint=telling("failed", code=1, count=60), types=telling("failed", code=1, count=3))
    came = step("run", sessions="lint types")
    said = [each.properties for each in came.log.named("error")]
    assert (50, {"src/a.py"}) == (len(said), {each["file"] for each in said})
    assert {"lint: E501", "types: E501"} >= {each["title"] for each in said}
    assert ["There are more findings; all of them are in the run record."] == [e.text for e in came.log.named("notice")]


def test_several_pythons(step, door, sessions):
    """With several Pythons the sessions run on each, one record and one page each; a failure on one is a failure."""
    sessions(test="on = os.environ['TWINRAIL_PYTHON']\nsession.log(f'on {on}')\nif on == '3.11': session.error('old')")
    came = step("run", sessions="test", part="same", python="3.11\n3.12")
    assert (1, "failed") == (came.code, came.outputs["state"])
    assert ["parcel-7-1-py3.11", "parcel-7-1-py3.12"] == sorted(e.name for e in (door.place / "out/record").iterdir())
    assert 2 == came.summary.count("# parcel · verify same\n")
    assert {"nox > on 3.11", "nox > on 3.12"} <= set(came.log.lines)


def test_until(step, door, sessions):
    """Sessions behind the last one that is wanted are off, and are not run."""
    sessions(lint="pass", types="session.error('it ran')")
    came = step("run", sessions="lint types", until="lint")
    assert (0, "passed") == (came.code, came.outputs["state"])
    assert ("off", "it ends after lint") == tuple(door.ended("types")[each] for each in ("state", "headline"))
