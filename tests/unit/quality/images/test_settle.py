"""What runs in the image's own stages: files made the same each time, and an interpreter laid out alone."""

import importlib.util
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from twinrail.quality.images import interpreter, settle

TIME = 315532800


def test_files_are_the_same_each_time(tmp_path):
    """Compiled without a time in it, and as old as all the others, links too; what does not compile stays."""
    made = []
    for name in ("one", "other"):
        folder = tmp_path / name / "app"
        folder.mkdir(parents=True)
        (folder / "a.py").write_text("x = {'b', 'c'}\n", encoding="utf-8")
        (folder / "for_python_2.py").write_text("print 1\n", encoding="utf-8")
        (folder / "link").symlink_to("a.py")
        assert 0 == settle.main(tmp_path / name, TIME)
        paths = sorted([*folder.rglob("*"), folder])
        assert {TIME} == {int(path.lstat().st_mtime) for path in paths}
        made.append({path.relative_to(tmp_path / name): path.is_file() and path.read_bytes() for path in paths})
    assert made[0] == made[1]
    compiled = next(path for path in made[0] if path.suffix == ".pyc")
    assert importlib.util.cache_from_source("app/a.py") == str(compiled)
    assert 0b01 == made[0][compiled][4]  # by hash, and not checked again


@pytest.mark.skipif(sys.platform != "linux", reason="an image's stages run on Linux")
def test_an_interpreter_alone(tmp_path):
    """The program, what the kernel starts it with, its libraries and its modules are there; a shell is not."""
    root = tmp_path / "bare"
    venv.create(tmp_path / "venv")
    program = tmp_path / "venv" / "bin" / "python"
    done = subprocess.run(
        [program, interpreter.__file__, root, "10001", str(TIME)], capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)
    there = {f"/{path.relative_to(root)}" for path in root.rglob("*")}
    assert str(program.resolve()) in there
    assert any("/ld-" in each for each in there)
    assert any(each.endswith("/json/decoder.py") for each in there)
    assert not [each for each in there if Path(each).name in {"sh", "bash", "idlelib", "ensurepip"}]
    assert "app:x:10001:10001:app:/:/bin/false\n" in (root / "etc/passwd").read_text(encoding="utf-8")
    assert 0o1777 == (root / "tmp").stat().st_mode & 0o7777
    folders = [path for path in root.rglob("*") if path.is_dir() or path.is_symlink()]
    assert {TIME} == {int(path.lstat().st_mtime) for path in folders}
