"""The door of the composite action: `twinrail-action begin`, `twinrail-action run`. The only thing that it runs is nox.

`begin` reads the inputs, masks secrets, and tells the YAML which artifacts to fetch. `run` takes those over by their
digests, runs the sessions, and tells people and later jobs what came of it.
"""

import os
import shutil
import sys

from twinrail.cli.inputs import Inputs, read_inputs, read_plan
from twinrail.cli.runner import Runner, open_runner
from twinrail.deploy.github import APPROVED
from twinrail.pipeline import artifacts
from twinrail.pipeline.graph import taken
from twinrail.pipeline.handover import gather, hand_on, take_packages, take_receipts
from twinrail.pipeline.required import verdict
from twinrail.report.commands import Folds, annotations, data, masks, spoken
from twinrail.report.events import SessionEnded
from twinrail.report.hiding import lay_record
from twinrail.report.screen import as_text
from twinrail.report.story import Story
from twinrail.report.summary import jobs_table, refusal, summary
from twinrail.system.errors import NotProtected, TwinrailError, Waiting
from twinrail.system.github import repository, workspace, write_output, write_summary

INPUTS = "TWINRAIL_INPUTS"
"""The variable with the action's inputs, as `toJSON(inputs)` writes them."""
PROTECTED = "TWINRAIL_PROTECTED"
"""The variable that an environment of GitHub carries when it asks people: `yes`."""


def main() -> int:
    """The exit code of a step of the action: of its class; a gate that waits is no failure."""
    # Windows would write what the code page has, and fail at the rest.
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        given = read_inputs(os.environ.get(INPUTS, ""), workspace=workspace(), repository=repository())
        verb = {"begin": begin, "run": run}[sys.argv[1]]
        # A job that only asks for approval has no checkout, and so no project.
        return verb(given, open_runner(given)) if given.sessions else approve(given, ask=sys.argv[1] == "run")
    except TwinrailError as error:
        print(f"::error title=twinrail::{data(str(error))}", flush=True)
        write_output("state", "failed")
        write_summary(refusal(error))
        return error.exit_code


def begin(given: Inputs, job: Runner) -> int:
    """Masks secrets, and tells the steps that follow what to fetch and what to call what they keep."""
    print("\n".join(masks(job.secrets)), flush=True)
    shutil.rmtree(job.place, ignore_errors=True)
    job.place.mkdir(parents=True)
    write_output("folder", str(job.place))
    write_output("takes", artifacts.takes(given.name, given.sessions))
    write_output("artifact", artifacts.artifact(given.name, job.name, given.part))
    return 0


def run(given: Inputs, job: Runner) -> int:
    """Runs the sessions on each Python, and tells what came of them."""
    take(given, job)
    if "notify" in given.sessions:
        return require(given, job)
    plan = job.plan(given)
    codes = [job.nox(given, python) for python in job.pythons(given)]
    story = tell(given, job)
    if plan:
        codes += [job.tell_plan(plan)]
    return finish(story, [code for code in codes if code])


def approve(given: Inputs, *, ask: bool) -> int:
    """Passes when the environment that this job stands in asks people before the job begins.

    Raises:
        NotProtected: nobody says that it does: GitHub makes an environment that is missing, open to all.
    """
    if not ask:
        return 0
    name = given.part or "The environment"
    if os.environ.get(PROTECTED) != "yes":
        raise NotProtected(
            f"{name} is not protected, or does not say so: nobody was asked.",
            why=f"GitHub creates an environment that is missing, and {PROTECTED} is not `yes` in it.",
            todo=f"Settings → Environments → {name}: add required reviewers, and the variable {PROTECTED} = yes.",
        )
    print(f"{name}: its reviewers agreed.")
    write_output("state", "passed")
    return 0


def take(given: Inputs, job: Runner) -> None:
    """Takes over what the jobs before made, as far as these sessions need it."""
    if "wheel" in taken(given.sessions):
        told = given.needs.told("artifacts")
        take_packages(job.artifacts, told[0] if told else "", given.name, job.incoming)
    take_receipts(job.project.state, given.needs.told("receipt"), given.sessions, job.incoming)
    os.environ.pop(APPROVED, None)
    approvals = [ended for name, ended in given.needs.ended.items() if name == "approval"]
    if approvals and approvals[0].result == "success":
        os.environ[APPROVED] = given.needs.outputs["approval"].get("approvals", "")


def require(given: Inputs, job: Runner) -> int:
    """What all jobs come to; tells the notifiers, whose failure fails nothing."""
    told = given.needs.told("plan")
    found = verdict(read_plan(told[0]) if told else None, given.needs.ended)
    record = job.record(given)
    gather(record, job.incoming, found, given.name)
    if job.nox(given, ""):
        print("::warning title=notify::Somebody could not be told how the run ended; the log says why.", flush=True)
    story = tell(given, job)
    write_summary(jobs_table(found.jobs))
    write_output("state", found.state)
    for name, (state, why) in found.jobs.items():
        print(f"{state:<12} {name:<12} {spoken(why)}", flush=True)
    return finish(story, [found.exit_code] if found.exit_code else [])


def tell(given: Inputs, job: Runner) -> Story:
    """Annotations, the summary page, outputs, the record without secrets: what came of the sessions."""
    stories = []
    for record in job.records:
        record.publish()
        story = lay_record(record.folder, job.outgoing / "record" / record.run, job.secrets).story()
        Folds(sys.stdout).aloud(as_text(story))
        for each in (one.ended for one in story.sessions.values() if one.ended):
            _annotate(each, job, given)
        write_summary(f"# {given.name} · {job.title(given)}\n\n{summary(story)}")
        stories.append(story)
    for name, value in hand_on(job.artifacts, job.project.state, given.sessions, job.outgoing).items():
        write_output(name, value)
    return stories[-1]


def finish(story: Story, codes: list[int]) -> int:
    """The step's exit code: of the first failure; a gate that waits is none."""
    code = next((each for each in codes if each != Waiting.exit_code), 0)
    if not any(each.name == "notify" for each in story.sessions.values()):
        state = "waiting" if Waiting.exit_code in codes else "passed"
        write_output("state", "failed" if code else state)
        write_output("address", story.end.address if story.end and not code else "")
    return code


def _annotate(ended: SessionEnded, job: Runner, given: Inputs) -> None:
    # The last job gathers what others have told already.
    if "notify" in given.sessions and ended.session != "notify":
        return
    for line in job.counted(annotations(ended, job.prefix)):
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
