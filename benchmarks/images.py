"""The bench of images: `python -m benchmarks.images`: what a build costs, cold and after one line of code was changed.

buildah builds, because all of its work is done by its own children, whose CPU the system counts for whoever waits for
them; in a store of its own, which begins with the base alone. The base comes from the engine that
`source scripts/engine.sh` starts. The virtual environment that the image is held against is not the image's own: the
same lock and wheel are installed once more, beside it. What was measured is written into `benchmarks/images.md`.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from uv import find_uv_bin

from benchmarks.load import ROOT
from benchmarks.results import STATE, commit, machine, now
from benchmarks.stack import BASE, docker
from benchmarks.wheels import EXAMPLE
from twinrail.system.files import digest, read_json, write_json, write_whole

KEPT, PAGE = ROOT / "benchmarks" / "images.json", ROOT / "benchmarks" / "images.md"
CODE = ROOT / "src" / "twinrail" / "quality" / "images"
"""What is measured."""
SPY = """\
#!{python}
import json, os, sys
child = os.fork()
if not child:
    os.execv({real!r}, ["buildah", *sys.argv[1:]])
_, status, usage = os.wait4(child, 0)
with open({told!r}, "a") as file:
    file.write(json.dumps([sys.argv[1], usage.ru_utime + usage.ru_stime]) + "\\n")
sys.exit(os.waitstatus_to_exitcode(status))
"""
ADVISORY = {"id": "BENCH-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "nobody-has-this"}}]}


@dataclass(frozen=True, kw_only=True)
class Built:
    """What builds of the example's image cost.

    Attributes:
        cold: CPU seconds of `buildah build` with nothing of before.
        rebuilt: the same after one line of code was changed.
        base: how large the base is, unpacked, in bytes.
        venv: how large a virtual environment of the same lock and wheel is, installed apart, without bytecode.
        size: the whole image.
        builder: and its version.
        ended: when, as a date and time.
        commit: what was measured.
        code: the digest of `quality/images`.
        machine: on what.
    """

    cold: float
    rebuilt: float
    base: int
    venv: int
    size: int
    builder: str
    ended: str
    commit: str
    code: str
    machine: str


def code_digest(folder: Path = CODE) -> str:
    """The digest of all that builds images, by name and content."""
    files = sorted(each for each in folder.rglob("*") if each.suffix in {".py", ".j2"})
    return digest(*(text for each in files for text in (str(each.relative_to(folder)), each.read_bytes())))


def kept() -> Built:
    """What was measured last."""
    return Built(**(read_json(KEPT) or {}))


def page(built: Built) -> str:
    """The page."""
    ratio, whole = built.rebuilt / built.cold, built.base + built.venv
    return f"""\
# Images, measured

Made by `source scripts/engine.sh && nox -s bench-images`; nobody edits it. example-project, the base `slim` of the live
tests, {built.builder}; {built.machine}; {built.ended}, commit {built.commit} (`quality/images`: `{built.code[:16]}`).

