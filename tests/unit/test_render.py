"""render.py: `$/` becomes a repository and a ref, and what only github.com knows is left out."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

WORKFLOW = """\
on: {push: {}}
cache-mode: read  # a fork writes none
jobs:
  deploy:
    uses: $/.github/workflows/deploy.yml  # ours
  staging:
    environment:  # its secrets
      name: staging
      deployment: false
    concurrency:
      group: staging

      queue: max  # nobody is dropped
    cache-mode: none
    steps:
      - uses: $/actions/nox
        with: {sessions: staging}
      - uses: "$/actions/setup"
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - run: echo 'uses: $/actions/nox'
        env:
          deployment: false
          queue: max
"""

RENDERED = """\
on: {push: {}}
jobs:
  deploy:
    uses: acme/rails/.github/workflows/deploy.yml@v1.2  # ours
  staging:
    environment:  # its secrets
      name: staging
    concurrency:
      group: staging

    steps:
      - uses: acme/rails/actions/nox@v1.2
        with: {sessions: staging}
      - uses: "acme/rails/actions/setup@v1.2"
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - run: echo 'uses: $/actions/nox'
        env:
          deployment: false
          queue: max
"""


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("render", ROOT / "scripts" / "render.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def pack(write, git):
    """A pack with a workflow, an action, an example, tests, and something new in it."""
    for name in (
        ".github/workflows/python.yml",
        "actions/nox/action.yml",
        "docs/examples/deploy.yml",
        "docs/other.yml",
        "tests/functional/consumer.yml",
        "example-project/.github/workflows/pipeline.yml",
    ):
        write(f"pack/{name}", WORKFLOW)
    write("pack/.gitignore", "*.log\n")
    write("pack/gone.txt")
    root = write("pack/scripts/bootstrap.py", "#!/usr/bin/env python3\n").parents[1]
    (root / "scripts/bootstrap.py").chmod(0o755)
    git("init", "-q", cwd=root)
    git("add", "-A", cwd=root)
    (root / "gone.txt").unlink()
    write("pack/new.txt", "not added yet")
    write("pack/noise.log")
    return root


def test_what_only_github_com_knows(script):
    """`$/` is rendered where it is a reference; a foreign key goes only where it is one."""
    assert RENDERED == script.rendered(WORKFLOW, "acme/rails", "v1.2")


def test_what_is_rendered_once_stays(script):
    """A rendered text has nothing left to render."""
    assert RENDERED == script.rendered(RENDERED, "acme/rails", "v2")


def test_a_copy(script, pack, tmp_path, capsys):
    """The copy has what git knows and what is new, and nothing of the tests, of the example or of git."""
    to = tmp_path / "to"
    assert 0 == script.main(["--root", str(pack), "--ref", "v1", "--to", str(to)])
    there = {str(path.relative_to(to)) for path in to.rglob("*") if path.is_file()}
    made = {".github/workflows/python.yml", "actions/nox/action.yml", "docs/examples/deploy.yml"}
    assert made | {".gitignore", "docs/other.yml", "new.txt", "scripts/bootstrap.py"} == there
    assert [f"rendered {name}" for name in sorted(made)] == capsys.readouterr().out.splitlines()
    expected = RENDERED.replace("acme/rails", "twinrail/twinrail").replace("v1.2", "v1")
    assert {expected} == {(to / name).read_text(encoding="utf-8") for name in made}
    assert WORKFLOW == (to / "docs/other.yml").read_text(encoding="utf-8")
    assert 0o755 == (to / "scripts/bootstrap.py").stat().st_mode & 0o777
    assert WORKFLOW == (pack / "actions/nox/action.yml").read_text(encoding="utf-8")


def test_in_place(script, pack):
    """For a branch the files change where they stand, and no other file does."""
    script.main(["--root", str(pack), "--ref", "v1.2", "--repository", "acme/rails", "--in-place"])
    assert RENDERED == (pack / "actions/nox/action.yml").read_text(encoding="utf-8")
    assert WORKFLOW == (pack / "tests/functional/consumer.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("ref", ["", "-v1", "v1 ", "v1\n", "refs heads", "v1@x", "$(id)"])
def test_a_ref_that_makes_no_sense(script, ref, tmp_path, capsys):
    """Such a ref is refused before anything is written."""
    with pytest.raises(SystemExit) as ended:
        script.main([f"--ref={ref}", "--to", str(tmp_path / "to")])
    assert 2 == ended.value.code
    assert "makes no sense" in capsys.readouterr().err
    assert not (tmp_path / "to").exists()


@pytest.mark.parametrize("words", [["--to", "X", "--in-place"], [], ["--to", "FULL"], ["--to", "X", "--repository=a"]])
def test_words_that_are_refused(script, words, tmp_path, write):
    """One place, an empty one, and a repository with an owner."""
    write("FULL/file")
    with pytest.raises(SystemExit) as ended:
        script.main(["--ref", "v1", *(str(tmp_path / word) if word in {"X", "FULL"} else word for word in words)])
    assert 2 == ended.value.code


def test_help_says_what_for(script, capsys):
    """`--help` names both uses."""
    with pytest.raises(SystemExit):
        script.main(["--help"])
    said = capsys.readouterr().out
    assert "act and GitHub" in said
    assert "a branch for GitHub Enterprise Server" in said
