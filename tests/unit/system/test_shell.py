"""Programs are run as they are said: real ones here, mostly Python itself."""

import os
import sys
import threading

import psutil
import pytest

from twinrail.system.command import Command, Finished
from twinrail.system.errors import Interrupted, ToolError
from twinrail.system.shell import start_detached


@pytest.fixture
def python(tmp_path):
    """A command that runs some Python in the test's own folder."""

    def made(code, *words, **more):
        return Command(argv=(sys.executable, "-c", code, *words), cwd=tmp_path, **more)

    return made


def until(is_so):
    """Waits until something is so; a test that waits in vain is ended here."""
    for _ in range(3000):
        if is_so():
            return True
        threading.Event().wait(0.01)
    return False


def test_output(shell, listener, python):
    """What a command writes is captured, said line by line, and handed on when the command has ended."""
    command = python("import sys; print('a'); print('ü'); print('b', file=sys.stderr); print('c', end='')")

    done = shell.run(command)

    assert ("a\nü\nc", "b\n", 0) == (done.stdout, done.stderr, done.returncode)
    assert f"$ {command}" == listener.said[0]
    assert ["a", "b", "c", "ü"] == sorted(listener.said[1:])
    assert [done] == listener.ran
    assert done.seconds >= 0


def test_quiet(shell, listener, python):
    """A look-up is captured and leaves no trace."""
    assert "a\n" == shell.run(python("print('a')"), quiet=True).stdout
    assert ([], []) == (listener.said, listener.ran)


def test_much_output(shell, python):
    """Any amount on both streams is read, without one waiting for the other."""
    code = "import sys\nfor i in range(20000): print('x' * 20); print('y' * 20, file=sys.stderr)"

    done = shell.run(python(code), quiet=True)

    assert (420_000, 420_000) == (len(done.stdout), len(done.stderr))


def test_not_text(shell, python):
    """Bytes that are no UTF-8 are replaced, and nothing breaks."""
    assert "a\ufffdb" == shell.run(python("import sys; sys.stdout.buffer.write(b'a\\xffb')")).stdout


def test_no_input(shell, python):
    """A command that asks gets the end of input, and never waits."""
    assert "''" == shell.run(python("import sys; print(repr(sys.stdin.read()), end='')")).stdout


def test_exit_code(shell, python):
    """An exit code that is no answer is an error with the command and its last words."""
    command = python("import sys; print('why', file=sys.stderr); sys.exit(3)", env={"A": "b c"})

    with pytest.raises(ToolError) as caught:
        shell.run(command)

    assert caught.value.what.endswith(f"ended with 3: {command}")
    assert "why" == caught.value.why
    assert str(command.cwd) in caught.value.todo


def test_accepted_exit_codes(shell, python):
    """Exit codes that are answers are handed back; an empty list accepts all, signals too."""
    assert 3 == shell.run(python("raise SystemExit(3)"), ok=(0, 3)).returncode
    assert -9 == shell.run(python("import os; os.kill(os.getpid(), 9)"), ok=()).returncode


def test_tail(python):
    """The last words are the last 12 lines of what it complained, else of what it said."""
    lines = "\n".join(map(str, range(20)))

    def tail(stdout, stderr):
        return Finished(command=python(""), returncode=1, stdout=stdout, stderr=stderr, seconds=0).tail

    assert "\n".join(map(str, range(8, 20))) == tail("other", lines)
    assert "other" == tail("other\n", " \n")
    assert "" == tail("", "")


@pytest.mark.parametrize("start", ["run", "start_detached"])
def test_missing_program(shell, tmp_path, start):
    """A program that is not there is named, with what the cause may be."""
    command = Command(argv=("no-such-program", "--version"), cwd=tmp_path)

    with pytest.raises(ToolError) as caught:
        shell.run(command) if start == "run" else start_detached(command, log=tmp_path / "log")

    assert (
        "no-such-program cannot be started: No such file or directory.\n  It is not installed, or not on the PATH."
    ) == str(caught.value)


def test_missing_folder(shell, tmp_path):
    """When the folder is missing, the program is not blamed."""
    with pytest.raises(ToolError, match=r"The folder to run it in, .*gone, is not there\."):
        shell.run(Command(argv=(sys.executable,), cwd=tmp_path / "gone"))


def test_not_a_program(shell, write, tmp_path):
    """A file that may not be run is named, and nobody is told to install it."""
    with pytest.raises(ToolError) as caught:
        shell.run(Command(argv=(str(write("text.txt")),), cwd=tmp_path))

    assert ("text.txt cannot be started: Permission denied.", "") == (caught.value.what[-46:], caught.value.why)


def test_text_of_a_command(tmp_path):
    """A command reads as it can be pasted into a shell, and no secret stands in it."""
    env = {"NAME": "a b", "TOKEN": "hush", "EMPTY": ""}  # pragma: allowlist secret
    command = Command(argv=("echo", "it's", "$HOME"), cwd=tmp_path, env=env, secrets=("TOKEN", "OTHER"))

    assert "NAME='a b' TOKEN='***' EMPTY='' echo 'it'\"'\"'s' '$HOME'" == str(command)


def test_secret_reaches_the_program_only(shell, listener, python, monkeypatch):
    """A secret of the caller reaches the program, and is neither said nor recorded, not even in an error."""
    monkeypatch.setenv("TOKEN", "hush-1")
    code = "import os, sys; sys.exit(len(os.environ['TOKEN'] + os.environ['KEY']) != 12)"
    command = python(code, env={"KEY": "hush-2"}, secrets=("TOKEN", "KEY"), inherited=("PATH",))

    shell.run(command)

    assert "hush-" not in "".join(listener.said)
    with pytest.raises(ToolError) as caught:
        shell.run(python("raise SystemExit(1)", env={"KEY": "hush-2"}, secrets=("KEY",)))
    assert "hush-2" not in str(caught.value)


