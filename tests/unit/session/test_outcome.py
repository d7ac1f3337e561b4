"""How a session ends."""

from twinrail.report.events import Finding, Reading
from twinrail.session.outcome import Outcome, failed, off, passed

READING = Reading(name="coverage", value="93 %")


def test_passed():
    """A session that found nothing wrong has the exit code 0."""
    assert Outcome(state="passed", headline="fine") == passed("fine")
    assert Outcome(state="passed", headline="fine", readings=(READING,), artifacts={"a.whl": "00"}) == passed(
        "fine", readings=(READING,), artifacts={"a.whl": "00"}
    )
    assert 0 == passed("fine").exit_code


def test_off():
    """A session with nothing to do is no failure, and says why."""
    assert ("off", "no Dockerfile", 0) == (off("no Dockerfile").state, off("no Dockerfile").headline, off("").exit_code)


def test_failed():
    """A session whose tool found something has the exit code 1, or its class."""
    finding = Finding(title="a")

    assert Outcome(state="failed", headline="bad", exit_code=1) == failed("bad")
    assert Outcome(
        state="failed",
        headline="bad",
        exit_code=20,
        detail="more",
        words=("a",),
        findings=(finding,),
        readings=(READING,),
    ) == failed("bad", exit_code=20, detail="more", words=("a",), findings=(finding,), readings=(READING,))
