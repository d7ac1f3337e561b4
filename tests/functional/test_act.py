"""The harness: what is read from a run of act is what the workflows did."""

from pathlib import Path

import psutil
import pytest
from act import TOKEN, Act, references
from act_event import event_of, merged
from act_run import Annotation

WORKFLOW = Path(__file__).parent / "workflows" / "jobs.yml"
PACK = {
    "actions/speak/action.yml": """\
name: speak
description: Says a word
inputs: {word: {required: true}}
outputs: {said: {value: "${{ steps.say.outputs.said }}"}}
runs:
  using: composite
  steps:
    - id: say
      shell: bash
      env: {WORD: "${{ inputs.word }}"}
      run: |
        echo "said=$WORD" >> "$GITHUB_OUTPUT"
        echo "# $WORD" >> "$GITHUB_STEP_SUMMARY"
""",
    ".github/workflows/called.yml": """\
name: twinrail
on: {workflow_call: {}}
jobs:
  verify:
    runs-on: ubuntu-latest
    steps: [{run: "true"}]
  speaks:
    needs: verify
    runs-on: ubuntu-latest
    steps: [{run: echo inside}]
  never:
    if: ${{ false }}
    runs-on: ubuntu-latest
    steps: [{run: "true"}]
""",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory, commit):
    """act with a small pack of its own."""
    root = tmp_path_factory.mktemp("small")
    commit(root / "pack", PACK)
    return Act(root / "pack", root / "act", root / "venvs")


@pytest.fixture(scope="module")
def consumer(tmp_path_factory, commit):
    root = tmp_path_factory.mktemp("consumer")
    commit(
        root, {".github/workflows/jobs.yml": WORKFLOW.read_bytes(), ".env": "GIVEN=leaked", ".secrets": "word=leaked"}
    )
    return root


@pytest.fixture(scope="module")
def run(small, consumer):
    given = {"secrets": {"word": "swordfish"}, "variables": {"word": "plaice"}, "env": {"GIVEN": "cod"}}
    return small.run(consumer, payload={"repository": {"more": "eel"}}, **given)


def test_the_results_of_jobs(run):
    """Every declared job has its result, by its id behind its caller's; what act never came to is missing."""
    assert {
        "first": "success",
        "speaks": "success",
        "calls": "success",
        "calls/verify": "success",
        "calls/speaks": "success",
        "calls/never": "skipped",
        "skipped": "skipped",
        "skipped/verify": "missing",
        "skipped/speaks": "missing",
        "skipped/never": "missing",
        "nowhere": "missing",
        "fails": "failure",
        "waits": "skipped",
    } == run.jobs
    assert 1 == run.returncode
    assert "Job 'fails' failed" in run.said


def test_the_legs_of_a_matrix(run):
    """They are told apart by their values, and together they are the job."""
    legs = {"first (linux, 3.11)", "first (linux, 3.12)"}
    assert legs <= run.legs.keys()
    assert legs <= set(run.order)
    assert "python 3.11\n" in run.log("first (linux, 3.11)")
    assert "3.12" not in run.log("first (linux, 3.11)")
    assert "python 3.12\n" in run.log("first")


def test_the_order(run):
    """Jobs stand in the order in which they began; those that never began stand nowhere."""
    assert run.order.index("speaks") < run.order.index("calls/verify") < run.order.index("calls/speaks")
    assert not {"skipped", "nowhere", "waits"} & set(run.order)


def test_what_steps_tell(run):
    """Annotations, outputs of steps inside and outside of a composite, and each summary once."""
    assert [
        Annotation("warning", "a.py", 3, "Beware", "of\nthe dog", "speaks"),
        Annotation("error", "", None, "", "plain", "speaks"),
    ] == run.annotations
    assert {"said": "hello"} == run.outputs("speaks", "pack") == run.outputs("speaks", "pack/say")
    assert {"speaks": "# hello\n"} == run.summaries
    assert "inside\n" in run.log("calls/speaks")


def test_what_a_job_is_given(run):
    """Secrets, which are masked, variables, the environment, the payload; no file of the consumer leaks in."""
    said = run.log("speaks").splitlines()
    values = next(line for line in said if line.startswith("["))
    assert values.startswith("[***] [plaice] [cod] [acme/parcel] [false] [eel] [***] ")
    for secret in ("swordfish", TOKEN):
        assert secret not in "".join(run.log(job) for job in run.jobs)


def test_no_process_is_left(run):
    """What a step left behind is ended after the run, and told."""
    assert ["sleep 300"] == run.orphans


def test_a_run_that_lasts_too_long(small, commit, tmp_path):
    """It is ended with all that it started."""
    text = "on: {push: {}}\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: sleep 4321}]}}\n"
    commit(tmp_path / "slow", {".github/workflows/slow.yml": text})
    with pytest.raises(TimeoutError, match=r"more than 1 s; .*\n"):
        small.run(tmp_path / "slow", timeout=1)
    assert "sleep 4321" not in {" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])}


def test_references(tmp_path):
    """Every repository and ref in every form of a step, in workflows, actions and examples; the pack at v1 always."""
    places = (".github/workflows/a.yml", "actions/x/action.yml", "docs/examples/deep/b.yml", "elsewhere/c.yml")
    for number, place in enumerate(places):
        (tmp_path / place).parent.mkdir(parents=True)
        steps = (f"uses: a/b/c.d@v{number}  # e/f@v9", "{uses: 'g/h@" + "0" * 40 + "', with: {}}", "uses: ./actions/x")
        (tmp_path / place).write_text("".join(f"- {step}\n" for step in steps), encoding="utf-8")
    used = {("a/b", "v0"), ("a/b", "v1"), ("a/b", "v2"), ("g/h", "0" * 40)}
    assert {("twinrail/twinrail", "v1"), *used} == references(tmp_path, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("event", "number", "ref"),
    [("push", None, "refs/heads/main"), ("pull_request", 7, None), ("schedule", None, "refs/heads/main")],
)
def test_events(consumer, event, number, ref):
    """The payload of an event on the commit that is checked out, with the test's own changes deep inside."""
    made = event_of(consumer, event, {"repository": {"fork": True}})
    assert (number, ref) == (made.get("number"), made.get("ref"))
    assert (True, "main") == (made["repository"]["fork"], made["repository"]["default_branch"])


def test_merging():
    """A list replaces a list, a document goes into a document."""
    assert {"a": {"b": 1, "c": [2]}, "d": {}} == merged({"a": {"b": 1, "c": [1]}, "d": 1}, {"a": {"c": [2]}, "d": {}})
