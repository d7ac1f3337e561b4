"""A runner that stays: releases go on serving after the job, a broken one is turned back, and nox says the same."""

import shutil
import socket
import subprocess
from dataclasses import replace

import pytest
from act_model import agree, in_order
from callers import quick, reasons
from consumers import PYTHON, edit, pipeline, told_after
from parity import ALLOWED, SESSIONS, differences, in_act, on_laptop
from towns import open_town, serving
from webhook import listening


@pytest.fixture(scope="module")
def town(tmp_path_factory, commit):
    """The machine, on which nothing serves yet; nor does anything at the end."""
    made = open_town(tmp_path_factory.mktemp("town"))
    caller = pipeline(python=PYTHON, name="harbor", secrets={"notify-url": "HOOK"}, after=True)
    commit(made.root, {".github/workflows/pipeline.yml": caller})
    yield made
    made.down()


@pytest.fixture(scope="module")
def laptop(town, tmp_path_factory):
    """What nox ran in a clone of the project, on another machine."""
    folder = tmp_path_factory.mktemp("laptop")
    (folder / "home").mkdir()
    subprocess.run(["git", "clone", "-q", str(town.root), str(folder / "harbor")], check=True)
    return on_laptop(folder / "harbor", folder / "home", frozenset(town.ports.values()))


@pytest.fixture(scope="module")
def first(town, laptop, act):  # noqa: ARG001  # both serve at the same ports, one after the other
    """The first release."""
    run = town.run(act)
    assert 0 == run.returncode, run.said + "".join(map(str, run.annotations))
    return run


def test_the_release_serves_after_the_job(town, first):
    """Staging and production stay; their address is told; the tests' environment, which has no folder, is stopped."""
    ended = agree(first, "twinrail", python=PYTHON)
    assert ["platforms"] == [name for name, result in ended.items() if result == "skipped"]
    in_order(first)
    for name in ("staging", "production"):
        assert ("0.3.0", "north") == (town.get(name, "/version"), town.get(name, "/"))
    assert {"test": 0, "staging": 2, "production": 2} == town.serving()
    address = f"http://127.0.0.1:{town.ports['production']}"
    assert address == told_after(first)["address"]
    assert f"Production is live: <code>{address}</code>" in first.summaries["twinrail/required"]
    assert [] == serving(first.folder)
    assert [] == first.orphans


def test_both_rails_ran_the_same_tools(town, laptop, first):
    """Words, versions, folders and variables of every tool of every session are those of a laptop."""
    act = in_act(first, "harbor", town.home, laptop.ports)
    for rail in (laptop, act):
        # The pack itself deploys production, and nobody asks for an image; every other session has a tool to run.
        assert [name for name in SESSIONS[:-1] if name not in {"image", "push", "sign"}] == [
            name for name, commands in rail.tools().items() if commands
        ]
    found = differences(laptop, act)
    assert {} == {name: each for name, each in found.items() if name not in ALLOWED}


def test_both_rails_prepared_the_same(town, laptop, first):
    """So are the virtual environments, exports and clones that the tools stand on."""
    act = in_act(first, "harbor", town.home, laptop.ports)
    assert laptop.preparations() == act.preparations()


def test_a_session_that_knows_where_it_runs_is_found_out(town, laptop, act, commit, tmp_path):
    """With a word planted into the pack that is added on GitHub alone the rails are not the same, and it is shown."""
    shutil.copytree(act.served, tmp_path / "pack")
    word = '"--no-fix", *(["--exit-zero"] if __import__("os").environ.get("GITHUB_ACTIONS") else [])'
    edit(tmp_path / "pack" / "src/twinrail/quality/lint.py", '"--no-fix"', word)
    root = tmp_path / "harbor"
    subprocess.run(["git", "clone", "-q", str(town.root), str(root)], check=True)
    edit(root / "noxfile.py", "offer()", 'offer(without={"security", "test", "types"})')
    commit(root, {".github/workflows/pipeline.yml": pipeline(python=PYTHON, name="harbor", until="lint")})
    run = replace(act, served=tmp_path / "pack").run(root)
    assert 0 == run.returncode, run.log("twinrail/verify")
    assert {"verify", "required"} == {name for name, end in agree(run, "twinrail", until="lint").items()
                                      if end == "success"}  # fmt: skip
    found = differences(laptop, in_act(run, "harbor", town.home, laptop.ports))
    [here], [there] = found["lint"]
    assert here.replace('"--no-fix"', '"--no-fix", "--exit-zero"') == there


@pytest.fixture(scope="module")
def second(town, first, act, commit):  # noqa: ARG001  # what is live is there to be gone back to
    """A release that is well where it is tested, and ill at the pier of staging; and what was told of it."""
    for name in ("pyproject.toml", "uv.lock", "tests/integration/test_installed.py"):
        edit(town.root / name, '"0.3.0"', '"0.4.0"')
    edit(
        town.root / "src/harbor/__init__.py",
        'return 200, "open"',
        'return (503, "shut") if pier == "north" else (200, "open")',
    )
    commit(town.root, {"noxfile.py": quick("lint", "types", "test", "security", "sbom", "integration")})
    with listening() as hook:
        return town.run(act, secrets={"HOOK": hook.address}), hook.heard


def test_a_broken_release_is_turned_back(town, second):
    """It ends with its class and its reading at the job, the release before serves, and production is not asked."""
    run, _ = second
    assert 1 == run.returncode
    ended = agree(run, "twinrail", python=PYTHON)
    assert ["staging", "required"] == [name for name, result in ended.items() if result == "failure"]
    assert ["platforms", "approval", "production"] == [name for name, end in ended.items() if end == "skipped"]
    for name in ("staging", "production"):
        assert ("0.3.0", "north") == (town.get(name, "/version"), town.get(name, "/"))
    assert {"test": 0, "staging": 2, "production": 2} == town.serving()
    [told] = [each for each in run.annotations if each.job == "twinrail/staging"]
    assert "0.4.0 was turned back" in told.message
    assert "/healthz said 503 shut" in told.message
    assert "0.3.0 serves 100 % again." in told.message
    assert "\nexit status 20\n" in run.log("twinrail/staging")
    assert "failed" == run.outputs("twinrail/staging", "nox")["state"]


def test_everybody_hears_of_it(second):
    """`required` is red and says why; the webhook hears of it once."""
    run, heard = second
    told = reasons(run)
    assert [("failed", "failed"), ("not run", "staging failed"), ("not run", "staging failed")] == [
        told[name] for name in ("staging", "approval", "production")
    ]
    [one] = heard
    assert ("failed", 20) == (one["state"], one["exit_code"])
    assert ("passed", "failed", "not run") == tuple(one["sessions"][name] for name in ("e2e", "staging", "production"))
    assert "turned back" in one["headlines"]["staging"]


def test_nothing_is_left_in_the_end(town, second):
    """`down` stops what every run has left, and a second one has nothing to do."""
    assert [] == serving(second[0].folder)
    town.down()
    assert "nothing is running" in town.down()
    assert [] == serving(town.home)
    for port in town.ports.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)
