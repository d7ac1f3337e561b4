"""Wheels of the example's shop: built once, then made again in other versions and moods."""

import base64
import compileall
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock
from uv import find_uv_bin

from twinrail.system.files import sha256

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "example-project"
_MOODS = Path(__file__).with_name("shopfront_moods.py")


def build(folder: Path) -> Path:
    """The shop's own wheel, built from the example into `folder`."""
    words = ("build", "--quiet", "--wheel", "--no-create-gitignore", "--out-dir", str(folder), str(EXAMPLE))
    subprocess.run((find_uv_bin(), *words), check=True, cwd=folder)
    return next(folder.glob("shopfront-*.whl"))


def export(path: Path) -> Path:
    """What the shop runs with, locked, with hashes, in the file `path`."""
    words = (
        "export",
        "--quiet",
        "--frozen",
        "--no-header",
        "--no-annotate",
        "--no-emit-project",
        "--no-default-groups",
    )
    subprocess.run((find_uv_bin(), *words, "--output-file", str(path)), check=True, cwd=EXAMPLE, capture_output=True)
    return path


def compile_ahead(cache: Path) -> None:
    """What the shop runs with stands in a uv cache of the bench's own, compiled: uv links it into every release.

    Otherwise each release would compile the same 800 modules anew, for two seconds.
    """
    cache.mkdir(parents=True, exist_ok=True)
    done = cache / f"compiled-{sys.implementation.cache_tag}-{sha256(EXAMPLE / 'uv.lock')[:12]}"
    with FileLock(cache / ".bench.lock"):
        if not done.exists():
            env, venv = {**os.environ, "UV_CACHE_DIR": str(cache)}, cache / "venv"
            requirements = export(cache / "requirements.txt")
            for words in (
                ("venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(venv)),
                ("pip", "install", "--quiet", "--python", str(venv), "--require-hashes", "-r", str(requirements)),
            ):
                subprocess.run((find_uv_bin(), *words), check=True, env=env)
            for archive in cache.glob("archive-*"):
                compileall.compile_dir(str(archive), quiet=2)
            shutil.rmtree(venv)
            done.touch()


def remake(wheel: Path, folder: Path, version: str, mood: Mapping[str, object]) -> Path:
    """The same shop as that version, in that mood, in `folder`."""
    before = f"shopfront-{wheel.name.split('-')[1]}.dist-info"
    info = f"shopfront-{version}.dist-info"
    files: dict[str, bytes] = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not name.endswith("/RECORD"):
                files[name.replace(before, info)] = archive.read(name)
    metadata = files[f"{info}/METADATA"].decode()
    files[f"{info}/METADATA"] = re.sub(r"(?m)^Version: .*$", f"Version: {version}", metadata).encode()
    files[f"{info}/entry_points.txt"] = b"[console_scripts]\nshopfront = shopfront_moods:main\n"
    files["shopfront_moods.py"] = _MOODS.read_bytes()
    files["shopfront_moods.bin"] = payload(int(str(mood.get("payload", 0))))
    files["shopfront_moods.json"] = json.dumps(dict(mood)).encode()
    return write(folder / f"shopfront-{version}-py3-none-any.whl", info, files)


def payload(size: int) -> bytes:
    """So many bytes that cannot be compressed, always the same."""
    return hashlib.shake_128(b"payload").digest(size)


def write(path: Path, info: str, files: Mapping[str, bytes]) -> Path:
    """A wheel of those files, with the record of them in the folder `info`; the same files make the same bytes."""
    record = "".join(f"{name},sha256={_hash(data)},{len(data)}\n" for name, data in files.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}.items():
            wheel.writestr(zipfile.ZipInfo(name), data)
    return path


def _hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
