"""A Ctrl-C that is passed on: GitHub's runner reaches none but the process that it started."""

import os
import sys
import threading

import psutil
import pytest

from twinrail.system import ending
from twinrail.system.command import Command

PERSON = """\
import os, signal, subprocess, sys, time
name, *others = sys.argv[1:]
def say(*words):
    # In one piece: two processes write into one pipe.
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())
def end(*_):
    say(name, "ended")
    sys.exit(3)
signal.signal(signal.SIGINT, end)
python = [sys.executable, "-c", CODE]
started = [subprocess.Popen([*python, each], start_new_session=each == "detached") for each in others]
say(name, "is up", *[each.pid for each in started])
while True:
    time.sleep(0.05)
"""


def until(is_so):
    """Waits until something is so; a test that waits in vain is ended here."""
    for _ in range(1500):
        if is_so():
            return True
        threading.Event().wait(0.01)
    return False


@pytest.fixture
def family(tmp_path):
    """A command that starts `others`, each of which says when it is up, and when a Ctrl-C reached it."""

    def made(*others):
        code = PERSON.replace("CODE", repr(PERSON.replace("CODE", "''")))
        return Command(argv=(sys.executable, "-c", code, "parent", *others), cwd=tmp_path)

    return made


def run_until(shell, listener, command, count):
    """Runs a command in a thread, until `count` processes have said that they are up; the end of it, to be called."""
    ended = []
    thread = threading.Thread(target=lambda: ended.append(shell.run(command, ok=())))
    thread.start()
    assert until(lambda: sum(" is up" in line for line in listener.said) == count)

    def join():
        thread.join()
        return ended[0]

    return join


def test_interrupt(shell, listener, family):
    """What runs and what it started hears it, and ends in good order; other commands may begin afterwards."""
    join = run_until(shell, listener, family("child"), 2)
    shell.interrupt()
    assert 3 == join().returncode
    assert {"parent ended", "child ended"} <= set(listener.said)
    assert 3 == shell.run(Command(argv=(sys.executable, "-c", "exit(3)"), cwd=family().cwd), ok=()).returncode


def test_interrupt_spares_what_is_detached(shell, listener, family):
    """What was started detached serves on: a Ctrl-C at a terminal would not reach it either."""
    join = run_until(shell, listener, family("detached"), 2)
    said = next(line for line in listener.said if line.startswith("parent is up"))
    detached = psutil.Process(int(said.split()[-1]))
    try:
        shell.interrupt()
        assert until(lambda: "parent ended" in listener.said)
        assert detached.is_running()
        assert "detached ended" not in listener.said
    finally:
        detached.kill()
    assert 3 == join().returncode


def test_interrupt_of_nothing(shell, tmp_path):
    """Where nothing runs, nothing is interrupted; a command that follows runs."""
    shell.interrupt()
    assert "a\n" == shell.run(Command(argv=(sys.executable, "-c", "print('a')"), cwd=tmp_path)).stdout


def test_a_process_that_is_gone_meanwhile():
    """A process that ends in the moment of the Ctrl-C is no fault."""

    def gone(_):
        os.getsid(2**22 + 1)

    ending._each(os.getpid(), gone)
