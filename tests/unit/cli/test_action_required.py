"""The last job: what all jobs come to, told once, with the records of all of them as one."""

import json
import re

import pytest

from payloads import CANARY, PAYLOADS
from twinrail.report.commands import spoken
from twinrail.report.events import Finding, RunEnded, RunStarted, SessionEnded, SessionStarted
from twinrail.report.record import Record

NAMES = ("verify", "build", "platforms", "accept", "staging", "approval", "production")
PLAN = {"jobs": [*NAMES, "required"], "left_out": {}, "platforms": [], "approvals": ["production-approval"]}
LEFT_OUT = {"platforms": "no other Python", "accept": "no tests"}
LEFT_OUT |= dict.fromkeys(("staging", "approval", "production"), "fix is no main")
BRANCH = {"jobs": ["verify", "build", "required"], "left_out": LEFT_OUT, "platforms": [], "approvals": []}
PASSED = dict.fromkeys(NAMES, "success")


def needs(results, plan=PLAN, **outputs):
    """`toJSON(needs)`: how each job ended, and the plan that the first one told."""
    told = {"verify": {"plan": json.dumps(plan)}, "staging": {"state": "passed"}} | outputs
    return json.dumps({name: {"result": result, "outputs": told.get(name, {})} for name, result in results.items()})


@pytest.fixture
def required(step, door, sessions):
    """What came of the last job; `records` are events by artifact."""

    def run(given, records=None, *, body="session.log('told')"):
        door.job = "required"
        step("begin", sessions="notify")
        for name, events in (records or {}).items():
            record = Record(door.place / "in" / name / "record" / "parcel-7-1")
            for event in events:
                record.tell(event)
            record.log("lint").parent.mkdir(parents=True, exist_ok=True)
            record.log("lint").write_text(f"log of {name}\n")
        sessions(**{"notify" if body else "other": body or "pass"})
        return step("run", sessions="notify", needs=given)

    return run


def lines(came):
    """What was said of each job."""
    said = [" ".join(line.split()) for line in came.log.lines]
    return {name: line for name in NAMES for line in said if re.match(rf"(not run|[a-z]+) {name}\b", line)}


def test_all_is_well(required):
    """The check is green, each job stands in the log and on the page, and the state is told."""
    came = required(needs(PASSED))
    assert (0, {"state": "passed"}, []) == (came.code, came.outputs, came.errors)
    assert {name: f"passed {name}" for name in NAMES} == lines(came)
    assert {f"| {name} | ✓ passed |  |" for name in NAMES} <= set(came.summary.splitlines())


def test_what_was_left_out(required):
    """What the plan leaves out is no reason to be red, and its reason is told."""
    skipped = PASSED | dict.fromkeys(LEFT_OUT, "skipped")
    came = required(needs(skipped, BRANCH))
    assert (0, "passed") == (came.code, came.outputs["state"])
    assert "off production fix is no main" == lines(came)["production"]


@pytest.mark.parametrize(
    ("results", "state", "code"),
    [
        ({"verify": "failure"}, "failed", 1),
        ({"production": "failure"}, "failed", 1),
        ({"build": "cancelled"}, "interrupted", 130),
        ({"accept": "skipped"}, "failed", 1),
        ({"accept": "broken"}, "failed", 1),
    ],
)
def test_what_is_red(required, results, state, code):
    """A job that failed, was cancelled, or was skipped without a reason turns the check red."""
    came = required(needs(PASSED | results))
    assert (code, state) == (came.code, came.outputs["state"])


def test_what_waits(required):
    """Behind a gate that waits the rest is not run, and the check is green."""
    came = required(needs(PASSED | {"approval": "skipped", "production": "skipped"}, staging={"state": "waiting"}))
    assert (0, "waiting") == (came.code, came.outputs["state"])
    assert "not run production staging waits" == lines(came)["production"]


