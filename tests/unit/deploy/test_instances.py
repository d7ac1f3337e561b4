"""Processes of an environment: real ones, that sleep."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, replace

import psutil
import pytest

from twinrail.deploy.targets.process import ports
from twinrail.deploy.targets.process.instances import MARK, Instance, Instances
from twinrail.deploy.targets.process.ports import Claim, claim_port, free_port, holder
from twinrail.system.command import Command
from twinrail.system.errors import ToolError
from twinrail.system.files import write_json

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"


@pytest.fixture
def instances(tmp_path):
    there = Instances(tmp_path / "staging")
    yield there
    for instance in there.all():
        there.end(instance, within=0)


@pytest.fixture
def start(instances, tmp_path):
    """Starts a process of the release 1.0 and waits until it runs."""

    def run(number: int = 1, text: str = SLEEP, *, release: str = "1.0") -> Instance:
        command = Command(argv=(sys.executable, "-c", text), cwd=tmp_path)
        instance = instances.start(release, number, command, 4000 + number)
        while "up" not in instances.log(instance).read_text():
            assert psutil.pid_exists(instance.pid)
        return instance

    return run


def file_of(instances: Instances, instance: Instance):
    return instances.folder / "instances" / f"{instance.name}.json"


def test_started_process_is_written_down(instances, start):
    """A started process is known by its release, port and number, and not healthy yet."""
    instance = start()
    assert [instance] == instances.all()
    assert ("1.0-1", "1.0", 4001, False) == (instance.name, instance.release, instance.port, instance.healthy)


def test_nothing_there(instances):
    """An environment that has no folder has no processes."""
    assert [] == instances.all()


def test_of_a_release(instances, start):
    """The processes of a release stand in the order in which they were started, whatever their names."""
    names = []
    for number in (2, 10, 1):
        names.append(start(number).name)
        time.sleep(0.03)  # the system counts births in hundredths of a second
    start(1, release="2.0")
    assert names == [each.name for each in instances.of("1.0")]


def test_found_by_its_mark(instances, start):
    """A process whose number was not written down is found by the mark in its environment."""
    instance = start()
    instances.write(replace(instance, pid=0, born=0.0))
    assert [instance] == instances.all()
    assert [instance] == Instances(instances.folder).all()


def test_found_after_the_clock_was_set(instances, start):
    """A process whose birth seems to be another, because the machine's clock was set, is known by its mark."""
    instance = replace(start(), born=1.0)
    instances.write(instance)
    assert [instance] == instances.all()


def test_who_looks_changes_nothing(instances):
    """Of one that died, and of one whose number was not written down, the files stay as they are under who looks."""
    lost = Instance(name="1.0-2", release="1.0", port=2)
    command = Command(argv=(sys.executable, "-c", "import time; time.sleep(60)"), cwd=instances.folder.parent)
    running = instances.start("1.0", 2, command, 2)
    instances.write(lost)
    instances.write(Instance(name="1.0-1", release="1.0", port=1, pid=2**22 + 1, born=1.0))
    before = {path: path.read_bytes() for path in (instances.folder / "instances").iterdir()}
    try:
        assert [running] == instances.all()
        assert before == {path: path.read_bytes() for path in (instances.folder / "instances").iterdir()}
        instances.tidy()
        assert [f"{running.name}.json"] == [path.name for path in (instances.folder / "instances").iterdir()]
        assert running.pid == json.loads(file_of(instances, running).read_text())["pid"]
    finally:
        instances.end(running, within=10)


def test_never_started_is_forgotten(instances):
    """What was to be started and never was is not there, and whoever holds the place removes what is written of it."""
    instance = Instance(name="1.0-1", release="1.0", port=1)
    instances.write(instance)
    assert [] == instances.all()
    assert file_of(instances, instance).exists()
    instances.tidy()
    assert not file_of(instances, instance).exists()


@pytest.mark.parametrize("pid", [os.getpid(), 2**22 + 1, -1], ids=["ours", "beyond all", "none"])
def test_pid_of_somebody_else(instances, pid):
    """A number that now belongs to another process, or to none, is nobody's; ending it touches nothing."""
    instance = Instance(name="1.0-1", release="1.0", port=1, pid=pid, born=1.0)
    instances.write(instance)
    assert instances.end(instance, within=0)
    instances.write(instance)
    assert [] == instances.all()


