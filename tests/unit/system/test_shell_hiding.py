"""What a program must not make known, and what it must not survive."""

import json
import signal
import sys
import threading
from dataclasses import replace

import psutil
import pytest

from twinrail.system.command import WITHHELD, Command
from twinrail.system.errors import Interrupted
from twinrail.system.shell import start_detached


def test_a_secret_that_a_program_prints_is_hidden(shell, listener, tmp_path, monkeypatch):
    """The value of a secret reaches the program, and neither the log nor what is read of its output."""
    monkeypatch.setenv("PASSWORD", "hunter2-value")
    code = "import os, sys; print(os.environ['PASSWORD']); print(len(os.environ['PASSWORD']), file=sys.stderr)"
    done = shell.run(
        Command(argv=(sys.executable, "-c", code), cwd=tmp_path, secrets=("PASSWORD",), inherited=("PATH",))
    )
    assert ("***\n", "13\n") == (done.stdout, done.stderr)
    assert not [line for line in listener.said if "hunter2" in line]


NAMES = "import json, os, sys; json.dump(sorted(os.environ), sys.stdout)"


def test_what_opens_a_registry_reaches_no_program(shell, tmp_path, monkeypatch):
    """Neither the password nor a key or token of the caller is in a child's environment, but where it asks for one."""
    ours = {"TWINRAIL_REGISTRY_PASSWORD", "TWINRAIL_SIGNING_KEY", "TWINRAIL_GITHUB_TOKEN"}
    for name in (*ours, "OF_NO_CONCERN"):
        monkeypatch.setenv(name, "hunter2-value")
    command = Command(argv=(sys.executable, "-c", NAMES), cwd=tmp_path)
    reached = set(json.loads(shell.run(command).stdout))
    assert ({"OF_NO_CONCERN"}, ours) == (reached & {*ours, "OF_NO_CONCERN"}, set(WITHHELD))
    log = tmp_path / "log"
    psutil.Process(start_detached(command, log=log)).wait(30)
    assert not ours & set(json.loads(log.read_text(encoding="utf-8")))
    asked = replace(command, secrets=("TWINRAIL_SIGNING_KEY",))
    assert {"TWINRAIL_SIGNING_KEY"} == ours & set(json.loads(shell.run(asked).stdout))


def test_an_error_of_whoever_listens_does_not_hang_the_program(tmp_path):
    """When what a program says cannot be written, it runs to its end, and the error is raised then."""
    from twinrail.system.shell import Shell

    said = []

    def full(line):
        said.append(line)
        if len(said) > 1:
            raise OSError(28, "No space left on device")

    code = "print('x' * 1000 + '\\n', end='') or [print('y' * 1000) for _ in range(500)]"
    with pytest.raises(OSError, match="No space"):
        Shell(say=full).run(Command(argv=(sys.executable, "-c", code), cwd=tmp_path))


def test_a_program_that_does_not_listen_is_made_to_end(shell, listener, tmp_path):
    """Whoever ignores the request to end is killed a little later."""
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    command = Command(argv=(sys.executable, "-c", code), cwd=tmp_path)

    def stop():
        while "deaf" not in listener.said:
            threading.Event().wait(0.01)
        shell.stop()

    threading.Thread(target=stop).start()
    with pytest.raises(Interrupted):
        shell.run(command)
    assert -signal.SIGKILL == listener.ran[-1].returncode
