"""What git knows of commits, asked of real repositories."""

import os

import pytest

from twinrail.project.commits import Commits
from twinrail.system.errors import ProjectError, ToolError
from twinrail.system.shell import Shell

NOBODY = "0" * 40


@pytest.fixture
def history(git, write):
    """A repository with two commits on main and one aside: their ids by name."""

    def commit(name: str) -> str:
        write("file.txt", name)
        git("add", ".")
        git("commit", "-m", name)
        return git("rev-parse", "HEAD")

    git("init")
    ids = {"first": commit("first"), "second": commit("second")}
    git("switch", "-c", "aside", ids["first"])
    ids["aside"] = commit("aside")
    git("switch", "main")
    return ids


@pytest.fixture
def commits(tmp_path, shell):
    return Commits(tmp_path, shell)


def test_order(history, commits):
    """A commit leads to those that come from it, and to no other."""
    pairs = {(a, b) for a in history for b in history if a != b and commits.leads(history[a], history[b])}
    assert {("first", "second"), ("first", "aside")} == pairs


@pytest.mark.parametrize("word", ["", "HEAD", "main", "--help", NOBODY, "c0ffee", "3f2a9c1", "-" * 40, "3F2A9C1" * 5])
def test_what_is_no_commit(history, commits, word):
    """Whatever stands in a ledger: what is no commit that git knows is left open, and git runs no option of it."""
    assert not commits.leads(word, history["first"])
    assert not commits.leads(history["first"], word)
    assert (0, ()) == (commits.when(word), commits.authors(word))


@pytest.mark.usefixtures("history")
def test_time(commits, git):
    """A commit's time is when it was committed, in seconds since 1970."""
    git("-c", "user.useConfigOnly=true", "commit", "--amend", "--no-edit", "--date=@1000000000")
    assert int(git("log", "-1", "--format=%ct")) == commits.when(git("rev-parse", "HEAD")) > 1_700_000_000


def test_author(history, commits, git, write):
    """The author is whoever wrote it, not whoever committed it, by every name that `.mailmap` knows too."""
    assert ("Ada", "ada@example.org") == commits.authors(history["first"])
    write("file.txt", "third")
    git("commit", "-am", "third", "--author=lin <lin@old.example>")
    write(".mailmap", "Lin Li <lin@example.org> lin <lin@old.example>\n")
    assert ("lin", "Lin Li", "lin@old.example", "lin@example.org") == commits.authors(git("rev-parse", "HEAD"))


def test_who_is_configured(commits, git, write, monkeypatch, tmp_path):
    """Name and address as git was told, by the nearest of its files last; where it was told nothing, nothing."""
    git("init")
    assert () == commits.configured()
    write("config", "[user]\nname = Somebody\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    git("config", "user.email", "grace@example.org")
    assert ("Somebody", "grace@example.org") == commits.configured()


def test_a_file_of_a_commit(history, git, write, shell, tmp_path):
    """It is what the commit has, whatever lies in the folder; what is no file of it, and what is no commit, is none."""
    write("inner/keys/a.pub", "committed")
    git("add", ".")
    git("commit", "-m", "A key")
    commit, commits = git("rev-parse", "HEAD"), Commits(tmp_path / "inner", shell)
    write("inner/keys/a.pub", "changed since")
    write("inner/keys/b.pub", "never committed")
    git("add", ".")
    assert ("committed", "aside") == (commits.text(commit, "keys/a.pub"), commits.text(history["aside"], "../file.txt"))
    nothing = [(commit, "keys/b.pub"), (commit, "keys"), (history["first"], "keys/a.pub"), ("", "keys/b.pub")]
    assert [None] * 4 == [commits.text(*each) for each in nothing]


def test_outside_a_repository(commits, git):  # noqa: ARG001  # git obeys nobody's settings
    """Where there is no repository nothing is known."""
    assert (False, 0, ()) == (commits.leads(NOBODY, NOBODY), commits.when(NOBODY), commits.authors(NOBODY))
    assert () == commits.configured()


def test_without_git(commits, monkeypatch, tmp_path):
    """Where git is missing, that is an error and no answer."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for ask in (lambda: commits.leads(NOBODY, "1" * 40), lambda: commits.when(NOBODY), commits.configured):
        with pytest.raises(ToolError, match="git cannot be started"):
            ask()


def test_a_repository_of_somebody_else(tmp_path, monkeypatch):
    """A repository that git does not trust is an error and no answer."""
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text('#!/bin/sh\necho "fatal: detected dubious ownership in repository" >&2\nexit 128\n')
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(git.parent) + os.pathsep + os.environ["PATH"])
    with pytest.raises(ProjectError, match="it belongs to another user"):
        Commits(tmp_path, Shell(say=lambda _: None)).leads(NOBODY, "1" * 40)


def test_it_is_no_step(history, commits, listener):
    """What git is asked is a look-up: no line of a log, no command of a record."""
    commits.leads(history["first"], history["second"])
    assert ([], []) == (listener.said, listener.ran)


def test_a_partial_clone(history, shell, git, tmp_path):
    """A partial clone that lacks a commit leaves it open, where it could not fetch it either."""
    git("config", "uploadpack.allowFilter", "true")
    git("clone", "--filter=tree:0", "--depth", "1", f"file://{tmp_path}", "clone")
    clone = tmp_path / "clone"
    git("config", "remote.origin.url", "file:///nowhere", cwd=clone)
    commits = Commits(clone, shell)
    assert commits.when(history["second"]) > 0
    assert (0, False) == (commits.when(history["aside"]), commits.leads(history["aside"], history["second"]))
