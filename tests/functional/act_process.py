"""The process act: what it inherits, how it ends, and what it may not leave behind."""

import os
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import psutil
from uv import find_uv_bin

MARK = "STANDIN_RUN"
PASSED = ("PYENV_ROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
INDEX = ("PIP_", "UV_")
OF_THIS_RUN = ("UV_PROJECT", "UV_RUN", "UV_PYTHON", "UV_CACHE")


def execute(command: list[str], root: Path, folder: Path, timeout: float) -> tuple[int, list[str]]:
    """act's exit code, and the command lines of the processes that it left, which end here as on GitHub's runner."""
    mark = uuid.uuid4().hex
    environment = {**inherited(), "HOME": str(folder / "home"), MARK: mark}
    with (folder / "act.jsonl").open("w", encoding="utf-8") as said:
        running = subprocess.Popen(command, cwd=root, env=environment, stdout=said, stderr=said)
        try:
            return running.wait(timeout), end_all(mark)
        except subprocess.TimeoutExpired:
            last = (folder / "act.jsonl").read_text(encoding="utf-8")[-3000:]
            raise TimeoutError(f"act ran for more than {timeout} s; the last that it said:\n{last}") from None
        finally:
            end_all(mark)
            running.wait()


def inherited() -> dict[str, str]:
    """What act and every step inherit: nothing of this shell but what leads to Pythons and to the package index."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in PASSED or name.startswith(INDEX) or name.lower().endswith("_proxy")
    }
    asked = [find_uv_bin(), "cache", "dir"]
    cache = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    return {
        "PIP_CACHE_DIR": str(Path.home() / ".cache" / "pip"),
        **{name: value for name, value in kept.items() if not name.startswith(OF_THIS_RUN)},
        "UV_CACHE_DIR": cache,
        "PATH": path(),
        "LANG": "C.UTF-8",
        "DOCKER_HOST": "",
    }


def path() -> str:
    """Where programs are found, but for those of the virtual environment that runs the tests."""
    ours = str(Path(sys.prefix, "bin")) if sys.prefix != sys.base_prefix else ""
    return os.pathsep.join(each for each in os.get_exec_path() if each != ours)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def end_all(mark: str) -> list[str]:
    """Ends, each by its number, the processes that carry a run's mark; their command lines."""
    ended = []
    while found := [each for each in psutil.process_iter() if carries(each, mark)]:
        for each in found:
            try:
                ended.append(" ".join(each.cmdline()))
                each.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(found, timeout=5)
    return ended


def carries(process: psutil.Process, mark: str) -> bool:
    """Whether a process has inherited a run's mark and lives."""
    try:
        return process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
