"""One test for each pitfall of docs/pitfalls.md."""

import json
import re
from fnmatch import fnmatch

import pytest

from agreement.checks import CHECKS, real
from agreement.checks.callers import calls
from agreement.checks.conditions import skipped
from agreement.checks.files import IDENTITY, IMAGE, PYTHON, SCAN
from agreement.checks.inputs import declared
from agreement.checks.trust import reached
from agreement.histories import PLANS, follow, told
from agreement.model.document import triggers
from agreement.model.expressions import references
from agreement.mutations import MUTATIONS
from twinrail.cli.inputs import read_inputs, read_plan
from twinrail.deploy.github import APPROVALS
from twinrail.pipeline.artifacts import artifact, takes
from twinrail.pipeline.graph import JOBS
from twinrail.pipeline.handover import take_packages, take_receipts
from twinrail.pipeline.plan import deploys
from twinrail.pipeline.required import Ended, verdict
from twinrail.quality.last_scan import LastScan
from twinrail.system.errors import ProjectError, UsageError
from twinrail.system.github import Trigger

PARTS = {"platforms": ("same", "macos-latest"), "approval": APPROVALS}
"""What the legs of a matrix are called."""


def hold(*names):
    """Asks checks, by their names, what is wrong with the files."""
    for name in names:
        assert [] == CHECKS[name](real()), name


def test_a_skip_does_not_travel():
    """1: production runs where platforms, accept, staging and approval are left out, and so are skipped."""
    hold("skips", "conditions")
    results = follow(real().yaml(PYTHON), *PLANS["production alone"], {})
    assert {"platforms", "accept", "staging", "approval"} == {name for name in results if skipped(results[name])}
    assert "success" == results["production"].result == results["required"].result


def test_a_skipped_job_is_not_green():
    """2: `required` needs every other job, always runs, and is red when a planned one was skipped without a cause."""
    hold("always", "needs", "events")
    plan, _ = PLANS["everything"]
    for skip in (job.name for job in JOBS if job.name != "required"):
        ended = {job.name: Ended(result="skipped" if job.name == skip else "success") for job in JOBS}
        assert ("failed", 1) == (verdict(plan, ended).state, verdict(plan, ended).exit_code), skip


def test_no_leg_speaks_for_the_others():
    """3: no output of a job with a matrix asks for what differs from leg to leg."""
    hold("matrices", "inputs_handed")
    jobs = real().yaml(PYTHON)["jobs"]
    assert {"platforms", "approval"} == {name for name in jobs if "strategy" in jobs[name]}
    assert "outputs" not in jobs["platforms"]


def test_secrets_come_by_name():
    """4: five, none required, none inherited; their dash keeps an environment's secret from standing in for one."""
    hold("secrets_declared", "secrets_reach", "secrets_nowhere_else")
    used = {path for path in references(real().workflows) if path.startswith("secrets.")}
    assert 5 == len(used)
    # docs.github.com, "Secrets reference", naming: letters, digits and underscores.
    assert all("-" in path for path in used)


def test_a_caller_grants_what_is_asked_for():
    """5: each file asks for `contents: read`, by its jobs; every caller of ours and of the docs has that."""
    hold("permissions", "promise", "grants")
    assert 7 <= len(list(calls(real())))


def test_the_queue_is_our_own():
    """6: a literal name with environment and project in it, at the job, and never `github.workflow`."""
    hold("queues", "group_names")


def test_no_artifact_takes_the_name_of_another():
    """7: jobs, legs, environments of deploy.yml, two calls in one run keep theirs apart; a second attempt replaces."""
    hold("collisions", "action_steps", "inputs_handed")
    legs = [(job.name, part) for job in JOBS for part in PARTS.get(job.name, ("",))] + [("deploy", "staging")]
    names = [artifact(call, job, part) for call in ("api", "worker") for job, part in legs]
    assert len(names) == len(set(names))
    patterns = takes("api", ("notify",)).strip("{}").split(",")
    fetched = {name for name in names for pattern in patterns if fnmatch(name, pattern)}
    # What approval and the last job leave is nobody's to fetch; a caller's own deploy is only for the next deploy.
    gone = {artifact("api", job, part) for job, part in legs if job in {"approval", "required", "deploy"}}
    assert {name for name in names if name.startswith("api-")} - gone == fetched


def test_an_output_that_vanishes_is_noticed(tmp_path):
    """8: without digests no package and no receipt is taken over, and without a plan nothing is green."""
    with pytest.raises(ProjectError, match="told no digests"):
        take_packages(None, "", "shopfront", tmp_path)
    (tmp_path / "shopfront-accept").mkdir()
    (tmp_path / "shopfront-accept/receipt.json").write_text('{"environment": "test"}', encoding="utf-8")
    with pytest.raises(ProjectError, match="not the one that its job gave"):
        take_receipts(tmp_path / "state", [], ("staging",), tmp_path)
    assert read_plan("") is None
    ended = {"verify": "success", "build": "success"}
    found = verdict(None, {job.name: Ended(result=ended.get(job.name, "skipped")) for job in JOBS})
    assert ("failed", 1) == (found.state, found.exit_code)


