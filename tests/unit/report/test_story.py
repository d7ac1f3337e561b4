"""The events of a run make its story, whoever wrote them down and however they were cut off."""

import json

import pytest
from sample_stories import BEGAN, ran

from twinrail.report.events import (
    Finding,
    GateAsked,
    MoveMade,
    Observed,
    Progress,
    Reading,
    RolloutBegan,
    RunEnded,
    RunStarted,
    SessionEnded,
    SessionStarted,
)
from twinrail.report.story import Story, Timed, read_events, tell_story, write_event

RUN = RunStarted(
    run="20261122-201459-4711",
    project="shopfront",
    version="1.4.0",
    commit="3f2a9c1",
    uncommitted=0,
    manager="uv",
    python="3.12",
    pack="1.0.0",
    sessions=("lint", "test"),
    root="/home/ada/shopfront",
)
END = SessionEnded(
    session="test",
    state="failed",
    seconds=3.1,
    headline="1 failed — ü",
    exit_code=1,
    detail="a\nb",
    again="nox -s test -- a",
    findings=(Finding(file="a.py", line=3, title="test_a", text="x\u2028y"),),
    readings=(Reading(name="coverage", value="93 %", limit="≥ 90 %", ok=True),),
    artifacts={"a.whl": "00"},
)
EVENTS = [
    RUN,
    SessionStarted(session="test"),
    Progress(session="test", text="half"),
    ran("test", "pytest", "-q", TOKEN="***"),
    GateAsked(session="production", environment="production", gate="approval", answer="open", who="Ada"),
    MoveMade(session="production", environment="production", move="start", seconds=0.5),
    Observed(session="production", environment="production", instances={"1.4.0": 2}, traffic={"1.4.0": 12.5}),
    RolloutBegan(session="production", environment="production", strategy="rolling", old="1.3.2", new="1.4.0"),
    END,
    RunEnded(exit_code=1, address="http://127.0.0.1:8433"),
]


def ended(session, state, exit_code=0):
    return SessionEnded(session=session, state=state, seconds=1, headline="", exit_code=exit_code)


def told(*events):
    return tell_story(Timed(BEGAN + index, event) for index, event in enumerate(events))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_round_trip(event):
    """Each event is one line, and reads as what it was."""
    line = write_event(BEGAN + 0.12345, event)

    assert "\n" not in line
    assert [Timed(BEGAN + 0.123, event)] == list(read_events([line]))


def test_cut_lines():
    """Lines that a crash cut short, blank ones, and events of a later version are passed over."""
    whole = write_event(BEGAN, SessionStarted(session="test"))
    later = json.dumps({"time": BEGAN, "event": "CometSeen", "where": "north"})
    lines = [whole[:cut] for cut in range(len(whole))] + ["\n", later, '{"event": "SessionStarted"}']
    wrong = json.dumps({"time": BEGAN, "event": "SessionStarted", "session": 3})

    assert [] == list(read_events([*lines, wrong]))
    assert 1 == len(list(read_events([*lines, whole])))


def test_later_fields():
    """A field that a later version added is no obstacle."""
    data = json.loads(write_event(BEGAN, SessionStarted(session="test")))

    assert [Timed(BEGAN, SessionStarted(session="test"))] == list(read_events([json.dumps({**data, "mood": "fine"})]))


def test_nothing():
    """Before anything happened, nothing is wrong."""
    assert ("passed", 0, None) == (Story().state, Story().exit_code, Story().run)


def test_all():
    """All that happened has its place in the story."""
    story = told(*EVENTS)

    assert RUN == story.run
    assert (BEGAN, BEGAN + 9) == (story.began, story.last)
    assert ["lint", "test"] == list(story.sessions)
    test = story.sessions["test"]
    assert (BEGAN + 1, "half", END, (EVENTS[3],)) == (test.started, test.progress, test.ended, tuple(test.commands))
    assert [(BEGAN + 4, EVENTS[4])] == story.gates
    assert [(BEGAN + 5, EVENTS[5])] == story.moves
    assert [(BEGAN + 6, EVENTS[6])] == story.observed
    assert [(BEGAN + 7, EVENTS[7])] == story.rollouts
    assert RunEnded(exit_code=1, address="http://127.0.0.1:8433") == story.end


def test_states_of_a_session():
    """A session is pending, then running, then what it ended as."""
    story = told(RUN)
    assert "pending" == story.sessions["test"].state

    story.take(BEGAN, SessionStarted(session="test"))
    assert "running" == story.sessions["test"].state

    story.take(BEGAN, ended("test", "off"))
    assert "off" == story.sessions["test"].state


def test_joined_run():
    """A process that joins the run adds its sessions; the run stays what it was."""
    joined = RunStarted(**{**vars(RUN), "sessions": ("build",), "python": "3.13"})
    story = told(RUN, joined)

    assert (RUN, ["lint", "test", "build"]) == (story.run, list(story.sessions))


def test_run_once_more():
    """A session that runs once more in the same run starts its story anew."""
    story = told(SessionStarted(session="test"), ran("test", "pytest"), END, SessionStarted(session="test"))

    assert ("running", []) == (story.sessions["test"].state, story.sessions["test"].commands)


@pytest.mark.parametrize(
    ("states", "state", "exit_code"),
    [
        ((("passed", 0), ("off", 0), ("unknown", 0)), "passed", 0),
        ((("waiting", 75), ("not run", 0)), "waiting", 75),
        ((("waiting", 75), ("failed", 20), ("passed", 0)), "failed", 20),
        ((("failed", 1), ("interrupted", 130)), "interrupted", 130),
        ((("failed", 4), ("failed", 1)), "failed", 4),
    ],
)
def test_worst(states, state, exit_code):
    """A run is as bad as its worst session: interrupted, failed, waiting, in this order; the first of equals."""
    story = told(*(ended(str(number), *each) for number, each in enumerate(states)))

    assert (state, exit_code) == (story.state, story.exit_code)


def test_code_of_the_end():
    """Where no session is in trouble, the end of the run says what it was."""
    passed = ended("test", "passed")

    assert ("failed", 1) == (told(ended("test", "failed", 1), RunEnded(exit_code=75)).state, 1)
    for code, state in {0: "passed", 4: "failed", 75: "waiting", 130: "interrupted"}.items():
        story = told(passed, RunEnded(exit_code=code))
        assert (state, code) == (story.state, story.exit_code)


def test_running():
    """A run whose sessions are not all done is running, unless one is in trouble already."""
    assert "running" == told(RUN, ended("lint", "passed")).state
    assert "failed" == told(RUN, ended("lint", "failed", 1)).state
    assert "passed" == told(ended("lint", "passed"), ended("test", "not run")).state


def test_troubled():
    """The sessions to look at are those that failed, wait, or were interrupted."""
    story = told(RUN, ended("lint", "failed", 1), ended("test", "waiting", 75), ended("build", "passed"))

    assert ["lint", "test"] == [each.name for each in story.troubled]


def test_elapsed():
    """A session took the time that its end says; one that runs, what has passed; one that did not begin, none."""
    story = told(SessionStarted(session="build"), ended("lint", "passed"), ended("sbom", "off"), RUN)

    assert {"build": 3, "lint": 1, "sbom": None, "test": None} == {
        name: each.elapsed(BEGAN + 3) for name, each in story.sessions.items()
    }


def test_reused():
    """A session whose result was taken from an earlier run says so in its headline."""
    again = SessionEnded(session="test", state="passed", seconds=0, headline="reused (nothing has changed)")

    assert [True, False] == [told(each).sessions["test"].reused for each in (again, END)]
    assert not told(RUN).sessions["test"].reused
