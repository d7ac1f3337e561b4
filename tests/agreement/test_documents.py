"""What the docs say is what the code says."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from twinrail.system.adapters import known

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def generate():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "scripts" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_made_from_the_code_is_fresh():
    """Tables and schema are what `nox -s generate` would write."""
    for name, made in generate().made().items():
        assert text(name) == made, f"{name} is stale: nox -s generate"


COMMANDS = (
    "python3 scripts/bootstrap.py -f example-project/noxfile.py -s pipeline -- --approve production",
    "python3 scripts/bootstrap.py -s test",
)


def test_the_check_runs_the_commands_of_the_readme():
    """`.ci/run` runs both commands as they stand in the README, the second first."""
    assert [f"    {command}" for command in COMMANDS] == re.findall(
        r"^    python3 scripts/.*$", text("README.md"), re.MULTILINE
    )
    lines = [line.strip() for line in text(".ci/run").splitlines()]
    assert lines.index(COMMANDS[1]) < lines.index(COMMANDS[0])
    assert "python3 scripts/bootstrap.py -f example-project/noxfile.py -s down" in lines


def names(*texts):
    return {Requirement(each).name for each in texts}


def test_every_dependency_is_explained():
    """docs/dependencies.md has a line for each dependency and each locked tool, and for nothing else."""
    locked = [
        line
        for path in (ROOT / "src/twinrail/locks").glob("*.in")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    explained = re.findall(r"^\| ([\w\[\].-]+) \|", text("docs/dependencies.md"), re.MULTILINE)
    assert names(*PYPROJECT["project"]["dependencies"], *locked) == names(
        *(each for each in explained if each not in {"package", "---"})
    )


def test_the_script_block_of_our_noxfile_names_our_dependencies():
    """With nothing but nox installed our noxfile runs: its block lists what the pack needs."""
    block = re.search(r"# /// script\n(.*?)# ///", text("noxfile.py"), re.DOTALL)[1].replace("# ", "", 1)
    listed = tomllib.loads("\n".join(line.removeprefix("# ") for line in block.splitlines()))["dependencies"]
    assert sorted(PYPROJECT["project"]["dependencies"]) == sorted(listed)


@pytest.mark.parametrize(
    "name", ["analysis", "check", "deploy", "image", "load", "pack", "package", "sign", "test", "workflows"]
)
def test_locks_pin_everything_by_hash(name):
    """Each line of a lock is a version with hashes, and none says where it was found."""
    lock = text(f"src/twinrail/locks/{name}.txt")
    pinned = re.findall(r"^[\w.\[\]-]+==", lock, re.MULTILINE)
    assert (
        len(pinned)
        == len(re.findall(r"^[\w.\[\]-]+==[^\n]*\\\n    --hash=sha256:[0-9a-f]{64}", lock, re.MULTILINE))
        > 0
    )
    assert "://" not in lock
    wanted = [each.strip() for each in text(f"src/twinrail/locks/{name}.in").splitlines() if each[:1] not in {"", "#"}]
    assert names(*wanted) <= {each.removesuffix("==").partition("[")[0] for each in pinned}


def test_adapters_come_through_the_door_of_everyone():
    """Each adapter of ours is found by its entry point, and is what its name says."""
    groups = PYPROJECT["project"]["entry-points"]
    assert {"twinrail.managers", "twinrail.strategies", "twinrail.targets", "twinrail.notifiers"} == set(groups)
    for group, points in groups.items():
        for name, value in points.items():
            assert value == known(group)[name].value
            assert callable(known(group)[name].load())


def test_the_docs_promise_no_package_on_an_index():
    """The name is not ours on the index: no page says that it could be installed from there."""
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        assert "pip install twinrail" not in path.read_text(encoding="utf-8")


def test_links_lead_somewhere():
    """Every relative link of every page leads to a file."""
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
