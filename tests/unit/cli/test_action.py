"""The action's door: what it begins with, what it runs, and what sessions see of the runner."""

import os
import signal

from telling import telling

from door import BEGUN
from golden_files import check
from twinrail.pipeline.graph import JOBS


def test_begin(step, door):
    """Each job fetches the artifacts of those that made what it needs, and leaves one under a name of its own."""
    lines = []
    for job in JOBS:
        door.job = job.name
        came = step("begin", sessions=" ".join(job.sessions), part="same" if job.name == "platforms" else "")
        assert (0, BEGUN if job.sessions else set()) == (came.code, set(came.outputs))
        told = came.outputs or {"folder": str(door.place), "takes": "", "artifact": ""}
        assert str(door.place) == told["folder"]
        lines += [f"{job.name}", f"  takes     {told['takes']}".rstrip(), f"  artifact  {told['artifact']}".rstrip()]
    check("cli/begin.txt", "\n".join(lines) + "\n")


def test_begin_of_a_session_aside(step, door):
    """A session beside the pipeline, and one of the noxfile's own, take nothing."""
    door.job = "scan"
    came = step("begin", sessions="scan docs", name="weekly")
    assert ("", "weekly-scan") == (came.outputs["takes"], came.outputs["artifact"])


def test_masks(step, door):
    """Before anything else the runner is told what to mask: what the workflows pass on, and what settings name."""
    (door.workspace / "pyproject.toml").write_text(
        '[project]\nname = "parcel"\n[tool.twinrail.notify]\nwebhook = "CHAT"\n'
        '[tool.twinrail.environments.staging]\nsecrets = ["DATABASE", "UNSET"]\n',
        encoding="utf-8",
    )
    # pragma: allowlist nextline secret
    secrets = {"TWINRAIL_DEPLOY_TOKEN": "token-1", "TWINRAIL_REGISTRY_USER": "",
               "TWINRAIL_REGISTRY_PASSWORD": "a\nword-2", "CHAT": "https://chat.example/3",
               "DATABASE": "postgres://4"}  # fmt: skip
    door.env |= secrets
    came = step("begin")
    masked = {each.text for each in came.log.named("add-mask")}
    assert {"token-1", "a\nword-2", "word-2", "https://chat.example/3", "postgres://4"} <= masked
    assert {"dG9rZW4tMQ==", "https%3A%2F%2Fchat.example%2F3"} <= masked
    assert not {"", "a", "x"} & masked
    assert came.log.obeyed == came.log.named("add-mask")


def test_begin_forgets_an_earlier_step(step, door):
    """What an earlier step of this job fetched and kept is gone, and nothing else is."""
    for place in (door.place / "in" / "x", door.place / "out" / "y", door.place.parent / "others" / "z"):
        place.parent.mkdir(parents=True)
        place.touch()
    step("begin")
    assert [] == list(door.place.iterdir())
    assert (door.place.parent / "others" / "z").is_file()


def test_own_sessions(step, door, sessions):
    """What the noxfile does itself is told in the record, the page and the log; what it does not offer is off."""
    sessions(lint="session.log('my own lint')", types="session.skip('no types')")
    came = step("run", sessions="lint types test")
    assert (0, {"state": "passed", "address": ""}, "") == (came.code, came.outputs, came.troubles)
    ends = {name: (door.ended(name)["state"], door.ended(name)["headline"]) for name in ("lint", "types", "test")}
    own = "the noxfile's own session"
    expected = {"lint": ("passed", own), "types": ("off", own), "test": ("off", "the noxfile does not offer it")}
    assert expected == ends
    assert "| test | – off |  | the noxfile does not offer it |" in came.summary.splitlines()
    assert came.summary.startswith("# parcel · verify\n")
    assert "nox > my own lint" in came.log.lines
    folds = {each.text.partition(",")[0] for each in came.log.named("group") if each.text != "nox"}
    assert {"⊘ types: skipped", "✓ lint: success"} == folds


def test_an_own_session_that_fails(step, door, sessions):
    """It ends the step with 1, is an annotation, and the page has its words and the command to run it again."""
    sessions(lint="session.error('too long')", test="pass")
    came = step("run", sessions="lint test")
    assert (1, "failed") == (came.code, came.outputs["state"])
    assert ["the noxfile's own session\ntoo long"] == came.errors
    assert "nox -s lint" in came.summary.splitlines()
    assert "passed" == door.ended("test")["state"]


def test_below_the_top(step, door, sessions):
    """A project in a folder has annotations seen from the repository's top, and a command that works from there."""
    place = door.workspace / "packages" / "a b"
    place.mkdir(parents=True)
    sessions(lint=telling("failed", code=1, count=1), types="session.error('x')")
    for name in ("pyproject.toml", "noxfile.py"):
        (door.workspace / name).rename(place / name)
    came = step("run", sessions="lint types", path="packages/a b")
    files = [each.properties.get("file") for each in came.log.named("error")]
    assert ["packages/a b/src/a.py", None] == files
    assert "nox -f 'packages/a b/noxfile.py' -s types" in came.summary.splitlines()
    assert (place / ".twinrail" / "runs" / "a-b-7-1" / "run.json").is_file()


def test_what_sessions_see(step, door, sessions, tmp_path):
    """No file of the runner, no token of it, none of our inputs; what the workflow passes on, and what tells where."""
    door.env |= {
        "ACTIONS_RUNTIME_TOKEN": "t",
        "INPUT_PATH": ".",
        # pragma: allowlist nextline secret
        "TWINRAIL_DEPLOY_TOKEN": "deploy-token",
        "PYTHONPATH": "x",
    }
    sessions(lint=f"pathlib.Path({str(tmp_path / 'seen')!r}).write_text(json.dumps(dict(os.environ)))")
    assert 0 == step("run").code
    seen = (tmp_path / "seen").read_text(encoding="utf-8")
    for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "TWINRAIL_INPUTS",
                 "ACTIONS_RUNTIME_TOKEN", "INPUT_PATH", str(door.folder / "output")):  # fmt: skip
        assert f'"{name}"' not in seen
    for name in ("GITHUB_ACTIONS", "GITHUB_REPOSITORY", "RUNNER_TEMP", "TWINRAIL_DEPLOY_TOKEN", "TWINRAIL_RUN"):
        assert f'"{name}"' in seen


def test_a_noxfile_that_talks(step, door, sessions):
    """What a noxfile prints while it is read is no word of nox's, and no command."""
    sessions(lint="pass")
    path = door.workspace / "noxfile.py"
    path.write_text("print('::error::hello')\nprint('[1]')\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    came = step("run")
    assert (0, []) == (came.code, came.errors)


def test_a_session_that_stands_for_several(step, door):
    """A session with Pythons or parameters is offered by its name, and passes when all of it passes."""
    text = (
        "import nox\n\n@nox.session(venv_backend='none')\n@nox.parametrize('a', [1, 2, 3])\ndef lint(session, a):\n    "
    )
    door.place.mkdir(parents=True)
    for body, state in (("pass", "passed"), ("if a == 2: session.error('two')", "failed")):
        (door.workspace / "noxfile.py").write_text(text + body, encoding="utf-8")
        door.env["GITHUB_RUN_ID"] = state
        assert (state == "failed") is bool(step("run").code)
        assert state == door.ended("lint")["state"]


def test_nothing_of_ours_is_left_behind(step, sessions):
    """A run leaves this process's signals and variables as they were, but what it took over for its sessions."""
    sessions(lint="pass")
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    step("run")
    assert before == (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))
    assert "TWINRAIL_RUN" not in os.environ
