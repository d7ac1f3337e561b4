"""What the action refuses before anything ran, and what it says then."""

import sys

import pytest


@pytest.mark.parametrize(
    ("text", "says"),
    [("import nothing_like_it", "No module named 'nothing_like_it'"), ("raise SystemExit(3)", ""),
     ("def", "SyntaxError"), ("from twinrail.sessions import offer\noffer(without={'e2'})", "e2, which is no session")],
)  # fmt: skip
def test_a_noxfile_that_cannot_be_read(step, door, text, says):
    """The step ends with 4, names the noxfile, and shows nox's last words."""
    (door.workspace / "noxfile.py").write_text(text, encoding="utf-8")
    came = step("run")
    assert (4, {"state": "failed"}) == (came.code, came.outputs)
    assert came.errors[0].startswith("noxfile.py cannot be read.\n")
    assert says in came.errors[0]
    assert "### ✗ noxfile.py cannot be read." in came.summary


def test_no_project(step, door):
    """Where there is no project, the step says so, and nothing is made there."""
    (door.workspace / "pyproject.toml").unlink()
    came = step("run")
    assert (4, {"state": "failed"}) == (came.code, came.outputs)
    assert "There is no pyproject.toml in" in came.errors[0]
    assert [] == list(door.workspace.iterdir())


def test_settings_that_are_wrong(step, door):
    """Mistakes in the settings end the step before anything ran."""
    with (door.workspace / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("[tool.twinrail.test]\ncoverag = 80\n")
    came = step("run")
    assert (3, {"state": "failed"}) == (came.code, came.outputs)
    assert 'Did you mean "coverage"?' in came.errors[0]


SAYS = "parcel does not run on Python {}: requires-python is {}.\n  Name one that it runs on, in the caller's file:  "


@pytest.mark.parametrize(
    ("wanted", "python", "wrong", "example"),
    [
        (">=3.12", "3.11", "3.11", "3.15"),
        (">=3.11,<3.13", "3.11\n3.13\n3.14", "3.13, 3.14", "3.12"),
        ("==3.11.*", "3.12", "3.12", "3.11"),
        ("<3", "3.12", "3.12", "3.X"),
    ],
)
def test_a_python_that_the_project_does_not_run_on(step, door, wanted, python, wrong, example):  # noqa: PLR0917
    """Before anything ran, the message says what to write in the caller's file."""
    text = f'[project]\nname = "parcel"\nrequires-python = "{wanted}"\n'
    (door.workspace / "pyproject.toml").write_text(text, encoding="utf-8")
    came = step("begin", python=python)
    says = SAYS.format(wrong, wanted) + f'with: {{python: "{example}"}}'
    assert (4, {"state": "failed"}, [says]) == (came.code, came.outputs, came.errors)


def test_a_requires_python_that_cannot_be_read(step, door):
    """A version alone is no comparison, which is a common mistake."""
    (door.workspace / "pyproject.toml").write_text('[project]\nname = "parcel"\nrequires-python = "3.11"\n')
    came = step("begin")
    says = (
        "requires-python of parcel cannot be read: '3.11'.\n  Write it as a comparison:  requires-python = \">=3.11\""
    )
    assert (4, [says]) == (came.code, came.errors)


@pytest.mark.parametrize("wanted", [None, "", ">=3.11", ">=3.11.4", "~=3.11", "!=3.12.1"])
def test_pythons_that_it_runs_on(step, door, wanted):
    """A minor version fits when its newest patch does; a project that says nothing runs on all."""
    line = "" if wanted is None else f'requires-python = "{wanted}"\n'
    (door.workspace / "pyproject.toml").write_text(f'[project]\nname = "parcel"\n{line}', encoding="utf-8")
    assert 0 == step("begin", python="3.11\n3.12").code
    assert 0 == step("begin").code or sys.version_info < (3, 11)