| | |
| --- | --- |
| cold build, CPU of `buildah build` | {built.cold:.1f} s |
| after one line of code was changed | {built.rebuilt:.1f} s, {ratio:.2f} of it |
| base, unpacked | {built.base / 1e6:.1f} MB |
| a virtual environment of the same lock and wheel, without bytecode | {built.venv / 1e6:.1f} MB |
| the image, bytecode and all | {built.size / 1e6:.1f} MB, {built.size / whole:.3f} of both together |
"""


def main() -> int:
    """0 when it was measured."""
    folder = STATE / "images"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "bin").mkdir(parents=True)
    env = _spied(folder)
    try:
        root = _project(folder / "shopfront")
        cold, image = _build(root, folder, env)
        code = root / "src" / "shopfront" / "__init__.py"
        code.write_text(code.read_text(encoding="utf-8") + "\nONE_LINE_MORE = True\n", encoding="utf-8")
        _commit(root)
        rebuilt, image = _build(root, folder, env)
    finally:
        _unmount(folder)
    built = Built(
        cold=cold, rebuilt=rebuilt, base=unpacked(folder / "base.tar"), size=unpacked(image),
        venv=_venv(root), builder=" ".join(_said("buildah", "--version").split()[::2][:2]), ended=now(),
        commit=commit(), code=code_digest(), machine=machine(),
    )  # fmt: skip
    write_json(KEPT, asdict(built))
    write_whole(PAGE, page(built))
    print(page(built))
    return 0


def _spied(folder: Path) -> dict[str, str]:
    """Variables under which buildah is counted, and has the base in a store of its own."""
    real = shutil.which("buildah") or sys.exit("buildah is not installed.")
    spy = folder / "bin" / "buildah"
    spy.write_text(SPY.format(python=sys.executable, real=real, told=str(folder / "told")), encoding="utf-8")
    spy.chmod(0o755)
    lines = ("[storage]", 'driver = "overlay"', *(f'{name} = "{folder / name}"' for name in ("graphroot", "runroot")))
    (folder / "storage.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    docker("save", "--output", str(folder / "base.tar"), BASE)
    env = {
        **os.environ,
        "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        "BUILDAH_ISOLATION": "chroot",
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "GITHUB_ACTIONS": "",
    }
    env.pop("DOCKER_CONFIG", None)
    pulled = _said("buildah", "pull", "--quiet", f"docker-archive:{folder / 'base.tar'}", env=env)
    _said("buildah", "tag", pulled, f"docker.io/{BASE}", env=env)
    return env


def _project(root: Path) -> Path:
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".twinrail", ".venv", "dist", "__pycache__", ".nox"))
    (root / ".gitignore").write_text("dist/\n.twinrail/\n__pycache__/\n", encoding="utf-8")
    (root / "advisories.jsonl").write_text(json.dumps(ADVISORY), encoding="utf-8")
    _said("git", "init", "-q", "-b", "main", cwd=root)
    _commit(root)
    return root


def _commit(root: Path) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false")
    _said("git", "add", "-A", cwd=root)
    _said("git", *who, "commit", "-qm", "Change", cwd=root)


def _build(root: Path, folder: Path, env: dict[str, str]) -> tuple[float, Path]:
    """The CPU seconds of `buildah build`, and the image, saved."""
    settings = ("image.builder=buildah", f"image.from={BASE}", "image.reproducible=false",
                "build.reproducible=false", "security.advisories=advisories.jsonl")  # fmt: skip
    words = [word for each in settings for word in ("--set", each)]
    _said(sys.executable, "-m", "twinrail", "build", *words, cwd=root, env=env)
    (folder / "told").unlink(missing_ok=True)
    _said(sys.executable, "-m", "twinrail", "image", *words, cwd=root, env=env)
    told = [json.loads(line) for line in (folder / "told").read_text(encoding="utf-8").splitlines()]
    return sum(seconds for verb, seconds in told if verb == "build"), next((root / ".twinrail/images").glob("*.tar"))


def _venv(root: Path) -> int:
    requirements = root / ".twinrail" / "runs" / "latest" / "reports" / "image" / "requirements.txt"
    version = docker(
        "run", "--rm", "--network=none", BASE, "python3", "-c", "import platform as p; print(p.python_version())"
    )
    return installed(requirements, next((root / "dist").glob("*.whl")), python=version.strip())


def installed(requirements: Path, wheel: Path, *, python: str) -> int:
    """How many bytes a new virtual environment has with all of a lock and a wheel, without bytecode."""
    uv = find_uv_bin()
    with tempfile.TemporaryDirectory(prefix="twinrail-bench-") as folder:
        venv = Path(folder) / "venv"
        _said(uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(venv))
        into = ("--python", str(venv), "--python-version", python, "--no-deps", "--no-compile-bytecode")
        for what in (("--require-hashes", "-r", str(requirements)), (str(wheel),)):
            _said(uv, "pip", "install", "--quiet", *into, *what)
        return sum(each.stat().st_size for each in venv.rglob("*") if each.is_file() and not each.is_symlink())


def unpacked(archive: Path) -> int:
    """How many bytes the files of an image have, in all of its layers."""
    with tarfile.open(archive) as tar:
        [told] = json.load(tar.extractfile("manifest.json") or sys.exit(f"{archive}: no manifest"))
        total = 0
        for layer in told["Layers"]:
            with tarfile.open(fileobj=tar.extractfile(layer)) as files:
                total += sum(each.size for each in files)
    return total


def _unmount(folder: Path) -> None:
    # Its store leaves itself mounted, and what it looked at.
    for line in reversed(Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()):
        if (place := line.split()[1]).startswith(f"{folder}/"):
            _said("umount", place)


def _said(*words: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(
            f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        )
    return done.stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
