"""The commands that are told to the user work where they stand, as they called."""

from pathlib import Path

import pytest

from twinrail.system.called import again, seen_from_there


@pytest.mark.parametrize(("called", "told"), [
    ("nox", "nox -s test -- 'a b'"),
    ("python3 scripts/bootstrap.py -f x/noxfile.py", "python3 scripts/bootstrap.py -f x/noxfile.py -s test -- 'a b'"),
    ("", "twinrail test -- 'a b'"),
])  # fmt: skip
def test_the_same_once_more(monkeypatch, called, told):
    """Through nox, through bootstrap.py, or by the command itself: the way it was called is the way it is told."""
    monkeypatch.setenv("TWINRAIL_CALLED", called)
    assert told == again("test", "a b")


def test_words_of_a_session_itself(monkeypatch):
    """Words that go to no tool stand behind nox's two dashes, and behind the verb without them."""
    assert "nox -s production -- --approve production" == again("production", "--approve", "production", tool=False)
    monkeypatch.delenv("TWINRAIL_CALLED")
    assert "twinrail production --approve production" == again("production", "--approve", "production", tool=False)


@pytest.mark.parametrize(("folder", "told"), [
    (".", "twinrail test -- 'a b'"),
    ("packages/api", "twinrail test --project packages/api -- 'a b'"),
    ("two words", "twinrail test --project 'two words' -- 'a b'"),
])  # fmt: skip
def test_a_project_below_the_top_without_a_noxfile(monkeypatch, tmp_path, folder, told):
    """The command names its folder, seen from the repository's top."""
    monkeypatch.delenv("TWINRAIL_CALLED")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("TWINRAIL_PROJECT", str(tmp_path.resolve() / folder))
    assert told == again("test", "a b")


def test_a_path_is_told_from_where_the_user_stands(monkeypatch, tmp_path):
    """nox goes to the noxfile's folder; the user stays where they stood."""
    monkeypatch.setenv("TWINRAIL_FROM", str(tmp_path))
    assert str(Path("shop") / "report") == seen_from_there(tmp_path / "shop" / "report")
    monkeypatch.setenv("TWINRAIL_FROM", str(tmp_path / "elsewhere"))
    assert str(tmp_path / "report") == seen_from_there(tmp_path / "report")
