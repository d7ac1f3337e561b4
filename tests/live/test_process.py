"""The target `process` as it is: real processes behind a real Traefik, under load and with faults."""

import json
import os
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest
from town import Load

from twinrail.deploy.down import down
from twinrail.deploy.execution import ReleaseTurnedBack
from twinrail.deploy.interface import Shut
from twinrail.deploy.moves import Bring, Hold, Shift, Start, Stop
from twinrail.deploy.status import status
from twinrail.deploy.targets.process.instances import INHERITED, MARK
from twinrail.project.settings import Service
from twinrail.system.errors import Interrupted, LeaseLost, MoveFailed, PlaceTaken

WHOLE_1, WHOLE_2 = ({"1.0": 2}, {"1.0": 100.0}), ({"2.0": 2}, {"2.0": 100.0})


class ShutGate:
    """A gate that looks at who answers, and shuts."""

    name = "smoke"

    def __init__(self, town):
        self.town, self.seen = town, []

    def ask(self, _):
        self.seen += [self.town.get().body for _ in range(10)]
        return Shut(note="1 failed")


def at_arrival(gate):
    """That gate, asked when all traffic goes to the new release."""
    return lambda passage: (gate,) if passage.stage == "arrived" else ()


def test_first_release(town):
    """The first release of an environment serves at its address, alone, past a proxy and two processes."""
    rolled = town.deploy("1.0")
    assert ("", WHOLE_1, 3) == (rolled.old, town.serving(), len(town.processes()))
    assert {"1.0"} == {town.get().body for _ in range(6)}


def test_next_release_loses_no_request(town):
    """While 2.0 takes over from 1.0 under load, every request is answered, at the end by 2.0 alone."""
    town.deploy("1.0")
    load = Load(town.place.target.port, least=3000)
    with load.going_on():
        town.deploy("2.0")
    assert [] == load.failures
    assert {"1.0", "2.0"} == set(load.answers)
    assert {"2.0"} == set(load.answers[-20:])
    assert (WHOLE_2, 3) == (town.serving(), len(town.processes()))


def test_same_release_again(town):
    """Deploying what is live starts and ends nothing."""
    town.deploy("1.0")
    before = {each.pid for each in town.processes()}
    town.deploy("1.0")
    assert (WHOLE_1, before) == (town.serving(), {each.pid for each in town.processes()})


@pytest.mark.parametrize(
    ("version", "reading", "words"),
    [
        ("3.0", "was not healthy after 3 s: /healthz said 503 still warming up", "tinyweb 3.0 begins"),
        ("4.0", "ended by itself: cannot open the database", "cannot open the database"),
    ],
)
def test_release_that_does_not_come_up(open_town, version, reading, words):
    """A release that is never healthy, or dies, leaves the old one serving; the error holds its last words."""
    town = open_town(f"broken-{version[0]}", replicas=2, start="3s")
    town.deploy("1.0")
    load = Load(town.place.target.port, least=300)
    with load.going_on(), pytest.raises(ReleaseTurnedBack) as turned:
        town.deploy(version)
    assert ([], {"1.0"}) == (load.failures, set(load.answers))
    assert reading in turned.value.what.splitlines()[0]
    assert f"    {words}" in turned.value.what.splitlines()
    assert (WHOLE_1, 3) == (town.serving(), len(town.processes()))


def test_gate_that_shuts(town):
    """A gate sees the new release serve everything; when it shuts, the old one serves again, and no request is lost."""
    town.deploy("1.0")
    gate, load = ShutGate(town), Load(town.place.target.port, least=300)
    with load.going_on(), pytest.raises(ReleaseTurnedBack, match="smoke: 1 failed"):
        town.deploy("2.0", gates=at_arrival(gate))
    assert ({"2.0"}, []) == (set(gate.seen), load.failures)
    assert (WHOLE_1, 3) == (town.serving(), len(town.processes()))
    assert {"1.0"} == {town.get().body for _ in range(6)}


def test_first_release_turned_back(town):
    """Where nothing was live before, nothing of a release that failed is left but the proxy."""
    with pytest.raises(ReleaseTurnedBack, match="smoke"):
        town.deploy("2.0", gates=at_arrival(ShutGate(town)))
    assert (({}, {}), 404, 1) == (town.serving(), town.get().status, len(town.processes()))


