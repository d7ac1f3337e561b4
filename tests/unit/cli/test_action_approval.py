"""The job that asks for approval: it has no checkout, and passes where its environment says that it asks people."""

import pytest

from golden_files import check


@pytest.fixture
def bare(door):
    """A job without a checkout."""
    (door.workspace / "pyproject.toml").unlink()
    door.job = "approval"
    return door


@pytest.mark.parametrize("value", [None, "", "no", "true", "YES", "yes ", "1"])
def test_not_protected(step, bare, value):
    """Anything but `yes` is no word of an environment that asks people: the job ends with 25."""
    if value is not None:
        bare.env["TWINRAIL_PROTECTED"] = value
    assert 0 == step("begin", sessions="", part="production-approval").code
    came = step("run", sessions="", part="production-approval")
    assert (25, {"state": "failed"}) == (came.code, came.outputs)


@pytest.mark.usefixtures("bare")
def test_what_is_said(step):
    """The message names the environment, the cause, and where to set it right; the page says it too."""
    came = step("run", sessions="", part="production-approval-2")
    check("cli/not-protected.txt", f"{came.errors[0]}\n\n{came.summary}")


def test_protected(step, bare):
    """Where it says so people were asked, because GitHub asked them before the job began."""
    bare.env["TWINRAIL_PROTECTED"] = "yes"
    came = step("run", sessions="", part="production-approval")
    assert (0, {"state": "passed"}, []) == (came.code, came.outputs, came.log.obeyed)
    assert ["production-approval: its reviewers agreed."] == came.log.lines


def test_begin(step, bare):
    """Before that nothing is fetched, nothing is kept, and nobody is asked."""
    came = step("begin", sessions="", part="production-approval")
    assert (0, {}, [], "") == (came.code, came.outputs, came.log.lines, came.summary)
    assert not bare.place.exists()


def test_no_sessions_by_mistake(step):
    """A job that names no session by mistake does not pass: it asks whether its environment is protected."""
    assert 25 == step("run", sessions="  ").code
