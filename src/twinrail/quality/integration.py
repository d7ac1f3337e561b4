"""integration: the tests that need a whole system, against the built wheel and not the source tree."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from twinrail.project.venv import LOCKS, Venv
from twinrail.session.outcome import Outcome, off
from twinrail.session.suite import ANSWERS, aimed, conclude, words
from twinrail.session.work import Work
from twinrail.system.command import Command

FOLDER = "tests/integration"
_NONE: Mapping[str, str] = MappingProxyType({})


def integration(work: Work, stack: Mapping[str, str] = _NONE) -> Outcome:
    """What failed when the tests ran against the wheel, installed in a clean virtual environment.

    Args:
        work: what the session is given.
        stack: variables that lead the tests to the services of the stack for development; no log shows them.
    """
    if not (work.project.root / FOLDER).is_dir():
        return off(f"no folder {FOLDER}")
    if "build-system" not in work.project.data:
        return off("nothing is built: no [build-system] in pyproject.toml")
    wheel = work.artifacts.get("wheel")
    with tempfile.TemporaryDirectory(prefix="twinrail-integration-") as temporary:
        place = Path(temporary)
        work.progress("clean virtual environment")
        venv = _installed(work, wheel.path, place)
        _lay_out(work, place / "project")
        junit = work.report("junit.xml")
        command = _pytest(work, venv, junit, place / "project", stack)
        work.progress(f"tests against {wheel.path.name}")
        done = work.shell.run(command, ok=ANSWERS)
    told = f", with the stack's {', '.join(stack)}" if stack else ""
    return conclude(done, junit, where=FOLDER, suffix=f" against {wheel.path.name}{told}")


def _installed(work: Work, wheel: Path, place: Path) -> Venv:
    requirements = work.requirements("requirements.txt", groups=True)
    venv = work.venvs.make(place / "venv")
    work.venvs.install_locked(venv, requirements)
    if "pytest" not in Venv(venv.path).installed:
        work.venvs.install_locked(venv, LOCKS / "test.txt")
    work.venvs.install(venv, "--no-deps", str(wheel))
    return venv


def _lay_out(work: Work, to: Path) -> None:
    # The tests and pytest's settings alone: were the source here, it could be what is tested.
    to.mkdir()
    shutil.copy2(work.project.root / "pyproject.toml", to)
    shutil.copytree(work.project.root / "tests", to / "tests", ignore=shutil.ignore_patterns("__pycache__"))


def _pytest(work: Work, venv: Venv, junit: Path, place: Path, stack: Mapping[str, str]) -> Command:
    version = Venv(venv.path).installed.get("pytest", "")
    return Command(
        argv=(str(venv.python), "-m", "pytest", *words(junit), *aimed(work.words, (FOLDER,), place)),
        cwd=place,
        env={"PYTHONSAFEPATH": "1", **stack},
        secrets=tuple(stack),
        tool=f"pytest {version}",
    )