def test_port_in_use(town):
    """A port that another program holds is an error that names it; nothing is brought or started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", town.place.target.port))
        other.listen()
        with pytest.raises(PlaceTaken, match=rf"is taken by .*\(pid {os.getpid()}\)"):
            town.deploy("1.0")
    assert ([], (), ({}, {})) == (town.processes(), town.place.target.state().releases, town.serving())


def test_two_environments_at_once(open_town):
    """Two environments are deployed to at the same time, and each serves its own release."""
    towns = {"1.0": open_town("east"), "2.0": open_town("west")}
    deploys = [threading.Thread(target=each.deploy, args=(version,)) for version, each in towns.items()]
    for deploy in deploys:
        deploy.start()
    for deploy in deploys:
        deploy.join()
    assert ["1.0", "2.0"] == [each.get().body for each in towns.values()]
    assert [2, 2] == [len(each.processes()) for each in towns.values()]


def test_down(town):
    """After `down` no process of the environment is left, and the status shows nothing live; later it comes back."""
    town.deploy("1.0")
    outcome = down(town.work)
    assert ("passed", True) == (outcome.state, f"{town.name} (3 processes)" in outcome.headline)
    assert ([], set()) == (town.processes(), town.ports())
    (seen,) = [each for each in status(town.work) if each.environment == town.name]
    assert ("", "", 0, "") == (seen.release, seen.version, seen.instances, seen.commit)
    assert ("off", "down") == (down(town.work).state, town.place.ledger.read()[-1].kind)
    assert ("", WHOLE_2) == (town.deploy("2.0").old, town.serving())


def test_down_that_was_overtaken(open_town):
    """Whose lease passes on while instances drain takes nothing away from whoever deployed meanwhile."""
    town = open_town("overtaken", drain="2s")
    town.deploy("7.0")  # it never ends when it is asked to
    target = town.place.target
    late = town.place.ledger.lease("late", 900)
    caught = []

    def bring_down():
        try:
            target.down(late)
        except LeaseLost as error:
            caught.append(error)

    thread = threading.Thread(target=bring_down)
    thread.start()
    while target.fence.seen < late and thread.is_alive():
        time.sleep(0.01)
    with target.fence.guard(late + 1):  # the next one is at work there while the instance drains
        pass
    thread.join()
    assert 1 == len(caught)
    assert 1 == len(target.instances.of("proxy"))
    assert {town.release("7.0").name: 100.0} == target.proxy.shares()


def test_secret_in_an_answer(open_town, monkeypatch):
    """What a release answers reaches no message, journal or log with a secret in it."""
    monkeypatch.setenv("DATABASE_PASSWORD", "swordfish-4711")
    service = Service(command=("tinyweb",), ready="/leaks")
    town = open_town("leaking", start="2s", secrets=("DATABASE_PASSWORD",), service=service)
    with pytest.raises(ReleaseTurnedBack, match=r"/leaks said 500 \*\*\*"):
        town.deploy("1.0")
    town = open_town("leaking-later", secrets=("DATABASE_PASSWORD",), service=Service(watch=("/leaks",)))
    with pytest.raises(ReleaseTurnedBack, match=r"answered /leaks with 500 \*\*\*"):
        town.deploy("1.0")
    for name in ("leaking", "leaking-later"):
        journal = (town.project.state / "environments" / name / "journal.jsonl").read_text()
        assert ("swordfish" in journal, "***" in journal) == (False, True)


def test_status(town):
    """The status names what is live, how often, where, and from which commit."""
    town.deploy("1.0")
    (seen,) = [each for each in status(town.work) if each.environment == town.name]
    assert ("1.0", 2, 2, "c0ffee") == (seen.version, seen.instances, seen.wanted, seen.commit)
    assert f"http://127.0.0.1:{town.place.target.port}" == seen.address


def test_interrupted_while_a_start_hangs(town):
    """Ctrl-C ends the waiting for a release that hangs; the old one serves, and nothing of the new one is left."""
    town.deploy("1.0")

    def progress(word):
        if word.startswith("start 6.0"):
            threading.Timer(0.5, town.work.interrupted.set).start()

    with pytest.raises(Interrupted, match=r"was starting. 1.0 serves 100 % again."):
        town.deploy("6.0", progress=progress)
    assert (WHOLE_1, 3, "1.0") == (town.serving(), len(town.processes()), town.get().body)


def test_variables_and_secrets(open_town, monkeypatch):
    """The service gets its variables and secrets, nothing else of whoever deploys; a secret stands in no file."""
    monkeypatch.setenv("TOKEN", "planted-0815")
    monkeypatch.setenv("DATABASE_PASSWORD", "swordfish-4711")
    service = Service(command=("tinyweb",), migrate=("tinyweb-migrate",))
    town = open_town("secretive", variables={"COLOUR": "blue"}, secrets=("DATABASE_PASSWORD",), service=service)
    town.deploy("1.0")
    variables = json.loads(town.get("/variables").body)
    assert ("blue", "swordfish-4711") == (variables["COLOUR"], variables["DATABASE_PASSWORD"])
    assert set(variables) <= {*INHERITED, "HOST", "PORT", "COLOUR", "DATABASE_PASSWORD", MARK, "LC_CTYPE"}
    (proxy,) = town.place.target.instances.of("proxy")
    assert not {"TOKEN", "DATABASE_PASSWORD"} & set(psutil.Process(proxy.pid).environ())
    for file in (each for each in town.project.state.rglob("*") if each.is_file() and "venv" not in str(each)):
        assert not {b"swordfish", b"planted"} & {
            word for word in (b"swordfish", b"planted") if word in file.read_bytes()
        }
    assert not any("swordfish" in line for line in town.said)


def test_migration_runs_before_the_start(open_town):
    """The migration of each release runs in the environment's data, which stays from release to release."""
    service = Service(command=("tinyweb",), migrate=("tinyweb-migrate",))
    town = open_town("migrated", service=service)
    town.deploy("1.0")
    town.deploy("2.0")
    assert "1.0\n2.0\n" == (town.folder / "data" / "migrations").read_text()


