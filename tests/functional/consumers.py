"""A copy of example-project as a consumer that deploys, and what every such consumer has."""

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from act import NOTHING
from act_process import free_port
from act_run import ActRun

PACK = Path(__file__).parents[2]
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The Python that runs the tests, on a laptop and in act alike."""
ENVIRONMENTS = ("test", "staging", "production")
NOXFILE = "from twinrail.sessions import offer\n\noffer()\n"
ADVISORY = json.dumps(
    {"id": "SAMPLE-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "nobody-has-this"}, "versions": ["1"]}]}
)
"""An export of advisories, in which nothing concerns anybody: no test asks the public service."""
OFF_THE_NET = '[tool.twinrail.security]\nadvisories = "advisories.jsonl"\n'

AT_HOME = ("test_migrating.py", "test_replicas.py")
"""The slowest of example-project's own tests, which a copy does without: they all run with example-project itself."""

AFTER = """\
  after:
    name: after
    needs: twinrail
    runs-on: ubuntu-latest
    steps: [{run: 'echo "$TOLD"', env: {TOLD: "${{ toJSON(needs.twinrail.outputs) }}"}}]
"""


def pipeline(*, secrets: Mapping[str, str] = NOTHING, after: bool = False, **inputs: str) -> str:
    """docs/examples/pipeline.yml with inputs and secrets, and perhaps a last job that prints the call's outputs."""
    text = (PACK / "docs" / "examples" / "pipeline.yml").read_text(encoding="utf-8")
    given = {name: f"${{{{ secrets.{value} }}}}" for name, value in secrets.items()}
    return f"{text}    with: {json.dumps(inputs)}\n    secrets: {json.dumps(given)}\n{AFTER if after else ''}"


def told_after(run: ActRun) -> dict[str, str]:
    """The outputs that the last job printed."""
    text = run.log("after")
    outputs: dict[str, str] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return outputs


def shopfront(root: Path) -> dict[str, int]:
    """Copies example-project to `root`; its tests run on one other Python besides. The port of each environment."""
    kept = (".twinrail", ".venv", ".github", "dist", "__pycache__", ".*_cache", "*.db")
    ignored = shutil.ignore_patterns(*kept, *AT_HOME)
    shutil.copytree(PACK / "example-project", root, ignore=ignored)
    ports = {name: free_port() for name in ENVIRONMENTS}
    for old, port in zip((8431, 8432, 8433), ports.values(), strict=True):
        edit(root / "pyproject.toml", f"port = {old}\n", f"port = {port}\n")
    edit(root / "pyproject.toml", "coverage = 85\n", f'coverage = 85\npythons = ["{another_python()}"]\n')
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    # Errors are counted here; how fast a noisy machine answers says nothing of the gate.
    text = re.sub(r"performance = \{.*\}", 'performance = { users = 5, duration = "4s", errors = "1%" }', text)
    (root / "pyproject.toml").write_text(f"{without_image(text)}\n{OFF_THE_NET}", encoding="utf-8")
    (root / "advisories.jsonl").write_text(ADVISORY + "\n", encoding="utf-8")
    return ports


def without_image(text: str) -> str:
    """The settings of a copy that makes no image: its base would have to come from a registry."""
    kept, found = re.subn(r"\[tool\.twinrail\.image\]\n(.+\n)+\n", "", text)
    assert found == 1, "example-project's settings say nothing of an image"
    return kept


def another_python() -> str:
    """A Python of this machine that is not the one of the tests."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    there = {each.parents[1].name.rpartition(".")[0] for each in pyenv.glob("versions/3.*/bin/python3")}
    known = ("3.12", "3.13", "3.11", "3.14")
    return next(each for each in known if each != PYTHON and (each in there or shutil.which(f"python{each}")))


def edit(path: Path, old: str, new: str) -> None:
    """Replaces a part of a file that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