@pytest.mark.parametrize("given", ["", "{}", "[]"])
def test_no_needs(required, given):
    """Without a word of any job the check is red."""
    came = required(given)
    assert (1, "failed") == (came.code, came.outputs["state"])


def test_a_notifier_that_fails(required):
    """When nobody could be told, that is a warning, and no reason to be red."""
    came = required(needs(PASSED), body="session.error('no answer')")
    assert (0, "passed") == (came.code, came.outputs["state"])
    assert 1 == len(came.log.named("warning"))


def test_notify_is_left_out(required):
    """A noxfile without notify has a last job all the same."""
    came = required(needs(PASSED), body=None)
    assert (0, "passed", []) == (came.code, came.outputs["state"], came.log.named("warning"))


def test_one_record_of_all(required, door):
    """All records become one: what each session said, in the order of the pipeline, and each log."""
    found = (Finding(file="a.py", line=1, title="E501"),)
    began = RunStarted(run="r", project="parcel", version="0.3.0", commit="c" * 40, uncommitted=0, manager="uv",
                       python="3.12.1", pack="1", sessions=("build",), root="/")  # fmt: skip
    records = {
        "parcel-build": [began, SessionEnded(session="build", state="passed", seconds=1, headline="with \u2028 in it")],
        "parcel-verify": [
            SessionStarted(session="lint"),
            SessionEnded(
                session="lint", state="failed", seconds=1, headline="1 finding", exit_code=1, findings=(found,)
            ),
            RunEnded(exit_code=1),
        ],
        "parcel-production": [RunEnded(exit_code=0, address="http://127.0.0.1:8433")],
    }
    came = required(needs(PASSED | {"verify": "failure"}), records)
    assert (1, []) == (came.code, came.errors)  # who failed has told it
    told = [each for each in door.events if each["event"] == "SessionEnded"]
    assert ["build", "lint"] == [each["session"] for each in told][:2]
    assert "with \u2028 in it" == door.ended("build")["headline"]
    table = [line.split(" | ")[0] for line in came.summary.splitlines() if line.startswith("| ")]
    assert table.index("| lint") < table.index("| build")
    assert "log of parcel-verify\n" in {each.read_text() for each in (door.record / "logs").iterdir()}
    assert "Production is live: <code>http://127.0.0.1:8433</code>" in came.summary


WORDS = sorted(set(PAYLOADS) - {"deep JSON"})


@pytest.mark.parametrize("first", range(0, len(WORDS), len(LEFT_OUT)))
def test_hostile_words_of_other_jobs(required, door, first):
    """How jobs ended and why others did not run is shown: no command, no output, nothing executed."""
    texts = [PAYLOADS[name][:2000] for name in WORDS[first : first + len(LEFT_OUT)]]
    plan = BRANCH | {"left_out": LEFT_OUT | dict(zip(LEFT_OUT, texts, strict=False))}
    results = PASSED | dict.fromkeys(LEFT_OUT, "skipped") | {"build": texts[0]}
    came = required(needs(results, plan, build={"state": texts[-1], "version": texts[-1]}), body=None)
    assert (1, {"state": "failed"}, "") == (came.code, came.outputs, came.log.stopped)
    assert {"group", "endgroup"} >= {each.name for each in came.log.obeyed}
    for text in texts:
        assert spoken(text) in came.printed
    assert not [*door.workspace.parent.rglob(CANARY)]


@pytest.mark.parametrize("plan", ["", "{}", "null", PAYLOADS["deep JSON"], '{"jobs": 7}', "${{ x }}"])
def test_a_plan_that_cannot_be_read(required, plan):
    """Without a plan nothing explains why jobs were skipped: the check is red."""
    given = json.dumps({name: {"result": "skipped", "outputs": {}} for name in NAMES}
                       | {"verify": {"result": "success", "outputs": {"plan": plan}}})  # fmt: skip
    came = required(given)
    assert (1, "failed") == (came.code, came.outputs["state"])
