"""The screen: a table that moves on a terminal, plain lines elsewhere, and what is said at the end."""

import io

import pytest
from rich.console import Console

from twinrail.report.events import (
    Finding,
    Observed,
    Progress,
    RunEnded,
    RunStarted,
    SessionEnded,
    SessionStarted,
)
from twinrail.report.screen import Screen, ending

RUN = RunStarted(
    run="20261122-201459-1", project="shopfront", version="1.4.0", commit="3f2a9c1" + "0" * 33, uncommitted=2,
    manager="uv", python="3.12.1", pack="1.0.0", sessions=("lint", "test"), root="/shop",
)  # fmt: skip


@pytest.fixture
def paper():
    """What a pipe gets."""
    return Console(file=io.StringIO(), width=110, highlight=False, soft_wrap=True)


def said(console):
    return console.file.getvalue()


def test_plain_lines_where_there_is_no_terminal(paper):
    """One line when a session begins and one when it ends, without a colour."""
    with Screen(paper) as screen:
        screen.hear(0.0, RUN)
        screen.hear(1.0, SessionStarted(session="lint"))
        screen.hear(1.5, Progress(session="lint", text="half way"))
        screen.say("a tool speaks")
        screen.hear(2.0, SessionEnded(session="lint", state="passed", seconds=1.0, headline="clean"))
    assert (
        "shopfront 1.4.0 · 3f2a9c1 · uv · Python 3.12.1 · 2 uncommitted    run 20261122-201459-1    twinrail 1.0.0\n\n"
        "  · lint         started\n"
        "  ✓ lint            1.0 s   clean\n"
    ) == said(paper)


def test_a_session_alone_lets_its_tools_speak(paper):
    """Where one session runs, what its tool says is seen, and where it stands."""
    with Screen(paper, alone=True) as screen:
        screen.hear(1.0, SessionStarted(session="build"))
        screen.hear(1.5, Progress(session="build", text="first build"))
        screen.say("a tool speaks")
    assert "  · first build\na tool speaks\n" == said(paper)


def test_what_runs_is_said_once(paper):
    """A process that joins a run does not say again what runs."""
    screen = Screen(paper, joined=True)
    screen.hear(0.0, RUN)
    assert "" == said(paper)


def test_a_table_that_moves_on_a_terminal():
    """On a terminal all sessions stand in one table: done, running with where it stands, still to come."""
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None, highlight=False)
    with Screen(console) as screen:
        screen.hear(0.0, RUN)
        screen.hear(1.0, SessionStarted(session="lint"))
        screen.hear(2.0, SessionEnded(session="lint", state="failed", seconds=1.0, headline="3 findings"))
        screen.hear(2.0, SessionStarted(session="test"))
        screen.hear(2.5, Progress(session="test", text="tests/unit"))
    shown = said(console)
    assert "✗ lint            1.0 s   3 findings" in shown
    assert "● test" in shown
    assert "tests/unit" in shown
    assert "started" not in shown


def test_nobody_is_asked_where_nobody_sits(paper):
    """A question without a terminal has no answer."""
    assert Screen(paper).ask("Approve? ") is None


def told(paper, *events):
    screen = Screen(Console(file=io.StringIO()))
    for event in events:
        screen.hear(1.0, event)
    paper.print(ending(screen.story, ".twinrail/runs/latest"))
    return said(paper)


def test_the_end_of_a_failure(paper):
    """Each failure is told with its findings, where they are, and the command that runs just that again."""
    findings = (Finding(file="tests/test_prices.py", line=41, title="test_rounding", text="assert 1 == 2"),) * 12
    failed = SessionEnded(session="test", state="failed", seconds=1.0, headline="12 failed", exit_code=1,
                          findings=findings, detail="more", again="nox -s test -- x")  # fmt: skip
    text = told(paper, failed)
    assert "  ✗ test   12 failed" in text
    assert 10 == text.count("    tests/test_prices.py:41  test_rounding\n      assert 1 == 2\n")
    assert "    … and 2 more, in the report\n    more\n" in text
    assert "    Again, exactly:  nox -s test -- x      exit 1\n" in text


def test_the_end_of_a_wait(paper):
    """What waits says how to go on, and no command that would only wait again."""
    waits = SessionEnded(session="production", state="waiting", seconds=1.0, headline="waits; go on with: …",
                         exit_code=75, again="nox -s production")  # fmt: skip
    text = told(paper, waits)
    assert "◐ production   waits; go on with: …" in text
    assert "Again" not in text


def test_the_end_of_a_release_that_is_live(paper):
    """Where production serves, and how all of it is stopped, is said once."""
    seen = Observed(session="production", environment="production", instances={}, traffic={})
    text = told(paper, seen, RunEnded(exit_code=0, address="http://127.0.0.1:8433"))
    assert "  Production is live: http://127.0.0.1:8433\n" in text
    assert "  Report  .twinrail/runs/latest/report.html      Stop everything  nox -s down\n" in text


def test_the_end_of_a_warning(paper):
    """What is unknown says why, though nothing failed."""
    unknown = SessionEnded(session="security", state="unknown", seconds=1.0, headline="x", detail="No answer.\nTry.")
    assert "\n    No answer.\n    Try.\n" in told(paper, unknown)
