"""What act makes of the pack's jobs is held against the model of GitHub, and against what `required` says of them."""

from collections.abc import Mapping
from pathlib import Path

from act_run import ActRun

from agreement.model.workflow import Outcome, Result, load, needs_of, simulate, workflow_outputs
from twinrail.cli.inputs import read_plan
from twinrail.pipeline.required import Ended, verdict

WORKFLOWS = Path(__file__).parents[2] / ".github" / "workflows"
RAN = ("success", "failure")


def agree(run: ActRun, caller: str, workflow: str = "python.yml", **inputs: str) -> dict[str, str]:
    """How the jobs of a call ended, which the model says too when those that ran end and tell the same.

    Args:
        run: what act did.
        caller: the id of the job that calls the workflow.
        workflow: the file of the pack that it calls.
        inputs: what the caller gives, with _ for -.
    """
    found = modelled(run, caller, workflow, inputs)
    ended = {name: run.jobs[f"{caller}/{name}"] for name in found}
    assert {name: each.result for name, each in found.items()} == ended
    if "required" in ended:
        judged(run, caller, ended)
    return ended


def outputs(run: ActRun, caller: str, workflow: str = "python.yml", **inputs: str) -> dict[str, str]:
    """What GitHub tells the caller, by the model, when the jobs that act ran told what they did."""
    return workflow_outputs(load(WORKFLOWS / workflow), modelled(run, caller, workflow, inputs))


def modelled(run: ActRun, caller: str, workflow: str, inputs: Mapping[str, str]) -> dict[str, Result]:
    """What becomes of the jobs of a call by the model."""
    document = load(WORKFLOWS / workflow)
    outcomes = {
        name: Outcome(result=result, steps={step: run.outputs(path, step) for step in ids(job)})
        for name, job in document["jobs"].items()
        if (result := run.jobs[path := f"{caller}/{name}"]) in RAN
    }
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return simulate(document, inputs=given, github={}, outcomes=outcomes)


def in_order(run: ActRun, workflow: str = "python.yml") -> None:
    """No job of the one call of a run began before all that it needs had ended."""
    began: dict[str, int] = {}
    ended: dict[str, int] = {}
    for number, line in enumerate(run.lines):
        if line.get("stepid") == ["--setup-job"]:
            began.setdefault(line["jobID"], number)
        if "jobResult" in line:
            ended[line["jobID"]] = number
    for name, job in load(WORKFLOWS / workflow)["jobs"].items():
        early = [need for need in needs_of(job) if name in began and began[name] < ended[need]]
        assert not early, f"{name} began before {early} had ended"


def ids(job: Mapping[str, object]) -> list[str]:
    """The steps of a job that have a name by which their outputs are known."""
    steps = job["steps"]
    assert isinstance(steps, list)
    return [step["id"] for step in steps if "id" in step]


def judged(run: ActRun, caller: str, ended: Mapping[str, str]) -> None:
    """`required` ends, and says its state, as the jobs before it come to by what act reports of them."""
    told = {name: run.outputs(f"{caller}/{name}", "nox") for name in ended}
    plan = told["verify"].get("plan")
    ends = {name: Ended(result=result, state=told[name].get("state", "")) for name, result in ended.items()}
    found = verdict(read_plan(plan) if plan else None, ends)
    assert (found.state, found.exit_code == 0) == (told["required"]["state"], ended["required"] == "success")
