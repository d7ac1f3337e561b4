"""Runs nox with the pack, on any machine that has Python 3.11 or newer: `python3 scripts/bootstrap.py -s test`.

Standard library only. Makes a virtual environment with nox and the pack in it, from the lock with hashes, or
uses the one that it made before; then runs nox with the words it was given. On a laptop and in the action alike.

Ends with the class of the run (docs/exit-codes.md), which plain nox cannot tell; nox's own code where there is none.

`--path` alone runs nothing: it puts `nox`, `twinrail` and `twinrail-action` on the PATH of the steps of a job on GitHub
that follow. TWINRAIL_VENVS names a folder that keeps the virtual environment beyond the checkout of the pack.
"""

from __future__ import annotations  # older Pythons must get as far as the sentence that refuses them

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

PACK = Path(__file__).resolve().parents[1]
LOCK = PACK / "src" / "twinrail" / "locks" / "pack.txt"
OLDEST = (3, 11)
NO_PYTHON = 5
STALE = 600.0


def main(words: list[str]) -> int:
    """Runs nox with `words`; the exit code of the run."""
    if lacking := what_lacks():
        print(lacking, file=sys.stderr)
        return NO_PYTHON
    try:
        python = ready_environment()
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"bootstrap: the pack cannot be installed: {error}", file=sys.stderr)
        print("  Is a package index reached? `python3 -m pip download nox` tells more.", file=sys.stderr)
        return NO_PYTHON
    if words == ["--path"]:
        return on_path(Path(python).parent)
    run = os.environ.get("TWINRAIL_RUN") or time.strftime(
        f"%Y%m%d-%H%M%S-{time.time_ns() // 1000 % 10**6:06d}", time.gmtime()
    )
    # The pack stands beside nox already: nox need not make an environment from the noxfile's script block.
    environment = {**os.environ, "NOX_SCRIPT_MODE": "none", "TWINRAIL_RUN": run, "TWINRAIL_CALLED": called(words)}
    with subprocess.Popen([python, "-m", "nox", *words], env=environment) as nox:
        # Ctrl-C reaches nox by itself, which ends in good order; this process only waits for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: nox.terminate())
        code = nox.wait()
    return class_of_run(words, run) or code if code else 0


def what_lacks(this: tuple[int, ...] = sys.version_info[:2], find: Callable[[str], object] = find_spec) -> str:
    """What the Python of version `this` lacks, and what to install, in one line; empty when it lacks nothing."""
    version = ".".join(map(str, this))
    if this < OLDEST:
        return f"bootstrap: this is Python {version}; install Python 3.11 or newer and run it with that."
    missing = [name for name in ("venv",) if find(name) is None]
    missing += ["pip and no ensurepip"] if find("pip") is None and find("ensurepip") is None else []
    if missing:
        return (
            f"bootstrap: this Python has no {' and no '.join(missing)}; install it, "
            f"on Debian and Ubuntu:  apt-get install python{version}-venv"
        )
    return ""


