"""The whole pipeline on a copy of example-project: it waits, it goes live, a broken release is turned back."""

import contextlib
import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from consumers import AT_HOME, without_image

from twinrail.deploy.targets.process.ports import free_port

PACK = Path(__file__).parents[2]
BOOTSTRAP = (sys.executable, str(PACK / "scripts" / "bootstrap.py"))
ENVIRONMENTS = ("test", "staging", "production")


class Shop:
    """A copy of example-project with ports of its own."""

    def __init__(self, consumer: type, root: Path) -> None:
        ignored = shutil.ignore_patterns(".twinrail", ".venv", "dist", "__pycache__", ".*_cache", "*.db", *AT_HOME)
        shutil.copytree(PACK / "example-project", root, ignore=ignored)
        self.consumer = consumer(root)
        self.root = root
        self.ports = {name: free_port() for name in ENVIRONMENTS}
        for name, port in zip(ENVIRONMENTS, (8431, 8432, 8433), strict=True):
            self.consumer.edit("pyproject.toml", f"port = {port}", f"port = {self.ports[name]}")
        # Errors are counted here; how fast a noisy machine answers says nothing of the gate.
        text = (root / "pyproject.toml").read_text(encoding="utf-8")
        load = 'performance = { users = 5, duration = "4s", errors = "1%" }'
        self.consumer.write("pyproject.toml", without_image(re.sub(r"performance = \{.*\}", load, text)))
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=root, check=True)
        self.consumer.commit()

    def bootstrap(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`bootstrap.py -f NOXFILE WORDS`, ended."""
        command = [*BOOTSTRAP, "-f", str(self.root / "noxfile.py"), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=self.environment())

    def environment(self) -> dict[str, str]:
        """The environment of a laptop."""
        hidden = ("TWINRAIL_", "GITHUB_", "NOX", "COVERAGE_", "PYTEST_")
        return {name: value for name, value in os.environ.items() if not name.startswith(hidden)}

    def get(self, environment: str, route: str) -> tuple[int, str]:
        """What an environment answers."""
        address = f"http://127.0.0.1:{self.ports[environment]}{route}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()

    def record(self) -> dict[str, object]:
        """The record of the last run."""
        return json.loads((self.consumer.latest / "run.json").read_text(encoding="utf-8"))

    def live(self, environment: str) -> str:
        """The release that serves in an environment, as its processes and routes show it."""
        command = [sys.executable, "-m", "twinrail", "status", "--json", "--project", str(self.root)]
        pack = {**self.environment(), "PYTHONPATH": str(PACK / "src")}
        told = json.loads(subprocess.run(command, capture_output=True, check=True, env=pack).stdout)
        return next(each["release"] for each in told if each["environment"] == environment)


@pytest.fixture(scope="module")
def shop(_parcel, tmp_path_factory) -> Iterator[Shop]:
    """The copy, after a pipeline that nobody approved; whatever runs is stopped at the end."""
    made = Shop(type(_parcel), tmp_path_factory.mktemp("shop") / "example-project")
    try:
        made.first = made.bootstrap("-s", "pipeline")
        yield made
    finally:
        made.consumer.run("down")


def states(record):
    return {each["name"]: each["state"] for each in record["sessions"]}


def test_without_approval_the_run_waits(shop):
    """A pipeline that nobody approved ends waiting, with its own code and the command that goes on."""
    assert 75 == shop.first.returncode, shop.first.stdout + shop.first.stderr
    found = states(shop.record())
    assert ("passed", "waiting", "passed") == (found["staging"], found["production"], found["notify"])
    assert f"-f {shop.root / 'noxfile.py'} -s production -- --approve production" in shop.first.stdout
    assert not (shop.root / ".twinrail" / "environments" / "production" / "proxy").exists()


def at_terminal(shop, answer: str, *words: str) -> tuple[int, str]:
    """The exit code and the screen of a command at a real terminal, where somebody answers its question."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "twinrail", *words, "--project", str(shop.root)]
    environment = {**shop.environment(), "TERM": "xterm", "PYTHONPATH": str(PACK / "src")}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        said, asked = "", False
        with contextlib.suppress(OSError):  # the terminal closes with the command
            while piece := os.read(ours, 4096).decode(errors="replace"):
                said += piece
                if "[y/N]" in said and not asked:
                    asked = True
                    os.write(ours, f"{answer}\n".encode())
        os.close(ours)
    return process.returncode, said


@pytest.mark.parametrize(("answer", "code", "state"), [("n", 75, "waiting"), ("y", 0, "passed")])
def test_a_person_at_the_terminal_is_asked(shop, answer, code, state):
    """Without --approve whoever sits at the terminal is asked; a yes is written down as local and not verified."""
    found = at_terminal(shop, answer, "staging", "--set", "environments.staging.approval=true")
    assert code == found[0], found[1]
    assert re.search(r"Approve 1\.4\.0 \([0-9a-f]{7}\) for staging, as", found[1])
    assert state == shop.consumer.result("staging")["state"]
    ledger = (shop.root / ".twinrail" / "environments" / "staging" / "journal.jsonl").read_text(encoding="utf-8")
    assert ("local, not verified" in ledger) is (answer == "y")


@pytest.fixture(scope="module")
def live(shop) -> Shop:
    """The copy, after a pipeline that was approved."""
    done = shop.bootstrap("-s", "pipeline", "--", "--approve", "production")
    assert 0 == done.returncode, done.stdout + done.stderr
    shop.approved = done
    return shop


def test_approved_it_goes_live(live):
    """Approved, production serves the version; the screen tells where, and where the report is."""
    assert (200, "1.4.0") == (
        live.get("production", "/readyz")[0],
        json.loads(live.get("production", "/version")[1])["version"],
    )
    assert f"Production is live: http://127.0.0.1:{live.ports['production']}" in live.approved.stdout
    assert "report.html" in live.approved.stdout
    found = states(live.record())
    # Nobody asks for an image here.
    assert {"off"} == {found.pop(name) for name in ("image", "push", "sign")}
    assert set(found.values()) <= {"passed", "unknown"}


def test_the_second_run_makes_no_virtual_environment_anew(live):
    """What the first run installed is used again: no command of the second makes the project's environment."""
    commands = [each["command"] for session in live.record()["sessions"] for each in session["commands"]]
    assert not [each for each in commands if " sync --locked" in each]


def test_status_tells_what_is_live_where(live, capsys):
    """`twinrail status` names release, instances and address of each environment."""
    capsys.readouterr()
    assert 0 == live.consumer.run("status", "--json")
    told = {each["environment"]: each for each in json.loads(capsys.readouterr().out)}
    assert list(ENVIRONMENTS) == list(told)
    assert ("1.4.0", 2, 2) == tuple(told["production"][name] for name in ("version", "instances", "wanted"))


NO_E2E = ("--without", "e2e")
"""What a noxfile that leaves e2e out tells staging: no receipt of the environment test is demanded."""


def break_release(live, text: str) -> str:
    """Commits a fault into the readiness probe or the catalogue and builds it; the release that is live in staging."""
    live.consumer.edit("src/shopfront/app.py", "    return app\n", text + "    return app\n")
    live.consumer.commit()
    assert 0 == live.consumer.run("build")
    return live.live("staging")


UNHEALTHY = """\
    @app.middleware("http")
    async def never(request, call_next):
        from fastapi.responses import PlainTextResponse
        return PlainTextResponse("the kettle is cold", 503)
"""
FRAGILE = """\
    @app.middleware("http")
    async def tired(request, call_next):
        from fastapi.responses import PlainTextResponse
        app.state.served = getattr(app.state, "served", 0) + 1
        if request.url.path.startswith("/api") and app.state.served % 2 == 0 and app.state.served > 25:
            return PlainTextResponse("tired", 500)
        return await call_next(request)
"""


@pytest.fixture
def mended(live) -> Iterator[Shop]:
    """The copy; a fault that the test commits is taken back."""
    first = subprocess.run(["git", "rev-parse", "HEAD"], cwd=live.root, capture_output=True, text=True, check=True)
    yield live
    subprocess.run(["git", "reset", "-q", "--hard", first.stdout.strip()], cwd=live.root, check=True)


def test_a_release_that_never_gets_healthy_is_turned_back(mended):
    """It ends with 20, the last reading and the log's tail; the old release serves."""
    old = break_release(mended, UNHEALTHY)
    assert 20 == mended.consumer.run("staging", *NO_E2E, "--set", "environments.staging.start=4s")
    result = mended.consumer.result("staging")
    assert "/healthz said 503 the kettle is cold" in result["headline"]
    assert "Its last words" in result["detail"]
    assert (old, 200) == (mended.live("staging"), mended.get("staging", "/readyz")[0])


def test_a_release_that_fails_under_load_is_turned_back(mended):
    """Healthy at first, it fails under the performance gate: by the count of errors it is turned back."""
    old = break_release(mended, FRAGILE)
    assert 20 == mended.consumer.run("staging", *NO_E2E)
    result = mended.consumer.result("staging")
    errors = next(each for each in result["readings"] if each["name"] == "errors")
    assert errors["ok"] is False
    assert "performance: errors" in result["headline"]
    assert old == mended.live("staging")
    for _ in range(60):
        assert 200 == mended.get("staging", "/api/products")[0]


def test_ctrl_c_leaves_what_was_live(live):
    """Interrupted in the middle of staging, the run ends with 130, and the old release serves."""
    # As where e2e is left out, staging asks for no receipt of it.
    live.consumer.edit("noxfile.py", "offer()", 'offer(without={"e2e"})')
    old = break_release(live, '    app.state.label = "new"\n')
    assert 200 == live.get("staging", "/readyz")[0]
    command = [*BOOTSTRAP, "-f", str(live.root / "noxfile.py"), "--no-dependencies", "-s", "staging"]
    environment = {**live.environment(), "TWINRAIL_RUN": "99990101-interrupted"}
    with subprocess.Popen(
        command,
        env=environment,
        start_new_session=True,
        stdout=subprocess.PIPE,
        text=True,
        # A shell that starts the tests in the background makes its children deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        until_said(live, "99990101-interrupted", "performance")
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=60)[0]
    assert 130 == process.returncode, said
    assert (old, 200) == (live.live("staging"), live.get("staging", "/readyz")[0])
    assert "interrupted" == live.consumer.result("staging")["state"]


def until_said(live, run: str, word: str) -> None:
    """Waits until the events of a run hold a word."""
    events = live.root / ".twinrail" / "runs" / run / "events.jsonl"
    for _ in range(600):
        if events.exists() and f'"text": "{word}"' in events.read_text(encoding="utf-8"):
            return
        time.sleep(0.1)
    raise AssertionError(f"{word} was never said")


def test_a_port_in_use_names_who_has_it(live):
    """Where somebody else listens, nothing is started; the error names who, and the setting that avoids it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert 0 == live.consumer.run("down")
        assert 0 == live.consumer.run("build")
        assert 22 == live.consumer.run("e2e", "--set", f"environments.test.port={port}")
    result = live.consumer.result("e2e")
    assert f"(pid {os.getpid()})" in result["headline"]
    assert "[tool.twinrail.environments.test] port" in result["detail"]


def test_down_leaves_nothing(live):
    """After `down` no port answers, and a second one has nothing to do."""
    assert 0 == live.consumer.run("down")
    for port in live.ports.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)
    assert 0 == live.consumer.run("down")
    assert "nothing is running" == live.consumer.result("down")["headline"]
