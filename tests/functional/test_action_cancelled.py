"""A job that is cancelled: GitHub's runner presses Ctrl-C on the action's process, and on no other."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from door import Door

PACK = Path(__file__).parents[2]


@pytest.fixture
def door(parcel, tmp_path):
    """A job whose checkout is the small consumer."""
    return Door(workspace=parcel.root, folder=tmp_path / "runner", env={"GITHUB_RUN_ID": tmp_path.name})


def test_a_cancelled_job(parcel, door, tmp_path):
    """GitHub's runner presses Ctrl-C: the session hears it, the step ends red, and the record is kept."""
    slow = f"""
        import signal, sys, time
        signal.signal(signal.SIGINT, lambda *_: (open({str(tmp_path / "heard")!r}, "w").close(), sys.exit(3)))
        open({str(tmp_path / "up")!r}, "w").close()
        time.sleep(60)
    """
    body = "\n".join(line[8:] for line in slow.splitlines())
    parcel.write("slow.py", body)
    parcel.write("noxfile.py", "import sys\nimport nox\n\n\n@nox.session(venv_backend='none')\ndef lint(session):\n"
                               "    session.run(sys.executable, 'slow.py', external=True)\n")  # fmt: skip
    door.open("begin")
    env = {**door.variables({}), "PYTHONPATH": str(PACK / "src"), "PATH": "/usr/bin:/bin"}
    step = subprocess.Popen([sys.executable, "-m", "twinrail.cli.action", "run"], cwd=parcel.root, env=env,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    for _ in range(300):
        if (tmp_path / "up").exists():
            break
        time.sleep(0.1)
    step.send_signal(signal.SIGINT)
    printed, troubles = step.communicate(timeout=30)
    came = door.came(step.returncode, printed, troubles)
    assert (True, "failed", "") == ((tmp_path / "heard").exists(), came.outputs["state"], came.troubles)
    assert came.code
    assert (0, "") == (came.log.open_folds, came.log.stopped)
    assert (door.record / "run.json").is_file()