def ready_environment() -> str:
    """The interpreter of a virtual environment that holds nox and the pack, made when there is none yet."""
    import tomllib  # noqa: PLC0415  # older Pythons have none, and are told so before

    project = tomllib.loads((PACK / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    key = hashlib.sha256(LOCK.read_bytes() + repr((project, sys.version)).encode()).hexdigest()[:12]
    kept = os.environ.get("TWINRAIL_VENVS", "")
    key = digest_of_pack(key) if kept else key
    venvs = Path(kept) if kept else PACK / ".twinrail" / "venvs"
    place = venvs / f"pack-py{sys.version_info[0]}.{sys.version_info[1]}-{key}"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (place / ".ready").exists():
        return str(python)
    place.parent.mkdir(parents=True, exist_ok=True)
    if not kept:
        (PACK / ".twinrail" / ".gitignore").write_text("*\n", encoding="utf-8")
    with one_at_a_time(place.with_suffix(".lock")):
        if not (place / ".ready").exists():
            print(f"bootstrap: making a virtual environment with nox and the pack in {place} (once)", flush=True)
            shutil.rmtree(place, ignore_errors=True)
            for command in installing(place, str(python), editable=not kept):
                subprocess.run(command, check=True)
            (place / ".ready").touch()
    return str(python)


@contextlib.contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Waits until nobody else is at it; whoever has been at it for ten minutes is taken for dead."""
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            with contextlib.suppress(OSError):
                if time.time() - lock.stat().st_mtime > STALE:
                    lock.rmdir()
            time.sleep(0.2)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.rmdir()


def installing(place: Path, python: str, *, editable: bool = True) -> list[list[str]]:
    """The commands that make the virtual environment: uv by its hash, nox and the rest by theirs, the pack alone.

    pip brings uv alone, because uv is quicker with the rest; a Python without pip makes a virtual environment with one.
    """
    own = find_spec("pip") is not None
    pip = [sys.executable, "-m", "pip", "--python", python] if own else [python, "-m", "pip"]
    uv = [str(Path(python).with_name("uv")), "pip", "install", "--quiet", "--python", str(place)]
    hashed = ["--require-hashes", "--only-binary", ":all:", "-r"]
    pack = ["--editable", str(PACK)] if editable else [str(PACK)]
    return [
        [sys.executable, "-m", "venv", *(["--without-pip"] if own else []), str(place)],
        [*pip, "--disable-pip-version-check", "--quiet", "install", *hashed, str(pinned_uv(place))],
        [*uv, *hashed, str(LOCK)],
        # A folder has no hash to be checked; its backend stands in the lock.
        [*uv, "--no-deps", "--no-build-isolation", *pack],
    ]


def pinned_uv(place: Path) -> Path:
    """A requirements file beside `place` with what the lock says of uv, and nothing else."""
    found = re.search(r"^uv==(?:.*\\\n)*.*$", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    path = place.with_suffix(".uv.txt")
    path.write_text(f"{found[0] if found else 'uv'}\n", encoding="utf-8")
    return path


def digest_of_pack(key: str) -> str:
    """A key that changes with any file of the pack: what is kept elsewhere holds a copy of it."""
    found = hashlib.sha256(key.encode())
    for path in sorted((PACK / "src").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(path.relative_to(PACK).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:12]


def on_path(programs: Path) -> int:
    """Puts links to the pack's three programs on the PATH of the steps that follow, and no other Python; 0."""
    links = Path(os.environ.get("RUNNER_TEMP") or PACK / ".twinrail") / "twinrail-path"
    links.mkdir(parents=True, exist_ok=True)
    for name in ("nox", "twinrail", "twinrail-action"):
        program = programs / (f"{name}.exe" if os.name == "nt" else name)
        link = links / program.name
        link.unlink(missing_ok=True)
        if os.name == "nt":
            shutil.copyfile(program, link)
        else:
            link.symlink_to(program)
    with Path(os.environ.get("GITHUB_PATH") or os.devnull).open("a", encoding="utf-8") as paths:
        paths.write(f"{links}\n")
    print(f"bootstrap: nox and twinrail are in {links}")
    return 0


def class_of_run(words: list[str], run: str) -> int:
    """The exit code that the run record holds, or 0 when the run left none."""
    record = project_of(words) / ".twinrail" / "runs" / run / "run.json"
    try:
        return int(json.loads(record.read_text(encoding="utf-8"))["exit_code"])
    except (OSError, ValueError, KeyError):
        return 0


def project_of(words: list[str]) -> Path:
    """The folder of the noxfile that nox's words name."""
    named = noxfile_of(words)
    return Path(named).resolve().parent if named else Path.cwd()


def noxfile_of(words: list[str]) -> str:
    """The noxfile that nox's words name, or an empty text."""
    for number, word in enumerate(words):
        if word == "--":
            break
        if word in {"-f", "--noxfile"} and number + 1 < len(words):
            return words[number + 1]
        if word.startswith("--noxfile="):
            return word.partition("=")[2]
    return ""


def called(words: list[str]) -> str:
    """How this was called, up to the sessions: what a command that is told to the user begins with."""
    noxfile = noxfile_of(words)
    return " ".join(["python3", os.path.relpath(__file__), *(["-f", noxfile] if noxfile else [])])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
