"""What a program must not make known, and what it must not survive."""

import signal
import sys
import threading

import pytest

from twinrail.system.command import Command
from twinrail.system.errors import Interrupted


def test_a_secret_that_a_program_prints_is_hidden(shell, listener, tmp_path, monkeypatch):
    """The value of a secret reaches the program, and neither the log nor what is read of its output."""
    monkeypatch.setenv("PASSWORD", "hunter2-value")
    code = "import os, sys; print(os.environ['PASSWORD']); print(len(os.environ['PASSWORD']), file=sys.stderr)"
    done = shell.run(
        Command(argv=(sys.executable, "-c", code), cwd=tmp_path, secrets=("PASSWORD",), inherited=("PATH",))
    )
    assert ("***\n", "13\n") == (done.stdout, done.stderr)
    assert not [line for line in listener.said if "hunter2" in line]


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
