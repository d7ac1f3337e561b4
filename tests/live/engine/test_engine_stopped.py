"""An engine that is stopped amid a deploy, and started again: one of its own, because no other test could bear it."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from dock import PASSWORD, Dock, order, skip_without_compose
from engine import Engine

sys.path.append(str(Path(__file__).parents[1]))

from town import make_project

from twinrail.deploy.environments import strategy_of
from twinrail.deploy.recovery import resume
from twinrail.project.strategies import Strategy
from twinrail.system.errors import MoveFailed

SCRIPTS = Path(__file__).parents[3] / "scripts"
OBEY = """\
engine_bases=slim source "$0" && echo "$DOCKER_HOST" && while read -r words; do $words >&2; echo done; done
"""


class Switch:
    """An engine that can be stopped and started."""

    def __init__(self, worker: str) -> None:
        free = {key: value for key, value in os.environ.items() if not key.startswith(("TWINRAIL_TEST", "DOCKER"))}
        self.shell = subprocess.Popen(
            ["bash", "-c", OBEY, str(SCRIPTS / "engine.sh")], env=free, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        said = iter(self.shell.stdout.readline, "")
        host = next(line for line in said if line.startswith("unix://")).strip()
        self.engine = Engine(host, worker)

    def order(self, words: str) -> None:
        """The script does something, to its end."""
        self.shell.stdin.write(f"{words}\n")
        self.shell.stdin.flush()
        assert "done\n" == self.shell.stdout.readline()

    def close(self) -> None:
        self.shell.communicate()


@pytest.fixture(scope="module")
def switch(worker_id, engine):  # noqa: ARG001  # where there is one, another can be started
    """An engine of its own."""
    made = Switch(worker_id)
    yield made
    made.close()


@pytest.fixture
def dock(switch, tmp_path, monkeypatch):
    """1.0 is live on it."""
    skip_without_compose()
    monkeypatch.setenv("DOCKER_HOST", switch.engine.host)
    monkeypatch.setenv("STORE_PASSWORD", PASSWORD)
    made = Dock(project=make_project(tmp_path / "dock"), name="stopped", options={"start": "60s"}, engine=switch.engine)
    made.release("2.0")
    made.deploy("1.0")
    yield made
    made.clear()


def test_stopped_amid_a_deploy(dock, switch):
    """The deploy tells what happened and what to do; with the engine the live release and its data are back."""
    assert 201 == order(dock, "before")
    held = threading.Event()
    stopper = threading.Thread(target=lambda: held.wait(120) and switch.order("stop_part dockerd"))
    stopper.start()
    strategy = strategy_of("blue-green", Strategy(name="blue-green"), 60.0)
    with pytest.raises(MoveFailed, match=r"(?s)2\.0 failed: The container engine.* does not answer.*resume -- stopped"):
        dock.deploy("2.0", strategy=strategy, progress=lambda said: said == "hold 60 s" and held.set())
    stopper.join()
    switch.order("start_engine")
    outcome = resume(replace(dock.work, environment=dock.name))
    assert "2.0 was turned back" in outcome.headline
    assert ({"1.0": 1}, {"1.0": 100.0}, 200) == (*dock.serving(), order(dock, "before", "GET"))