def test_zombie_is_dead(instances):
    """A process that ended and was not waited for does not count, and need not be ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        seen = psutil.Process(ended.pid)
        born = seen.create_time()
        while seen.status() != psutil.STATUS_ZOMBIE:
            pass
        instance = Instance(name="1.0-1", release="1.0", port=1, pid=ended.pid, born=born)
        instances.write(instance)
        assert [] == instances.all()
        assert instances.end(instance, within=0)


def test_end_by_asking(instances, start):
    """A process that ends when asked to was willing, and is forgotten."""
    instance = start()
    assert instances.end(instance, within=30)
    assert ([], False) == (instances.all(), file_of(instances, instance).exists())


def test_end_by_force(instances, start):
    """A process that does not end when asked to is killed."""
    instance = start(text=STUBBORN)
    assert not instances.end(instance, within=0.1)
    assert [] == instances.all()


def test_workers_end_too(instances, start):
    """What a process started itself is not left behind."""
    instance = start(text=PARENT)
    workers = psutil.Process(instance.pid).children()
    assert 1 == len(workers)
    assert not instances.end(instance, within=0.1)
    assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in workers)


def test_ending_twice(instances, start):
    """Ending what has ended changes nothing."""
    instance = start()
    assert [True, True] == [instances.end(instance, within=30) for _ in range(2)]


def test_killed_from_outside(instances, start):
    """A process that somebody killed is not there any more."""
    instance = start()
    os.kill(instance.pid, signal.SIGKILL)
    while psutil.pid_exists(instance.pid):
        pass
    assert [] == instances.all()


def test_program_that_is_not_there(instances, tmp_path):
    """A program that is not there is an error, and no process is left on paper."""
    with pytest.raises(ToolError):
        instances.start("1.0", 1, Command(argv=("no-such-program",), cwd=tmp_path), 1)
    assert [] == instances.all()


def test_service_sees_little_of_the_deployer(instances, start, monkeypatch):
    """A process gets what it needs to run and its mark, and no other variable of whoever started it."""
    monkeypatch.setenv("TOKEN", "hunter2")
    variables = psutil.Process(start().pid).environ()
    assert "TOKEN" not in variables
    assert f"{instances.folder}#1.0-1" == variables[MARK]


def test_file_of_a_newer_start_is_kept(instances, start, monkeypatch):
    """Whoever only looks does not remove what a deployer writes at the same moment."""
    instance = start()
    old = replace(instance, pid=2**22 + 1, born=1.0)
    write_json(file_of(instances, instance), asdict(old))
    lives = Instances._lives

    def started_meanwhile(self, seen):
        write_json(file_of(instances, instance), asdict(instance))
        return lives(self, seen)

    monkeypatch.setattr(Instances, "_lives", started_meanwhile)
    assert [] == instances.all()
    assert [instance] == instances.all()


def test_holder_of_a_port():
    """Who listens on a port is named with name and number; a free port has no holder."""
    with socket.socket() as mine:
        mine.bind(("127.0.0.1", 0))
        mine.listen()
        port = mine.getsockname()[1]
        assert f"{psutil.Process().name()} (pid {os.getpid()})" == holder(port)
    assert "" == holder(port)


def test_holder_that_does_not_listen():
    """A port that is bound and not listened on is taken all the same, by somebody."""
    with socket.socket() as mine:
        mine.bind(("127.0.0.1", 0))
        assert "another program" == holder(mine.getsockname()[1])


def test_free_port():
    """A free port can be listened on."""
    assert "" == holder(free_port())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that end with their holder")
def test_a_port_is_claimed_before_anybody_listens(monkeypatch):
    """Two deployers that draw the same lot get two ports; what one of them held is free when it was killed."""
    lots = iter([20_001, 20_001, 20_002, 20_001])
    monkeypatch.setattr(ports.random, "choice", lambda _: next(lots))
    code = "import sys; from twinrail.deploy.targets.process.ports import Claim; kept = Claim(20001); print(flush=True)"
    command = [sys.executable, "-c", f"{code}; sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        mine = claim_port()
        assert 20_002 == mine.port
        with pytest.raises(OSError, match="in use"):
            Claim(20_002)
        other.kill()
    assert 20_001 == claim_port().port


def test_numbers_never_come_twice(instances, start):
    """Each instance of a release has a number that none had before, also where nobody counted those that run."""
    start(1)
    assert [2, 3] == [instances.number("1.0") for _ in range(2)]
    assert 4 == Instances(instances.folder).number("1.0")
    assert 1 == instances.number("2.0")


def test_record_of_a_successor_is_kept(instances, start):
    """Whoever ends a process that has long ended leaves alone what another started under its name."""
    slept = start()
    assert instances.end(slept, within=30)
    successor = start()
    assert instances.end(slept, within=0)
    assert [successor] == instances.all()
