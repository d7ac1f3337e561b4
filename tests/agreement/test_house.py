"""The rules of the house: who imports whom, who runs programs, who reads GitHub's variables, how large a room is."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "twinrail"
MODULES = sorted(SOURCE.rglob("*.py"))


def test_folders_import_downwards_only():
    """import-linter keeps the floors."""
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout


def named(module, word):
    return re.search(rf"^\s*(import|from) {word}\b", module.read_text(encoding="utf-8"), re.MULTILINE)


def test_one_place_runs_programs():
    """Only system/shell.py imports subprocess; nothing uses a shell."""
    assert ["system/shell.py"] == [str(each.relative_to(SOURCE)) for each in MODULES if named(each, "subprocess")]
    assert not [
        each
        for each in MODULES
        if "shell=True" in each.read_text(encoding="utf-8") or "os.system" in each.read_text("utf-8")
    ]


def test_one_place_reads_what_github_says():
    """Only system/github.py names a variable of GitHub."""
    found = [str(each.relative_to(SOURCE)) for each in MODULES if '"GITHUB_' in each.read_text(encoding="utf-8")]
    assert ["system/github.py"] == found


def test_every_folder_says_what_belongs_there():
    """Each package has a docstring of its own."""
    for folder in {each.parent for each in MODULES}:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_rooms_are_small(module):
    """A module stays under 240 lines, a function under 40; what is near it is asked whether it is two."""
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 240
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 40, node.name


def test_no_module_is_called_after_nothing():
    """No room is called utils, helpers, common, base or misc."""
    assert not {each.stem for each in MODULES} & {"utils", "helpers", "common", "base", "misc"}


def test_protocols_fit_on_a_hand():
    """No Protocol asks for more than five methods, and each has a docstring."""
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and "Protocol" in [getattr(base, "id", "") for base in node.bases]:
                methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
                assert len([each for each in methods if not each.decorator_list]) <= 5
                assert all(ast.get_docstring(each) for each in (node, *methods))