def test_dropped_variables(monkeypatch, python):
    """The caller's own Python and the repository of a git hook do not reach a program; all else does."""
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "GIT_DIR", "GIT_INDEX_FILE", "OTHER"):
        monkeypatch.setenv(name, "x")

    environment = python("", env={"PYTHONPATH": "declared"}).environment()

    assert "declared" == environment["PYTHONPATH"]
    assert {"OTHER"} == environment.keys() & {"PYTHONHOME", "VIRTUAL_ENV", "GIT_DIR", "GIT_INDEX_FILE", "OTHER"}


def test_inherited_variables(monkeypatch, python):
    """A command that says what it inherits gets that, its secrets and what is declared."""
    monkeypatch.setenv("WANTED", "1")
    monkeypatch.setenv("UNWANTED", "1")
    monkeypatch.setenv("TOKEN", "hush")

    command = python("", inherited=("WANTED", "MISSING"), secrets=("TOKEN",), env={"MORE": "2"})

    assert {"WANTED": "1", "TOKEN": "hush", "MORE": "2"} == command.environment()


def test_a_command_that_takes_too_long(shell, python):
    """It is ended with all that it started, and its end tells why; one that is quick enough is not."""
    code = "import subprocess, sys, time; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    ended = shell.run(python(code, within=0.3), ok=())
    assert (True, True) == (ended.late, ended.returncode != 0)
    assert ended.seconds < 30
    assert not shell.run(python("print(1)", within=30.0)).late


def stopped_asleep(runs, stops, listener, python, **how):
    """What is told where one shell runs a sleeper, and another one is stopped meanwhile."""
    caught = []

    def sleep():
        try:
            runs.run(python("import time; print('asleep', flush=True); time.sleep(600)"), **how)
        except Interrupted as error:
            caught.append(error.what)

    thread = threading.Thread(target=sleep)
    thread.start()
    assert until(lambda: "asleep" in listener.said)
    stops.stop()
    thread.join()
    return caught


def test_stop(shell, listener, python):
    """An interruption ends what runs, says so, and lets nothing begin."""
    assert [f"Interrupted while running {sys.executable}."] == stopped_asleep(shell, shell, listener, python)
    assert -15 == listener.ran[0].returncode
    with pytest.raises(Interrupted, match=r"^Interrupted\.$"):
        shell.run(python(""))


def test_a_branch_goes_on(shell, listener, python):
    """An interruption ends what runs in a branch too, and tells it; what begins afterwards, the way back, runs."""
    branch = shell.branch()
    told = stopped_asleep(branch, shell, listener, python, ok=())
    assert [f"Interrupted while running {sys.executable}."] == told
    assert "back\n" == branch.run(python("print('back')")).stdout
    with pytest.raises(Interrupted):
        shell.run(python("print('forth')"))


def test_ctrl_c_that_reached_the_tool_first(shell, python):
    """A tool that Ctrl-C has ended has not failed: somebody interrupted it; where any code is an answer, it is one."""
    ends = python("import os, signal; signal.signal(2, signal.SIG_DFL); os.kill(os.getpid(), 2)")

    with pytest.raises(Interrupted, match=r"^Interrupted while running "):
        shell.run(ends)
    assert -2 == shell.run(ends, ok=()).returncode


def test_stop_while_it_starts(python, listener):
    """What starts in the moment of the interruption is ended too."""
    shell = listener.shell()

    class Late(set):
        def add(self, process):
            super().add(process)
            shell._stops += 1

    shell._live = Late()

    with pytest.raises(Interrupted):
        shell.run(python("import time; time.sleep(600)"))


def test_detached(python, tmp_path):
    """A detached program has its own session, and its output is appended to its log."""
    log = tmp_path / "logs" / "service.log"
    log.parent.mkdir()
    log.write_text("before\n", encoding="utf-8")
    code = "import sys, time; print('out', flush=True); print('err', file=sys.stderr, flush=True); time.sleep(600)"

    number = start_detached(python(code), log=log)

    process = psutil.Process(number)
    try:
        assert until(lambda: "err" in log.read_text(encoding="utf-8"))
        assert "before\nout\nerr\n" == log.read_text(encoding="utf-8")
        assert os.getsid(number) == number != os.getsid(0)
    finally:
        process.kill()
    assert until(lambda: not psutil.pid_exists(number))


def test_detached_outlives(python, shell, tmp_path):
    """A detached program goes on when the one that started it has ended."""
    log = tmp_path / "service.log"
    inner = "import time; print('up', flush=True); time.sleep(600)"
    code = (
        "import sys, pathlib\n"
        "from twinrail.system.shell import Command, start_detached\n"
        "cwd, code, log = pathlib.Path.cwd(), sys.argv[1], pathlib.Path(sys.argv[2])\n"
        "print(start_detached(Command(argv=(sys.executable, '-c', code), cwd=cwd), log=log))\n"
    )

    number = int(shell.run(python(code, inner, str(log), env={"PYTHONPATH": os.pathsep.join(sys.path)})).stdout)

    process = psutil.Process(number)
    try:
        assert until(lambda: "up\n" == log.read_text(encoding="utf-8"))
        assert process.is_running()
    finally:
        process.kill()