def test_nothing_waits_for_an_event_of_the_token():
    """9: only a scan and what pushes an image get the token, and publishing stands behind the call in one run."""
    hold("permissions", "events", "secrets_reach")
    handed = {name for name, document in real().workflows.items() if "github.token" in references(document)}
    assert {SCAN, IMAGE, IDENTITY} == handed
    publish = real().yaml("docs/examples/publish.yml")
    assert "twinrail" == publish["jobs"]["publish"]["needs"]
    assert ["push"] == list(triggers(publish))


def test_a_fork_needs_nothing():
    """10: a fork deploys nowhere, and no secret reaches a job that its pull request runs, but the webhook's."""
    hold("events", "secrets_declared")
    assert not any(deploys(Trigger(event=event, ref="refs/heads/main", default_branch="main", fork=True)).yes
                   for event in ("push", "workflow_dispatch", "pull_request"))  # fmt: skip
    results = follow(real().yaml(PYTHON), *PLANS["pull request"], {})
    jobs = real().yaml(PYTHON)["jobs"]
    given = {path for name in results if not skipped(results[name]) for path in references(jobs[name])}
    assert {"secrets.notify-url"} == {path for path in given if path.startswith("secrets")}


def test_nesting_stays_flat():
    """11: what is called calls no workflow; a job that calls has only the keys that GitHub knows there."""
    hold("own_references", "runners")
    known = {"name", "uses", "with", "secrets", "needs", "if", "permissions", "concurrency", "strategy"}
    for name, job, each, path in calls(real()):
        assert set(each) <= known, f"{name}: {job}"
        assert "${{" not in each["uses"]
        assert not [one for one in real().yaml(path)["jobs"].values() if "uses" in one]


def test_we_name_ourselves():
    """12: `$/` and never `./`, so that the pack finds itself and not the caller's checkout."""
    hold("own_references", "owners")
    assert not [name for name in reached(real(), PYTHON) if re.search(r"uses: *[\"']?\./", real().texts[name])]


def test_a_schedule_stands_alone():
    """13: the schedule's file does nothing else; a scan knows how old the one before is, and says when it does not."""
    hold("examples", "events")
    assert ["docs/examples/scan.yml"] == [
        name for name, each in real().examples.items() if "schedule" in triggers(each)
    ]
    assert not [name for name, each in real().workflows.items() if "schedule" in triggers(each)]
    assert "last scan: unknown (no answer)" == LastScan(why="no answer").headline
    assert "60 days" in LastScan(seconds=9 * 86400.0, scheduled=True).advice


def test_inputs_are_what_they_say(tmp_path):
    """14: typed, and none a boolean; nothing given is the default, and nonsense is refused before anything runs."""
    hold("inputs_declared", "runners", "inputs_handed")
    assert {"string", "number"} == {each["type"] for each in declared(real(), PYTHON).values()}

    def read(**inputs):
        return read_inputs(json.dumps(inputs), workspace=tmp_path, repository="ada/shopfront")

    assert read() == read(sessions="", path="", name="", part="", python="", until="", needs="")
    assert ("shopfront", ".") == (read().name, str(read().path))
    for wrong in ({"until": "true"}, {"python": "3.13, 3.12"}, {"path": "../x"}, {"needs": "true"}, {"name": "[]"}):
        with pytest.raises(UsageError, match="makes no sense"):
            read(**wrong)


def test_older_servers_get_files_of_their_own():
    """15: rendered, no file has what only github.com knows, and each says the same in all else."""
    hold("rendered")
    only_here = [name for name, text in real().texts.items() if "\n      queue: max\n" in text or "uses: $/" in text]
    assert {PYTHON, SCAN, "actions/nox/action.yml"} <= set(only_here)


@pytest.mark.parametrize(
    "name",
    ["permissions", "environments", "queues", "runners", "calls", "action_inputs", "secrets_reach", "caches",
     "checkout", "own_references", "events"],
)  # fmt: skip
def test_what_act_ignores_is_checked_in_the_yaml(name):
    """16: a check of its own holds it, and a mistake of that kind is among the mutations."""
    hold(name)
    assert [each for each in MUTATIONS if each.check == name]


def test_only_a_deploy_makes_a_deployment():
    """17: on a pull request no job in an environment runs; approval, which has one, makes no deployment of it."""
    hold("environments", "conditions")
    jobs = real().yaml(PYTHON)["jobs"]
    results = follow(real().yaml(PYTHON), *PLANS["pull request"], {})
    assert not [name for name in results if "environment" in jobs[name] and not skipped(results[name])]
    assert {"approval"} == {name for name in jobs if jobs[name].get("environment", {}).get("deployment") == "false"}
    assert json.loads(told(PLANS["pull request"][0]))["approvals"] == []
