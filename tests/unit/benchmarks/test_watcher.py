"""The watcher of invariants, over an environment that is only written down and processes of our own."""

import http.server
import json
import subprocess
import sys
import threading
import time

import pytest

from benchmarks.watcher import Watcher
from twinrail.deploy.targets.process.instances import Instance
from twinrail.deploy.targets.process.ports import free_port
from twinrail.deploy.targets.process.routes import routes
from twinrail.system.files import write_json


class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def healthy():
    """The port of an instance that is healthy."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Well)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


class Written:
    """An environment's files."""

    def __init__(self, folder):
        self.folder, self.number = folder, 0
        (folder / "proxy" / "routes").mkdir(parents=True)
        (folder / "instances").mkdir()

    def route(self, shares, skip=0, **ports):
        self.number += 1 + skip
        there = [Instance(name=f"{name}-1", release=name, port=port, pid=1, healthy=True)
                 for name, port in ports.items()]  # fmt: skip
        write_json(self.folder / "proxy" / "routes" / "routes.yml", {"http": routes(self.number, there, shares)})

    def start(self):
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        write_json(self.folder / "instances" / f"{process.pid}.json", {"pid": process.pid, "port": 1, "name": "a-1"})
        return process


@pytest.fixture
def written(tmp_path):
    return Written(tmp_path)


def watcher(written):
    return Watcher(written.folder / "instances", written.folder / "proxy" / "routes" / "routes.yml")


def until(condition):
    """Returns when it is so."""
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came so")


def test_all_in_order(written, healthy):
    """Changes are counted, each asks an instance for its health, and nothing is found."""
    with watcher(written).watching() as seen:
        for number, share in enumerate((100.0, 50.0, 100.0), 1):
            written.route({"a": share, "b": 100.0 - share}, a=healthy, b=healthy)
            until(lambda number=number: seen.changes == number)
    assert (3, 0, [], 0) == (seen.changes, seen.missed, seen.faults, seen.overtaken)
    assert [{"a": 10000}, {"a": 5000, "b": 5000}, {"a": 10000}] == [weights for _, weights in seen.shares]
    assert 4 == seen.asked


def test_release_without_a_healthy_instance(written, healthy):
    """Traffic for a release whose only instance does not answer is a fault."""
    with watcher(written).watching() as seen:
        written.route({"a": 50.0, "b": 50.0}, a=healthy, b=free_port())
        until(lambda: seen.asked == 2)
    assert ["routes 1: no instance of b is healthy"] == seen.faults


def test_traffic_for_nobody(written, healthy):
    """Where somebody was served and nobody is any more, that is a fault; before the first release it is none."""
    with watcher(written).watching() as seen:
        written.route({})
        until(lambda: seen.changes == 1)
        written.route({"a": 100.0}, a=healthy)
        until(lambda: seen.changes == 2)
        written.route({}, a=healthy)
        until(lambda: seen.changes == 3)
    assert ["routes 3: nobody has traffic any more"] == seen.faults


def test_versions_that_were_not_read(written, healthy):
    """Numbers that were left out are counted."""
    with watcher(written).watching() as seen:
        written.route({"a": 100.0}, a=healthy)
        until(lambda: seen.changes == 1)
        written.route({"a": 100.0}, skip=2, a=healthy)
        until(lambda: seen.changes == 2)
    assert 2 == seen.missed


def test_end_of_a_process(written, healthy):
    """The end of a process is seen, and what has traffic is asked for its health once more."""
    written.route({"a": 100.0}, a=healthy)
    process = written.start()
    with watcher(written).watching() as seen:
        until(lambda: seen.asked == 1)
        process.communicate(b"\n")
        until(lambda: seen.asked == 2)
    assert (1, []) == (seen.ends, seen.faults)


def test_process_that_is_not_buried(written, healthy):
    """A process ends once, however long its file and its number stay."""
    written.route({"a": 100.0}, a=healthy)
    process = written.start()
    with watcher(written).watching() as seen:
        until(lambda: seen.asked == 1)
        process.stdin.close()
        until(lambda: seen.ends == 1)
        (written.folder / "instances" / "another.json").write_text("{", encoding="utf-8")
        for changes in (2, 3):
            written.route({"a": 100.0}, a=healthy)
            until(lambda changes=changes: seen.changes == changes)
    process.wait()
    assert (1, 4) == (seen.ends, seen.asked)


def test_files_that_are_half_there(written, healthy):
    """A file of an instance that is being written, or whose process is gone, hinders nobody."""
    (written.folder / "instances" / "half.json").write_text("{", encoding="utf-8")
    (written.folder / "instances" / "gone.json").write_text(json.dumps({"pid": 2**22 - 1, "port": 1}))
    written.route({"a": 100.0}, a=healthy)
    with watcher(written).watching() as seen:
        until(lambda: seen.asked == 1)
    assert (0, []) == (seen.ends, seen.faults)


def test_container_that_is_gone(written, healthy):
    """What is written down without a process has ended when that is gone."""
    written.route({"a": 100.0}, a=healthy)
    note = written.folder / "instances" / "a-1.json"
    note.write_text(json.dumps({"containers": ["web-a-1"], "name": "a-1"}), encoding="utf-8")
    with watcher(written).watching() as seen:
        until(lambda: seen.asked == 1)
        note.unlink()
        until(lambda: seen.asked == 2)
    assert (1, []) == (seen.ends, seen.faults)
