"""`required`: what single results come to. The whole table, on the real YAML: tests/agreement/test_required.py."""

import pytest

from twinrail.pipeline.graph import JOBS
from twinrail.pipeline.plan import Plan
from twinrail.pipeline.required import Ended, verdict

NAMES = tuple(job.name for job in JOBS)
ALL = Plan(jobs=NAMES)


def ended(**results):
    """How the jobs ended: with success, but for some; `waiting` is a success behind a gate that waits."""
    every = {name: "success" for name in NAMES if name != "required"} | results
    return {
        name: Ended(result="success", state="waiting") if result == "waiting" else Ended(result=result)
        for name, result in every.items()
    }


@pytest.mark.parametrize(
    ("results", "state", "code"),
    [
        ({}, "passed", 0),
        ({"verify": "failure"}, "failed", 1),
        ({"platforms": "failure"}, "failed", 1),
        ({"production": "failure"}, "failed", 1),
        ({"verify": "cancelled"}, "interrupted", 130),
        ({"staging": "waiting", "approval": "skipped", "production": "skipped"}, "waiting", 0),
        ({"production": "waiting"}, "waiting", 0),
        # The worst that happened counts.
        ({"verify": "failure", "build": "cancelled"}, "failed", 1),
        ({"platforms": "cancelled", "staging": "waiting"}, "interrupted", 130),
        ({"platforms": "failure", "staging": "waiting"}, "failed", 1),
        # No cause, no green.
        ({"accept": "skipped"}, "failed", 1),
        ({"production": "skipped"}, "failed", 1),
        ({"staging": "waiting", "accept": "skipped"}, "failed", 1),
        # GitHub may learn new words.
        ({"build": "neutral"}, "failed", 1),
        ({"build": ""}, "failed", 1),
        ({"build": "None"}, "failed", 1),
    ],
)
def test_what_results_come_to(results, state, code):
    """Green when all passed or a gate waits; a failure goes before a cancel, a cancel before a wait."""
    found = verdict(ALL, ended(**results))
    assert (state, code) == (found.state, found.exit_code)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "required"])
def test_a_job_that_is_not_there_is_red(name):
    """A job that nobody tells of is none that passed."""
    told = ended()
    del told[name]
    found = verdict(ALL, told)
    assert ("failed", 'ended as "missing", which is no end that is known') == found.jobs[name]
    assert 1 == found.exit_code


def test_reasons_are_told_from_the_cause_on():
    """What stands behind a job that did not pass is told with that job, however far behind it stands."""
    found = verdict(
        ALL, ended(build="failure", accept="skipped", staging="skipped", approval="skipped", production="skipped")
    )
    assert {"accept", "staging", "approval", "production"} == {
        name for name, told in found.jobs.items() if told == ("not run", "build failed")
    }
    waits = verdict(ALL, ended(staging="waiting", approval="skipped", production="skipped"))
    assert (("waiting", "a gate waits"), ("not run", "staging waits")) == (
        waits.jobs["staging"],
        waits.jobs["production"],
    )
    gone = verdict(ALL, ended(verify="cancelled", platforms="skipped"))
    assert ("not run", "verify was cancelled") == gone.jobs["platforms"]


def test_what_the_plan_leaves_out_is_off():
    """A job that is not planned is told with the plan's own reason, and does not count."""
    plan = Plan(jobs=("verify", "build", "required"), left_out={name: f"no {name}" for name in NAMES[2:-1]})
    found = verdict(plan, ended(**dict.fromkeys(NAMES[2:-1], "skipped")))
    assert ("passed", 0) == (found.state, found.exit_code)
    assert {("off", f"no {name}") for name in NAMES[2:-1]} == {found.jobs[name] for name in NAMES[2:-1]}


def test_nothing_at_all_is_not_green():
    """A run in which nothing ran is none that passed, whatever the plan says."""
    everything = Plan(jobs=(), left_out=dict.fromkeys(NAMES, "no reason"))
    assert "failed" == verdict(everything, ended(**dict.fromkeys(NAMES[:-1], "skipped"))).state
    assert "failed" == verdict(None, {}).state


def test_without_a_plan_what_was_skipped_is_red():
    """The plan may be lost on the way: `verify` is red then, however it ended, because nobody knows what was to run."""
    found = verdict(None, ended(accept="skipped", staging="skipped", approval="skipped", production="skipped"))
    assert ("failed", "told no plan: its output `plan` came empty") == found.jobs["verify"]
    assert ("not run", "nothing was planned") == found.jobs["accept"]
    assert 1 == found.exit_code


def test_what_had_not_begun_when_the_run_was_cancelled():
    """A cancelled run is red as one that was cancelled; what had not begun is told so, and is no failure of its own."""
    planned = Plan(jobs=tuple(NAMES))
    skipped = dict.fromkeys(("accept", "staging", "approval", "production"), "skipped")
    found = verdict(planned, ended(build="success", platforms="cancelled", **skipped))
    assert ("interrupted", 130) == (found.state, found.exit_code)
    assert ("not run", "the run was cancelled") == found.jobs["accept"]