def test_migration_that_outlives_its_deployer(open_town):
    """Whoever comes next waits until what a dead deployer left at work on the database has ended."""
    service = Service(command=("tinyweb",), migrate=("tinyweb-migrate",))
    town = open_town("migrating", service=service)
    town.deploy("1.0")
    folder = town.folder
    (folder / "migrating").touch()
    child = "import time; time.sleep(3); open('migrations', 'a').write('late' + chr(10))"
    orphan = subprocess.Popen([sys.executable, "-c", child], cwd=folder / "data",
                              env={**os.environ, MARK: f"{folder}#migration"})  # fmt: skip
    town.deploy("2.0")
    assert 0 == orphan.wait(timeout=0.5)
    assert ["1.0", "late", "2.0"] == (folder / "data" / "migrations").read_text().split()
    assert f"waiting for a migration that an earlier deploy began (pid {orphan.pid})" in town.said
    assert not (folder / "migrating").exists()


def test_waiting_for_a_migration_ends_with_ctrl_c(open_town):
    """Who waits for the migration of another can be interrupted; nothing was changed."""
    town = open_town("patient", service=Service(command=("tinyweb",), migrate=("tinyweb-migrate",)))
    town.deploy("1.0")
    (town.folder / "migrating").touch()
    orphan = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE,
                              env={**os.environ, MARK: f"{town.folder}#migration"})  # fmt: skip
    threading.Timer(0.5, town.work.interrupted.set).start()
    with pytest.raises(Interrupted):
        town.place.target.make(Start(town.release("1.0").name, 1), 1)
    orphan.communicate(b"\n", timeout=20)
    assert {"1.0": 1} == town.serving()[0]


def test_stubborn_release_is_killed(open_town):
    """A release that does not end when asked to is killed after its time, and a warning says so."""
    town = open_town("stubborn", drain="200ms")
    town.deploy("7.0")
    town.deploy("1.0")
    name = f"{town.release('7.0').name}-1"
    assert f"warning: {name} did not end within 0.2 s and was killed" in town.said
    assert ({"1.0": 1}, {"1.0": 100.0}) == town.serving()


def test_instance_that_was_going_is_not_counted_on(town):
    """An instance that was asked to end, by a deployer who died over it, is replaced when its release must serve."""
    town.deploy("1.0")
    target = town.place.target
    first, second = target.instances.of(town.release("1.0").name)
    target.instances.write(first.__class__(**{**first.__dict__, "healthy": False, "going": True}))
    target.make(Start(first.release, 2), 1)
    there = target.instances.of(first.release)
    assert (2, True) == (len(there), second in there)
    assert first.pid not in {each.pid for each in there}
    assert WHOLE_1 == town.serving()


def test_traffic_for_nobody(town):
    """Traffic cannot be sent to a release of which no instance is healthy; it stays where it is."""
    town.deploy("1.0")
    coming = town.release("2.0")
    town.place.target.make(Bring(coming), 1)
    for shares in ({coming.name: 100.0}, {town.release("1.0").name: 50.0, coming.name: 50.0}):
        with pytest.raises(MoveFailed, match=r"No instance of 2.0 is healthy"):
            town.place.target.make(Shift(shares), 1)
    assert WHOLE_1 == town.serving()


def test_moves_made_twice(town):
    """A move that was made already changes nothing; one that the target does not know is refused."""
    town.deploy("1.0")
    release = town.release("1.0")
    before = town.place.target.instances.all()
    for move in (Bring(release), Start(release.name, 2), Stop(release.name, 2), Stop("0.9-00000000")):
        town.place.target.make(move, 1)
    assert before == town.place.target.instances.all()
    with pytest.raises(MoveFailed, match="cannot hold"):
        town.place.target.make(Hold(release.name), 1)


def test_deployer_that_slept_in_a_drain(town):
    """Whoever wakes up after another deployed forgets nothing of what runs; no name comes twice."""
    town.deploy("1.0")
    target, release = town.place.target, town.release("1.0")
    slept = target.instances.of(release.name)
    town.deploy("2.0")
    town.deploy("1.0")
    before = target.instances.of(release.name)
    for instance in slept:
        target.instances.end(instance, within=0)
    assert (WHOLE_1, before) == (town.serving(), target.instances.of(release.name))
    assert not {each.name for each in slept} & {each.name for each in before}
