"""actions/setup-python 7: the Pythons of this machine, in a folder of links that comes first on the path."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from action import Action, Refused, output, say, workspace

VERSION = re.compile(r"(\d+\.\d+)(\.\d+)?(-dev)?")
ASK = "import sys; print('.'.join(map(str, sys.version_info[:3])), sys.executable)"


def setup_python(action: Action) -> None:
    """Puts each version that was asked for on the path; the last one is `python`."""
    action.only(freethreaded="false", architecture="", pip_version="", update_environment="true")
    links: dict[str, str] = {}
    version = path = ""
    for asked in versions(action):
        if found := find(asked):
            version, path = found
        else:
            version, path = answer(os.environ["STANDIN_PYTHON"])
            say("notice", f"Python {asked} is not on this machine; Python {version} stands in for it")
        links |= {f"python{version.rpartition('.')[0]}": path, "python3": path, "python": path}
    folder = link(links)
    with Path(os.environ["GITHUB_PATH"]).open("a", encoding="utf-8") as paths:
        paths.write(f"{folder}\n")
    with Path(os.environ["GITHUB_ENV"]).open("a", encoding="utf-8") as variables:
        variables.write(f"pythonLocation={Path(path).parents[1]}\n")
    output("python-version", version)
    output("python-path", str(folder / "python"))
    output("cache-hit", "false")


def versions(action: Action) -> list[str]:
    """The versions that the step asks for, as X.Y or X.Y.Z."""
    if not action.inputs["python-version"]:
        file = workspace(action.inputs["python-version-file"] or ".python-version")
        if not file.exists():
            raise Refused(f"The specified python version file at: {file} doesn't exist.")
        asked = [line for line in file.read_text(encoding="utf-8").split() if line]
    else:
        asked = action.lines("python-version")
    for each in asked:
        if not VERSION.fullmatch(each):
            raise Refused(f"the stand-in for {action.name} knows versions like 3.12 or 3.12.1, and not {each!r}")
    return [each.removesuffix("-dev") for each in asked]


def find(version: str) -> tuple[str, str] | None:
    """The full version and the interpreter of the Python that was asked for, where this machine has it."""
    for candidate in candidates("python" + ".".join(version.split(".")[:2])):
        found, path = answer(candidate)
        if found == version or found.startswith(version + "."):
            return found, path
    return None


def candidates(name: str) -> Iterator[str]:
    """Where a Python may be: the one that runs the tests, those of pyenv, those on the path."""
    yield os.environ["STANDIN_PYTHON"]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob(f"versions/*/bin/{name}"), reverse=True))
    yield from (str(each) for folder in os.get_exec_path() if os.access(each := Path(folder, name), os.X_OK))


def answer(python: str) -> tuple[str, str]:
    """The version and the path that an interpreter tells; empty for one that does not answer, as a shim may not."""
    done = subprocess.run([python, "-I", "-c", ASK], capture_output=True, text=True, check=False)
    version, _, path = done.stdout.strip().partition(" ")
    return (version, os.path.realpath(path)) if done.returncode == 0 else ("", "")


def link(links: dict[str, str]) -> Path:
    """A folder with these links. It outlives the job: a virtual environment made in one job may be used in the next."""
    tools = Path(os.environ["STANDIN_TOOLS"])
    tools.mkdir(parents=True, exist_ok=True)
    last = next(name for name, path in links.items() if path == links["python"])
    folder = tools / "+".join([*sorted(name for name in links if "." in name and name != last), last])
    if not folder.exists():
        making = Path(tempfile.mkdtemp(dir=tools))
        for name, path in links.items():
            (making / name).symlink_to(path)
        try:
            making.rename(folder)
        except OSError:  # another job was quicker
            if not folder.exists():
                raise
    return folder
