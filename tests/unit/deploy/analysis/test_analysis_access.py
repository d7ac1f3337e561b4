"""The access log, read from lines that a real Traefik wrote, and from what may become of them."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden_files import FOLDER
from twinrail.deploy.probe import COMPARED
from twinrail.deploy.targets.process.access import AccessLog, flags, log_of
from twinrail.deploy.targets.process.instances import Instance
from twinrail.system.errors import ToolError

SAMPLE = (FOLDER / "deploy/analysis/access.jsonl").read_text(encoding="utf-8")
BEGAN = datetime(2026, 11, 23, 3, 48, 6, tzinfo=UTC).timestamp()
OLD, NEW, DEAD = "1.3.2-aaaaaaaa", "1.4.0-bbbbbbbb", "1.5.0-cccccccc"


@pytest.fixture
def written(tmp_path):
    """Writes an access log, and one that was set aside, where there is one."""

    def write(text, *, aside=None, proxies=list):
        log = log_of(tmp_path)
        log.parent.mkdir(exist_ok=True)
        log.write_bytes(text if isinstance(text, bytes) else text.encode())
        if aside is not None:
            log.with_name("access.log.1").write_text(aside, encoding="utf-8")
        return AccessLog(tmp_path, proxies)

    return write


def told(samples):
    return samples.requests, samples.errors, dict(samples.statuses)


def line(began, *, seconds=0.01, status=200, service=f"{NEW}@file", router="live@file", **more):
    started = datetime.fromtimestamp(began, UTC).isoformat().replace("+00:00", "Z")
    fields = {"DownstreamStatus": status, "Duration": round(seconds * 1e9), "RouterName": router, **more}
    return json.dumps({**fields, "ServiceName": service, "StartUTC": started}, separators=(",", ":")) + "\n"


def test_probes(written):
    """Of the probes each answer counts for its release; a check and a request past the weights do not."""
    log = written(SAMPLE)
    assert (2, 0, {200: 2}) == told(log.samples(OLD, BEGAN, probes=True))
    assert (5, 2, {200: 2, 499: 1, 500: 1, 502: 1}) == told(log.samples(NEW, BEGAN, probes=True))
    assert (1, 1, {502: 1}) == told(log.samples(DEAD, BEGAN, probes=True))


def test_durations_are_of_answers(written):
    """How long it took is known of answers that did not fail, and of people who did not wait for theirs."""
    found = written(SAMPLE).samples(NEW, BEGAN, probes=True).seconds
    assert (0.000537352, 0.000674026, 0.299940138) == found


def test_people(written):
    """People are those whom the weights dealt."""
    log = written(SAMPLE)
    assert (2, 0, {200: 2}) == told(log.samples(OLD, BEGAN, probes=False))
    assert (3, 0, {200: 3}) == told(log.samples(NEW, BEGAN, probes=False))


def test_rate_of_people(written):
    """The stretch that stands there tells how many people ask in a second; too short a one tells nothing."""
    lines = [line(BEGAN + each / 4) for each in range(41)]
    probes = [line(BEGAN, router=f"past-{NEW}", **{f"request_{COMPARED}": "1"}) for _ in range(99)]
    assert [None, None] == [written(text).rate() for text in ("", lines[0] + lines[1])]
    assert pytest.approx(4.1) == written("".join([*lines, *probes])).rate()
    earlier = [line(BEGAN - 86_400 + each) for each in range(300)]
    assert pytest.approx(4.1) == written("".join([*earlier, *lines])).rate()
    assert pytest.approx(4.1) == written("".join(lines[20:]), aside="".join(lines[:20])).rate()


def test_since(written):
    """What began before that moment does not count, even if it ended later."""
    log = written(SAMPLE)
    assert 1 == log.samples(NEW, BEGAN + 1.2, probes=False).requests
    assert {499: 1} == log.samples(NEW, BEGAN + 0.95, probes=True).statuses
    assert 0 == log.samples(NEW, BEGAN + 0.96, probes=True).requests


def test_steered_people_are_people(written):
    """Whoever a rule names is no probe; a connection that lives on has no duration."""
    log = written(line(BEGAN, router="steer-1@file") + line(BEGAN, status=101, seconds=600.0))
    found = log.samples(NEW, BEGAN, probes=False)
    assert (2, 0, {101: 1, 200: 1}, (0.01,)) == (*told(found), found.seconds)


@pytest.mark.parametrize("cut", [1, 40, 100, 135])
def test_torn_line(written, cut):
    """A line that is only half written counts for nothing; what a full disk let be written onto it is lost with it."""
    whole, torn = line(BEGAN), line(BEGAN)[:cut]
    assert 2 == written(whole + whole + torn).samples(NEW, BEGAN, probes=False).requests
    assert 1 == written(whole + torn + whole).samples(NEW, BEGAN, probes=False).requests


@pytest.mark.parametrize("text", ["[]", "7", '{"ServiceName":"1.4.0-bbbbbbbb@file"}', '"1.4.0-bbbbbbbb@file"', "\0\0"])
def test_what_is_no_line(written, text):
    """What reads as JSON and is no line of a request is passed over."""
    assert 1 == written(f'{text} "{NEW}@file"\n{text}\n' + line(BEGAN)).samples(NEW, BEGAN, probes=False).requests


def test_name_within_another(written):
    """A release is known by its whole name."""
    log = written(line(BEGAN, service=f"instance-{NEW}@file", note=f"{NEW}@file") + line(BEGAN))
    assert 1 == log.samples(NEW, BEGAN, probes=False).requests


def test_no_log(tmp_path):
    """A proxy that writes no log is an error that says what to do."""
    with pytest.raises(ToolError, match="writes no access log") as raised:
        AccessLog(tmp_path).samples(NEW, 0.0, probes=True)
    assert "down" in raised.value.todo


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 30)), max_size=60), st.floats(-1, 101), st.integers(0, 60))
def test_only_the_end_is_read(tmp_path_factory, requests, since, aside):
    """Wherever the log is cut in two, and however long requests take, exactly those count that began since then."""
    folder = tmp_path_factory.mktemp("log")
    (folder / "proxy").mkdir()
    ordered = sorted(requests, key=lambda each: each[0] + each[1])
    # Long lines: what is skipped is skipped by halving a file of many blocks.
    lines = [line(BEGAN + began, seconds=seconds, filler="x" * 9000) for began, seconds in ordered]
    (folder / "proxy/access.log.1").write_text("".join(lines[:aside]), encoding="utf-8")
    (folder / "proxy/access.log").write_text("".join(lines[aside:]), encoding="utf-8")
    # The times are written in microseconds.
    since = round(BEGAN + since, 6)
    wanted = [each for each, _ in ordered if round(BEGAN + each, 6) >= since]
    assert len(wanted) == AccessLog(folder).samples(NEW, since, probes=False).requests


def test_old_lines_are_not_read(written, monkeypatch):
    """Of a long log only its end is read, but for a few looks."""
    old = "".join(line(BEGAN + number / 100) for number in range(20_000))
    log = written(old + "".join(line(BEGAN + 1000 + number) for number in range(5)))
    parsed = []
    monkeypatch.setattr(json, "loads", lambda text, loads=json.loads: parsed.append(1) or loads(text))
    assert 5 == log.samples(NEW, BEGAN + 1000, probes=False).requests
    assert len(parsed) < 500


@pytest.fixture
def listener():
    """A process that writes `opened` when it is told to open its log again, as the proxy is."""
    source = "import signal, sys; signal.signal(signal.SIGUSR1, lambda *_: print('opened', flush=True))\n"
    source += "print('ready', flush=True)\nwhile True: signal.pause()"
    process = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    assert "ready\n" == process.stdout.readline()
    yield process
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_rotation(written, listener):
    """A log that is too large is set aside in the place of the one before, and the proxy is told."""
    proxy = Instance(name="proxy-1", release="proxy", port=1, pid=listener.pid)
    log = written(line(BEGAN), aside="older", proxies=lambda: [proxy])
    assert not log.rotate(limit=10_000)
    assert log.rotate(limit=100)
    assert "opened\n" == listener.stdout.readline()
    assert line(BEGAN) == log_of(log.folder).with_name("access.log.1").read_text(encoding="utf-8")
    assert 1 == log.samples(NEW, BEGAN, probes=False).requests
    assert not log.rotate(limit=0)


def test_rotation_without_a_proxy(written):
    """A proxy that ended meanwhile does not keep its log from being set aside."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    log = written(line(BEGAN), proxies=lambda: [Instance(name="proxy-1", release="proxy", port=1, pid=gone.pid)])
    assert log.rotate(limit=0)


def test_reading_rotates(written):
    """Whoever reads a log that has grown too large sets it aside, and reads it all the same."""
    log = written(line(BEGAN))
    os.truncate(log_of(log.folder), 33_000_000)
    assert 0 == log.samples(NEW, BEGAN + 1, probes=False).requests
    assert not log_of(log.folder).exists()
    assert log_of(log.folder).with_name("access.log.1").exists()


def test_flags(tmp_path):
    """Nothing of people is written down: no header but our own mark, no path, no address."""
    said = flags(tmp_path)
    assert f"--accesslog.filepath={tmp_path}/proxy/access.log" in said
    assert {"--accesslog.fields.defaultmode=drop", "--accesslog.fields.headers.defaultmode=drop"} < set(said)
    kept = {each.partition("names.")[2].partition("=")[0] for each in said if ".names." in each}
    assert {"ServiceName", "RouterName", "StartUTC", "Duration", "DownstreamStatus", "X-Twinrail-Probe"} == kept
