"""Services that were brought up get over their start before what needs them is done."""

import json
from dataclasses import dataclass
from threading import Event as Flag

import pytest

from twinrail.deploy.targets.docker.engine import Engine
from twinrail.deploy.targets.docker.stack import Stack
from twinrail.system.command import Finished
from twinrail.system.errors import Interrupted, MoveFailed

COMPOSE = "services: {web: {image: shop}, db: {image: postgres}}\n"


@dataclass
class Starting:
    """An engine whose database has not started; brought up, it is in its start for so many looks."""

    looks: int
    asked: int = 0
    up: bool = False
    killed: bool = False

    def run(self, command, **_):
        """What docker and Compose say."""
        words, code, said = command.argv, 0, ""
        match words:
            case ("docker", "compose", *_):
                code = 1
            case ("docker", "network" | "volume", "inspect", name):
                said = json.dumps([{"Name": name}])
            case ("docker", "ps", *rest) if "health=starting" in rest:
                self.asked += 1
                said = "4f\n" if self.asked <= self.looks else ""
            case ("docker", "ps", *_):
                said = "db\n" if self.up else ""
            case (_, *rest) if "up" in rest:
                self.up, code = True, -9 if self.killed else 0
            case (_, *rest) if "config" in rest:
                said = COMPOSE
            case (_, "version", *_):
                said = "1.29.2"
        return Finished(command=command, returncode=code, stdout=said, stderr="", seconds=0.0)


def test_what_starts_is_waited_for(write, tmp_path):
    """It is asked until nothing is in its start; what runs already is not waited for."""
    write("compose.yaml", COMPOSE)
    engine = Starting(looks=1)
    stack = Stack(engine=Engine(shell=engine, folder=tmp_path), root=tmp_path, file="", name="shop", rolled=("web",))
    stack.up()
    assert (True, 2) == (engine.up, engine.asked)
    stack.up()
    assert 2 == engine.asked


def test_ctrl_c_while_something_starts(write, tmp_path):
    """It is heard at once, not after a minute."""
    write("compose.yaml", COMPOSE)
    flag = Flag()
    flag.set()
    stack = Stack(engine=Engine(shell=Starting(looks=99), folder=tmp_path), root=tmp_path, file="", name="shop",
                  rolled=("web",), interrupted=flag)  # fmt: skip
    with pytest.raises(Interrupted):
        stack.up()


def test_compose_that_says_nothing(write, tmp_path):
    """One that was killed is told of all the same."""
    write("compose.yaml", COMPOSE)
    engine = Engine(shell=Starting(looks=0, killed=True), folder=tmp_path)
    stack = Stack(engine=engine, root=tmp_path, file="", name="shop", rolled=("web",))
    with pytest.raises(MoveFailed, match="did not come up: Compose says nothing"):
        stack.up()
